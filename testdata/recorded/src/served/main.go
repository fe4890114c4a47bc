// Served is a program that waits at work, for coredumpy attach; it knows nothing of it. It
// says that it is ready.
package main

import (
	"fmt"
	"os"
	"sync"
	"time"
)

type request struct {
	Path   string
	Header map[string][]string
	At     time.Time
	Done   chan struct{}
}

var (
	served int
	mutex  sync.RWMutex
	recent []*request
)

//go:noinline
func handle(r *request, ready *sync.WaitGroup) (status int) {
	mutex.Lock()
	served++
	recent = append(recent, r)
	mutex.Unlock()
	size := len(r.Path)
	ready.Done()
	<-r.Done
	return size
}

//go:noinline
func wait(paths []string) {
	var ready sync.WaitGroup
	for i, path := range paths {
		r := &request{path, map[string][]string{"Accept": {"*/*"}}, time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC), make(chan struct{})}
		ready.Add(1)
		go handle(r, &ready)
	}
	ready.Wait()
	fmt.Println("ready")
	os.Stdin.Read(make([]byte, 1))
}

func main() { wait([]string{"/", "/cart", "/cart/7"}) }
