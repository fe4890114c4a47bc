// Labels has many goroutines with labels in many states, and ends with a panic in one of
// them that only the process that watches can see.
package main

import (
	"context"
	"log"
	"runtime/pprof"
	"strconv"
	"sync"
	"time"

	"coredumpy"
)

type job struct {
	ID    int
	Name  string
	Queue chan int
}

//go:noinline
func worker(ctx context.Context, j *job, ready *sync.WaitGroup) {
	pprof.Do(ctx, pprof.Labels("worker", strconv.Itoa(j.ID), "kind", j.Name), func(context.Context) {
		ready.Done()
		for n := range j.Queue {
			j.process(n)
		}
	})
}

func (j *job) process(n int) int { return 100 / (n - j.ID) }

//go:noinline
func locked(m *sync.Mutex, ready *sync.WaitGroup) {
	ready.Done()
	m.Lock()
	m.Unlock()
}

//go:noinline
func sends(c chan<- string, ready *sync.WaitGroup) {
	ready.Done()
	c <- "sent"
}

//go:noinline
func selects(a, b chan int, ready *sync.WaitGroup) {
	ready.Done()
	select {
	case <-a:
	case b <- 1:
	}
}

func main() {
	if err := coredumpy.Monitor(); err != nil {
		log.Fatal(err)
	}
	var ready sync.WaitGroup
	var m sync.Mutex
	m.Lock()
	results, ctx := make(chan string), context.Background()
	jobs := make([]*job, 20)
	ready.Add(len(jobs) + 3 + 2 + 1)
	for i := range jobs {
		jobs[i] = &job{i, []string{"even", "odd"}[i%2], make(chan int)}
		go worker(ctx, jobs[i], &ready)
	}
	for range 3 {
		go locked(&m, &ready)
	}
	for range 2 {
		go sends(results, &ready)
	}
	go selects(make(chan int), make(chan int), &ready)
	go time.Sleep(time.Hour)
	ready.Wait()
	time.Sleep(1200 * time.Millisecond)
	jobs[7].Queue <- 7
	m.Lock()
}
