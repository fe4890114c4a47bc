// Command grpc has a method that panics, and the recovery hook shown.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"os"

	"coredumpy"
	"github.com/grpc-ecosystem/go-grpc-middleware/v2/interceptors/recovery"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	health "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// SHOWN: dump

type order struct{ limits map[string]int }

func newOrder() *order { return &order{} }

type server struct {
	health.UnimplementedHealthServer
}

func (s *server) Check(ctx context.Context, req *health.HealthCheckRequest) (*health.HealthCheckResponse, error) {
	o := newOrder()
	key := req.Service
	switch os.Args[1] {
	case "map":
		o.limits[key] = 1 // the nil map
	case "text":
		panic("no limits for " + key) // the text
	case "error":
		panic(errors.New("no limits: " + key)) // the error
	}
	return nil, nil
}

func main() {
	// SHOWN: grpc
	health.RegisterHealthServer(s, &server{})
	l := bufconn.Listen(1 << 16)
	go s.Serve(l)
	dial := grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) })
	conn, err := grpc.NewClient("passthrough:charge", dial, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = health.NewHealthClient(conn).Check(context.Background(), &health.HealthCheckRequest{Service: "/charge"})
	if status.Code(err) != codes.Internal {
		log.Fatal(err)
	}
}
