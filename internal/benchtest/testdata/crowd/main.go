// Command crowd leaves a dump of many goroutines that wait for each other and of many
// objects. Its arguments are their numbers and the file.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"coredumpy"
)

// session is what each goroutine has.
type session struct {
	id      int
	user    string
	server  *server
	replies chan reply
	history []*item
}

type reply struct{ n int }

// item is what there are most of: each refers to two others.
type item struct {
	id    int
	name  string
	tags  []string
	prev  *item
	other *item
	next  any
}

type server struct {
	mu       sync.Mutex
	rw       sync.RWMutex
	sessions map[string]*session
	jobs     chan *item
	done     sync.WaitGroup
	items    []*item
}

var started sync.WaitGroup

// serve waits: some for the same lock, channel or wait group, most for a channel of their own.
//
//go:noinline
func (s *session) serve() {
	kind := s.id % 10
	started.Done()
	switch kind {
	case 0:
		s.server.mu.Lock()
		s.server.items = append(s.server.items, s.history...)
		s.server.mu.Unlock()
	case 1:
		it := <-s.server.jobs
		s.history = append(s.history, it)
	case 2:
		s.server.rw.RLock()
		s.history = s.server.items[:1]
		s.server.rw.RUnlock()
	case 3:
		s.server.done.Wait()
	default:
		select {
		case r := <-s.replies:
			s.id = r.n
		case it := <-s.server.jobs:
			s.history = append(s.history, it)
		}
	}
}

func main() {
	goroutines, objects, path := number(os.Args[1]), number(os.Args[2]), os.Args[3]
	srv := &server{sessions: map[string]*session{}, jobs: make(chan *item)}
	srv.mu.Lock()
	srv.rw.Lock()
	srv.done.Add(1)
	const each = 2 // objects of an item: it, and its tags
	for i := range objects / each {
		it := &item{id: i, name: "item " + strconv.Itoa(i), tags: []string{"a", "b"}}
		if i > 0 {
			it.prev, it.other, it.next = srv.items[i-1], srv.items[i/2], srv.items[i/3]
		}
		srv.items = append(srv.items, it)
	}
	started.Add(goroutines)
	for i := range goroutines {
		s := &session{id: i, user: fmt.Sprint("user ", i), server: srv, replies: make(chan reply)}
		s.history = srv.items[i%len(srv.items):][:1]
		srv.sessions[s.user] = s
		go s.serve()
	}
	started.Wait()
	time.Sleep(100 * time.Millisecond) // until nearly all wait
	c := &coredumpy.Config
	c.MaxElements, c.MaxObjects, c.MaxBytes, c.MaxGoroutines = 1<<30, 1<<30, 1<<30, 1<<20
	c.Timeout = time.Minute
	if _, err := coredumpy.Dump(coredumpy.Path(path)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(len(srv.sessions))
}

func number(arg string) int {
	n, err := strconv.Atoi(arg)
	if err != nil {
		panic(err)
	}
	return n
}
