package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// table is shared by goroutines that hold its lock.
type table struct {
	sync.Mutex
	Map   map[int]int // each value is the square of its key
	List  []int       // each value is its index
	Box   any         // see fill
	Cards map[string]*card
}

var (
	shared = &table{Map: map[int]int{}, Cards: map[string]*card{}}
	single = &table{Map: map[int]int{}, Cards: map[string]*card{}} // used by one goroutine, without a lock
)

// load is what goes on in the process.
type load struct {
	ended chan struct{}
	wait  sync.WaitGroup
	mu    sync.Mutex
	errs  []string
}

// begin starts everything. The function that it returns ends it and reports what went
// wrong.
func begin() (end func() []string) {
	l := &load{ended: make(chan struct{})}
	for i := range 4 {
		l.burst(func(n int) { fillLocked(7*n + i) })
	}
	l.burst(single.fill)
	l.burst(cards())
	l.burst(interfaces)
	l.burst(texts)
	l.loop(func(int) { garbage(10); time.Sleep(10 * *rest) })
	l.loop(func(int) { runtime.GC(); time.Sleep(50 * time.Millisecond) })
	l.loop(func(n int) { grow(n%200 + 1); time.Sleep(time.Millisecond) })
	l.loop(func(int) { churn(); time.Sleep(time.Millisecond) })
	l.loop(func(int) { l.check(readSelf()); time.Sleep(time.Millisecond) })
	l.loop(func(int) { timers(); pause() })
	for range 2 {
		l.loop(func(n int) {
			spin(n)
			pause()
		})
	}
	stop := l.echo()
	return func() []string {
		close(l.ended)
		stop()
		l.wait.Wait()
		return l.errs
	}
}

// held makes everything rest, between two dumps.
var held atomic.Bool

// loop has a goroutine of its own call f until the end.
func (l *load) loop(f func(n int)) {
	l.wait.Add(1)
	go func() {
		defer l.wait.Done()
		for n := 0; ; n++ {
			select {
			case <-l.ended:
				return
			default:
				f(n)
			}
			for held.Load() {
				time.Sleep(time.Millisecond)
			}
			if *cooperative {
				runtime.Gosched()
			}
		}
	}()
}

// burst is loop with a short rest now and then. A goroutine that never rests is stopped
// only every 10 ms, in the middle of something.
func (l *load) burst(f func(n int)) {
	l.loop(func(n int) {
		if f(n); n%100 == 0 {
			time.Sleep(*rest)
		}
	})
}

// pause is for work that would never rest: it doesn't rest either if all rest is short.
func pause() {
	if *rest >= time.Millisecond {
		time.Sleep(*rest)
	}
}

func (l *load) check(err error) {
	if err != nil {
		l.mu.Lock()
		l.errs = append(l.errs, err.Error())
		l.mu.Unlock()
	}
}

func fillLocked(n int) {
	shared.Lock()
	defer shared.Unlock()
	shared.fill(n)
}

// fill changes everything in a table. The map grows, and is emptied in the end.
func (t *table) fill(n int) {
	if len(t.Map) >= 5000 {
		clear(t.Map)
	}
	t.Map[n] = n * n
	delete(t.Map, n/2)
	if len(t.List) >= 2000 {
		t.List = nil
	}
	t.List = append(t.List, len(t.List))
	switch n % 5 {
	case 0:
		t.Box = n
	case 1:
		t.Box = fmt.Sprint("box ", n)
	case 2:
		t.Box = newCard(n)
	case 3:
		t.Box = [4]int{n, n, n, n}
	case 4:
		t.Box = nil
	}
	t.Cards[fmt.Sprint(n%50)] = newCard(n)
}

// cards returns a function whose slice grows and shrinks under the reader.
func cards() func(int) {
	var list []*card
	return func(n int) {
		if list = append(list, newCard(n)); len(list) > 300 {
			list = list[250:]
		}
	}
}

func interfaces(n int) {
	var box any = n
	for i := range 10 {
		if box = any(newCard(i)); i%2 == 0 {
			box = fmt.Stringer(time.Duration(i))
		}
	}
	runtime.KeepAlive(box)
}

func texts(n int) {
	text := ""
	for i := range 20 {
		text += fmt.Sprint(n, i, " ")
	}
	runtime.KeepAlive(text)
}

type node struct{ Left, Right *node }

func garbage(depth int) *node {
	if depth == 0 {
		return nil
	}
	return &node{garbage(depth - 1), garbage(depth - 1)}
}

// grow makes the stack move.
func grow(n int) int {
	var pad [256]byte
	p := &pad[n%256]
	if n > 0 {
		*p = byte(grow(n - 1))
	}
	return int(*p)
}

// churn starts goroutines that end at once.
func churn() {
	var wait sync.WaitGroup
	for range 20 {
		wait.Add(1)
		go func() { defer wait.Done(); runtime.Gosched() }()
	}
	wait.Wait()
}

func readSelf() error {
	b, err := os.ReadFile("/proc/self/stat")
	if err == nil && len(b) == 0 {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func timers() {
	done := make(chan struct{})
	time.AfterFunc(100*time.Microsecond, func() { close(done) })
	tick := time.NewTicker(50 * time.Microsecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-done:
			return
		}
	}
}

// spin doesn't call anything for about a millisecond.
func spin(n int) {
	for range 1_000_000 {
		n = n*7 + 1
	}
	runtime.KeepAlive(n)
}

// echo has connections whose other end sends back what it gets.
func (l *load) echo() (stop func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		l.check(err)
		return func() {}
	}
	l.wait.Add(1)
	go func() {
		defer l.wait.Done()
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			l.wait.Add(1)
			go func() {
				defer l.wait.Done()
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	for range 2 {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			l.check(err)
			continue
		}
		l.wait.Add(1)
		go func() {
			defer l.wait.Done()
			defer c.Close()
			l.check(l.talk(c))
		}()
	}
	return func() { listener.Close() }
}

func (l *load) talk(c net.Conn) error {
	got := make([]byte, 100)
	for n := 0; ; n++ {
		select {
		case <-l.ended:
			return nil
		default:
		}
		sent := bytes.Repeat([]byte{byte(n)}, 1+n%100)
		if _, err := c.Write(sent); err != nil {
			return err
		}
		if _, err := io.ReadFull(c, got[:len(sent)]); err != nil {
			return err
		}
		if !bytes.Equal(got[:len(sent)], sent) {
			return fmt.Errorf("got echo %q, want %q", got[:len(sent)], sent)
		}
		time.Sleep(200 * time.Microsecond)
	}
}
