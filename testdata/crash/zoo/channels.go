package main

import (
	"bytes"
	"runtime"
	"time"
)

type quad struct{ vals [4]int }

//go:noinline
func channels() {
	// want: main.channels null = chan int nil
	// want: main.channels open = chan int 0/0
	// want: main.channels ring = chan string 3/4
	// want-buffer: main.channels ring 0 = "c"
	// want-buffer: main.channels ring 2 = "e"
	// want: main.channels closed = chan int 1/2
	// want: main.channels sends = chan<- int 0/0
	// want-buffer: main.channels structs 0 = main.point {X: 1, Y: 2}
	// want-buffer: main.channels big 1 = main.quad {vals: [4]int [0,0,0,5]}
	var null chan int
	open, ring, closed := make(chan int), make(chan string, 4), make(chan int, 2)
	for _, s := range []string{"a", "b", "c", "d"} {
		ring <- s
	}
	<-ring
	<-ring
	ring <- "e"
	closed <- 1
	close(closed)
	var sends chan<- int = open
	structs, big := make(chan point, 2), make(chan quad, 2)
	structs <- point{1, 2}
	big <- quad{}
	big <- quad{[4]int{3: 5}}
	// want-waiting: main.channels busy 3 receivers
	// want-waiting: main.channels stuck 2 senders
	// want-waiting: main.channels closed closed
	busy, stuck := make(chan int), make(chan int, 1)
	stuck <- 0
	for i := range 3 {
		go func() { busy <- <-busy }()
		if i < 2 {
			go func() { stuck <- i }()
		}
	}
	for text := make([]byte, 1<<20); bytes.Contains(text[:runtime.Stack(text, true)], []byte(" [runnable")); {
		time.Sleep(time.Millisecond) // until all five wait
	}
	funcs(func(n int) int { return n + len(ring) })
	use(null, open, ring, closed, sends, structs, big, busy, stuck)
}
