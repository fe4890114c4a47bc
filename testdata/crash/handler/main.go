// A deferred OnPanic in an HTTP handler: net/http recovers the panic that OnPanic
// repeats, so that the process goes on and serves the next request.
//
// want-exit: 0
// want-dumps: 2
// want-current: main.(*store).handle
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"coredumpy"
)

type store struct {
	hits   int
	prices map[string]float64
}

func main() {
	s := &store{prices: map[string]float64{"pen": 1.5}}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(s.handle))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	defer srv.Close()
	// A client repeats a request if a connection that it has used before is closed.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, path := range []string{"/pen", "/panic/a", "/pen", "/panic/b", "/pen"} {
		res, err := client.Get(srv.URL + path)
		if err != nil {
			fmt.Println(path, "failed")
			continue
		}
		res.Body.Close()
		fmt.Println(path, res.StatusCode)
	}
	fmt.Println("hits", s.hits)
}

// want: main.(*store).handle s.prices["pen"] = 1.5
// want: main.(*store).handle r.Method = "GET"
// want: main.(*store).handle r.Header["Accept-Encoding"][0] = "gzip"
// want: main.(*store).handle len(name) = 7
func (s *store) handle(w http.ResponseWriter, r *http.Request) {
	defer coredumpy.OnPanic()
	s.hits++
	name := r.URL.Path[1:]
	if len(name) > 4 {
		panic("no such thing: " + name)
	}
	fmt.Fprintln(w, s.prices[name])
}
