// Attach is a server under load, for internal/runtest to dump while it works. It
// knows nothing of coredumpy. When its standard input ends it prints how many
// requests were answered and how many weren't.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

type entry struct {
	Key  string
	Data []byte
	Next *entry
}

var heap []*entry

type worker struct {
	N    int
	Name string
	Tags map[string]int
}

//go:noinline
func park(c chan int, w *worker, ready *sync.WaitGroup) {
	square := w.N * w.N
	list := []string{w.Name, "and", strconv.Itoa(square)}
	ready.Done()
	<-c
	fmt.Println(square, w, list)
}

//go:noinline
func spin(stop *atomic.Bool, seed int) int {
	odd := 2*seed + 1
	x := seed
	for i := 0; !stop.Load(); i++ {
		x += i ^ odd
	}
	return x
}

func serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "%d %s", len(body), r.URL.Query().Get("q"))
}

func load(url string, stop *atomic.Bool, answered, failed *atomic.Int64, done *sync.WaitGroup) {
	defer done.Done()
	for !stop.Load() {
		r, err := http.Post(url+"?q=1", "text/plain", strings.NewReader("hello"))
		if err != nil {
			failed.Add(1)
			continue
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || string(body) != "5 1" {
			failed.Add(1)
			continue
		}
		answered.Add(1)
	}
}

func main() {
	megabytes, err := strconv.Atoi(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	for i := range megabytes << 10 {
		heap = append(heap, &entry{Key: fmt.Sprint("key", i), Data: []byte(strings.Repeat("text ", 192))})
	}
	c := make(chan int)
	var ready, done sync.WaitGroup
	for i := range 100 {
		ready.Add(1)
		go park(c, &worker{i, fmt.Sprint("worker ", i), map[string]int{"n": i}}, &ready)
	}
	var stop atomic.Bool
	ready.Add(1)
	go func() {
		ready.Done()
		spin(&stop, 21)
	}()
	ready.Wait()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, http.HandlerFunc(serve))
	var answered, failed atomic.Int64
	for range 3 {
		done.Add(1)
		go load("http://"+l.Addr().String(), &stop, &answered, &failed, &done)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	stop.Store(true)
	done.Wait()
	fmt.Println("answered", answered.Load(), "failed", failed.Load(), "heap", len(heap))
}
