package main

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// card is a value of many parts that all follow from its number.
type card struct {
	ID    int
	Name  string
	List  []int
	Pairs map[int]string
	Twice *int
	Any   any
	Self  *card
}

func newCard(id int) *card {
	twice := 2 * id
	c := &card{ID: id, Name: fmt.Sprint("card ", id), Twice: &twice}
	for i := range 3 {
		c.List = append(c.List, id+i)
	}
	c.Pairs = map[int]string{id: fmt.Sprint(id), -id: fmt.Sprint(-id)}
	c.Any = [2]int{id, -id}
	c.Self = c
	return c
}

// wait waits for something that comes at the end.
func wait(id int) {
	switch id % 5 {
	case 0:
		<-ended
	case 1:
		select {
		case <-ended:
		case never <- id:
		}
	case 2:
		gate.Lock()
		gate.Unlock()
	case 3:
		all.Wait()
	case 4:
		cond.L.Lock()
		for !open {
			cond.Wait()
		}
		cond.L.Unlock()
	}
}

var (
	ended = make(chan struct{})
	never = make(chan int)
	gate  sync.Mutex
	all   sync.WaitGroup
	cond  = sync.NewCond(new(sync.Mutex))
	open  bool // guarded by cond.L
)

// hold waits with variables that all follow from id.
func hold(id int, ready *sync.WaitGroup) {
	c := newCard(id)
	text := fmt.Sprint("parked ", id)
	list := []string{text, c.Name}
	boxed := any(c)
	small := [3]int16{int16(id), int16(id + 1), int16(id + 2)}
	double := func() int { return 2 * id }
	ready.Done()
	wait(id)
	runtime.KeepAlive([]any{c, text, list, boxed, &small, double})
}

// park starts n goroutines, waits until they wait, and returns a function that
// ends them.
func park(n int) (release func()) {
	gate.Lock()
	all.Add(1)
	var ready, done sync.WaitGroup
	for id := range n {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			hold(id, &ready)
		}()
	}
	ready.Wait()
	for buf := make([]byte, min(n, 20_000)<<11); bytes.Contains(buf[:runtime.Stack(buf, true)], []byte(" [runnable")); {
		time.Sleep(time.Millisecond)
	}
	return func() {
		close(ended)
		gate.Unlock()
		all.Done()
		cond.L.Lock()
		open = true
		cond.L.Unlock()
		cond.Broadcast()
		done.Wait()
	}
}
