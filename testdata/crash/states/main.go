// Goroutines in every state that a blocked or busy goroutine can be in.
//
// want-panic: everyone is in place
// want-frames: main.main
package main

import (
	"bytes"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"coredumpy"
)

type message struct {
	ID   int
	Text string
}

func main() {
	defer coredumpy.OnPanic()
	inbox := make(chan message, 2)
	inbox <- message{1, "one"}
	full := make(chan int, 1)
	full <- 5
	go receiver(make(chan message), "rx")
	go sender(full, 6)
	go sender(make(chan int), 7)
	go selecter(make(chan message), full)
	go forever(1)
	go nilReceiver(2)
	var mu sync.Mutex
	mu.Lock()
	go locker(&mu, "account")
	var rw sync.RWMutex
	rw.Lock()
	go readLocker(&rw, 3)
	go condWaiter(sync.NewCond(new(sync.Mutex)), 4)
	var wg sync.WaitGroup
	wg.Add(2)
	go groupWaiter(&wg, 9)
	go sleeper(90 * time.Second)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go accepter(ln, "front door")
	go ticker(time.NewTicker(time.Hour), 11)
	go inSyscall(12)
	var spins atomic.Int64
	go spinner(&spins, 13)
	for spins.Load() < 100 {
		time.Sleep(time.Millisecond)
	}
	text := make([]byte, 1<<20) // one for all: a collection would take what nobody uses any more
	for canRun(text) > 2 {      // this one and the spinner
		time.Sleep(time.Millisecond)
	}
	// want: main.main len(inbox) = 1
	// want: main.main cap(inbox) = 2
	// want: main.main len(full) = 1
	panic("everyone is in place")
}

// canRun is the number of goroutines that don't wait.
func canRun(text []byte) int {
	text = text[:runtime.Stack(text, true)]
	return bytes.Count(text, []byte(" [running")) + bytes.Count(text, []byte(" [runnable"))
}

// want-status: main.receiver chan receive
// want: main.receiver name = "rx"
// want: main.receiver len(in) = 0
//
//go:noinline
func receiver(in <-chan message, name string) {
	for m := range in {
		println(name, m.Text)
	}
}

// want-status: main.sender chan send
// want: main.sender v = 6
// want: main.sender v = 7
//
//go:noinline
func sender(out chan<- int, v int) { out <- v }

// want-status: main.selecter select
// want: main.selecter rounds = 3
//
//go:noinline
func selecter(in <-chan message, out chan<- int) {
	rounds := 3
	select {
	case m := <-in:
		println(m.ID)
	case out <- rounds:
	}
	println(rounds)
}

// want-status: main.forever select (no cases)
// want: main.forever n = 1
//
//go:noinline
func forever(n int) {
	defer println(n)
	select {}
}

// want-status: main.nilReceiver chan receive (nil chan)
// want: main.nilReceiver c = chan int nil
//
//go:noinline
func nilReceiver(n int) {
	var c chan int
	<-c
	println(n)
}

// want-status: main.locker sync.Mutex.Lock
// want: main.locker what = "account"
//
//go:noinline
func locker(mu *sync.Mutex, what string) {
	mu.Lock()
	println(what)
}

// want-status: main.readLocker sync.RWMutex.RLock
// want: main.readLocker n = 3
//
//go:noinline
func readLocker(rw *sync.RWMutex, n int) {
	rw.RLock()
	println(n)
}

// want-status: main.condWaiter sync.Cond.Wait
// want: main.condWaiter n = 4
//
//go:noinline
func condWaiter(c *sync.Cond, n int) {
	c.L.Lock()
	c.Wait()
	println(n)
}

// want-status: main.groupWaiter sync.WaitGroup.Wait | semacquire
// want: main.groupWaiter n = 9
//
//go:noinline
func groupWaiter(wg *sync.WaitGroup, n int) {
	wg.Wait()
	println(n)
}

// want-status: main.sleeper sleep
// want: main.sleeper d = 90000000000
//
//go:noinline
func sleeper(d time.Duration) {
	time.Sleep(d)
	println(d)
}

// want-status: main.accepter IO wait
// want: main.accepter door = "front door"
//
//go:noinline
func accepter(ln net.Listener, door string) {
	c, err := ln.Accept()
	println(door, c, err)
}

// want-status: main.ticker chan receive
// want: main.ticker n = 11
//
//go:noinline
func ticker(t *time.Ticker, n int) {
	<-t.C
	println(n)
}

// inSyscall blocks in a read of a pipe that the poller doesn't know.
//
// want-status: main.inSyscall syscall
// want: main.inSyscall n = 12
//
//go:noinline
func inSyscall(n int) {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	block(r)
	println(n, w.Name())
}

// spinner never blocks; only a signal stops it.
//
// want-status: main.spinner running | runnable
// want: main.spinner n = 13
//
//go:noinline
func spinner(spins *atomic.Int64, n int) {
	for x := 0; ; x += n {
		spins.Add(1)
		if x < 0 {
			println(x)
		}
	}
}
