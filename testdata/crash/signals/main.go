// os/signal is in use: its goroutine and handlers must not be disturbed.
//
// want-panic: runtime error: invalid memory address or nil pointer dereference
// want-frames: main.serve main.main
// want-status: os/signal.loop syscall | runnable
package main

import (
	"os"
	"os/signal"

	"coredumpy"
)

type server struct{ name *string }

func main() {
	defer coredumpy.OnPanic()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	// want: main.main cap(stop) = 1
	// want: main.main len(stop) = 0
	s := &server{}
	go func() { <-stop }()
	serve(s, 8080)
	signal.Stop(stop)
}

// want: main.serve port = 8080
// want: main.serve *s = main.server {name: *string nil}
//
//go:noinline
func serve(s *server, port int) {
	println(*s.name, port)
}
