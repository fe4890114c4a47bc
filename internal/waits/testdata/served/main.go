// Command served has a goroutine that only a handler can wake which is registered in a
// variable of package net/http, and leaves a dump of that in the file that its argument names.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"coredumpy"
)

// handle registers a handler, and has a goroutine wait for what comes from it.
func handle(waiting chan struct{}) {
	updates := make(chan string)
	http.DefaultServeMux.HandleFunc("/update", func(_ http.ResponseWriter, r *http.Request) { updates <- r.URL.Path })
	go func() {
		close(waiting)
		fmt.Println(<-updates)
	}()
}

func serve(l net.Listener) { http.Serve(l, nil) }

func main() {
	waiting := make(chan struct{})
	handle(waiting)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go serve(l)
	<-waiting
	for text := ""; !strings.Contains(text, "[chan receive]") || !strings.Contains(text, "[IO wait]"); {
		buf := make([]byte, 1<<16)
		text = string(buf[:runtime.Stack(buf, true)])
		time.Sleep(time.Millisecond)
	}
	if _, err := coredumpy.Dump(coredumpy.Path(os.Args[1])); err != nil {
		panic(err)
	}
}
