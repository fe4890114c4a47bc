package main

import (
	"context"
	"errors"
	"io"
	"sync"
)

// lateResult is kubernetes#5316: who asked has gone when the result comes.
func lateResult() {
	result := make(chan int)
	failed := make(chan error, 1)
	go func() {
		failed <- errors.New("timeout")
		result <- 1
	}()
	select {
	case <-failed:
		return
	case <-result:
	}
}

// firstResult takes one of three results.
func firstResult() int {
	results := make(chan int)
	for i := range 3 {
		go func() { results <- i }()
	}
	return <-results
}

// neverClosed has workers that wait for more jobs, which nobody says won't come.
func neverClosed() {
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range jobs {
			}
		}()
	}
	jobs <- 1
	wg.Wait()
	close(jobs)
}

// waitInLoop is moby#25384: it adds for all and waits after each.
func waitInLoop() {
	var wg sync.WaitGroup
	names := []string{"a", "b"}
	wg.Add(len(names))
	for range names {
		go func() { defer wg.Done() }()
		wg.Wait()
	}
}

// doneForgotten doesn't call Done where it fails.
func doneForgotten() {
	var wg sync.WaitGroup
	work := func(n int) error {
		if n == 1 {
			return errors.New("1 doesn't work")
		}
		wg.Done()
		return nil
	}
	for i := range 2 {
		wg.Add(1)
		go work(i)
	}
	wg.Wait()
}

// group is like errgroup.Group.
type group struct {
	wg   sync.WaitGroup
	sem  chan struct{}
	once sync.Once
	err  error
}

func (g *group) Go(f func() error) {
	if g.sem != nil {
		g.sem <- struct{}{}
	}
	g.wg.Add(1)
	go func() {
		defer g.done()
		if err := f(); err != nil {
			g.once.Do(func() { g.err = err })
		}
	}()
}

func (g *group) done() {
	if g.sem != nil {
		<-g.sem
	}
	g.wg.Done()
}

func (g *group) Wait() error {
	g.wg.Wait()
	return g.err
}

// nestedGo starts one in a group that has no place left, from the one who has it.
func nestedGo() {
	g := &group{sem: make(chan struct{}, 1)}
	g.Go(func() error {
		g.Go(func() error { return nil })
		return nil
	})
	g.Wait()
}

// groupAndResults waits for a group before it takes the results.
func groupAndResults() {
	g := &group{}
	results := make(chan int)
	for i := range 2 {
		g.Go(func() error {
			results <- i
			return nil
		})
	}
	g.Wait()
	close(results)
	for range results {
	}
}

type worker struct {
	quit  chan struct{}
	tasks chan func()
}

func nilChannel() {
	w := &worker{tasks: make(chan func())}
	<-w.quit
}

func nilChannels() {
	w := &worker{}
	select {
	case <-w.quit:
	case f := <-w.tasks:
		f()
	}
}

// notCanceled is cockroach#13197: the context is never canceled.
func notCanceled() {
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-ctx.Done() }()
	_ = cancel
}

// childNotCanceled is kubernetes#25331: nor is the one that it derives from.
func childNotCanceled() {
	parent, cancel := context.WithCancel(context.Background())
	ctx, cancelChild := context.WithCancel(context.WithValue(parent, "key", 1))
	results := make(chan int)
	go watch(ctx, results)
	_, _ = cancel, cancelChild
}

func watch(ctx context.Context, results chan int) int {
	select {
	case n := <-results:
		return n
	case <-ctx.Done():
		return 0
	}
}

// slotKept doesn't give the place back where it fails.
func slotKept() {
	slots := make(chan struct{}, 2)
	work := func(n int) error {
		slots <- struct{}{}
		if n < 2 {
			return errors.New("it doesn't work")
		}
		<-slots
		return nil
	}
	for i := range 4 {
		work(i)
	}
}

// pipeWithoutReader has a reader that gave up.
func pipeWithoutReader() {
	r, w := io.Pipe()
	go func() { r.Read(make([]byte, 1)) }()
	w.Write([]byte("ab"))
}

// pipeNotClosed has a writer that forgot to close.
func pipeNotClosed() {
	r, w := io.Pipe()
	go func() { w.Write([]byte("a")) }()
	io.ReadAll(r)
}

// crossing has two that send to each other before they receive.
func crossing() {
	left, right := make(chan int), make(chan int)
	go func() {
		left <- 1
		<-right
	}()
	right <- 2
	<-left
}

// server waits for its connections to end.
type server struct {
	conns sync.WaitGroup
	quit  chan struct{}
}

func (s *server) serve(message chan string) {
	defer s.conns.Done()
	for range message {
	}
}

// drained is a server that is being stopped, with a connection that doesn't look at quit.
func drained() {
	s := &server{quit: make(chan struct{})}
	s.conns.Add(2)
	go s.serve(make(chan string))
	go s.serve(make(chan string))
	close(s.quit)
	s.conns.Wait()
}
