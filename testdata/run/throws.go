//go:build unix

package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
)

func selectForever(n int) {
	mine := 13 * n
	defer fmt.Println(mine)
	select {}
}

func waitForever(wg *sync.WaitGroup, n int) {
	mine := 14 * n
	wg.Add(mine)
	wg.Wait()
}

func sendForever(c chan<- int, n int) {
	mine := 15 * n
	c <- mine
}

// iterateMap goes over a map to which another goroutine writes.
func iterateMap(m map[int]int, n int) {
	mine := 16 * n
	go mapWrites(m, 1)
	for {
		for k := range m {
			mine |= k & 0
		}
	}
}

// full returns a map that mapWrites doesn't make larger: while a map grows, writes of two
// goroutines may end in a fault.
func full() map[int]int {
	m := map[int]int{}
	for i := range 10 {
		m[i] = i
	}
	return m
}

// readOnly writes to memory that can't be written to.
func readOnly(n int) {
	size := 4096 * n
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		fmt.Println(err)
		return
	}
	b[n] = 1
}

func readLocked(mu *sync.RWMutex, n int) {
	mine := 17 * n
	mu.RUnlock()
	fmt.Println(mine)
}

var throws = map[string]func(){
	"select":   func() { selectForever(1) },
	"wait":     func() { waitForever(new(sync.WaitGroup), 2) },
	"sendnil":  func() { sendForever(nil, 3) },
	"iterate":  func() { iterateMap(full(), 4) },
	"fault":    func() { readOnly(2) },
	"runlock":  func() { readLocked(new(sync.RWMutex), 5) },
	"mainless": func() { go receive(make(chan int), 8); runtime.Goexit() },
	"empty":    func() { runtime.Goexit() },
}
