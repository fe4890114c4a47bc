// Package stress has tests that fail while much else goes on.
package stress

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

type node struct {
	Value       int
	Left, Right *node
}

func tree(depth int) *node {
	if depth == 0 {
		return nil
	}
	return &node{Value: depth, Left: tree(depth - 1), Right: tree(depth - 1)}
}

var kept [4]*node

// busy has goroutines allocate, spin, and pass values on.
func busy() {
	for i := range kept {
		go func() {
			for {
				kept[i] = tree(8)
			}
		}()
		go spin(i)
	}
	c := make(chan int)
	go func() {
		for i := 0; ; i++ {
			c <- i
		}
	}()
	go func() {
		m := map[int]string{}
		for i := range c {
			m[i%1000] = strconv.Itoa(i)
		}
	}()
}

// spin doesn't call anything.
func spin(seed int) int {
	n := seed
	for n >= 0 {
		n = (n*7 + 1) & 0xffff
	}
	return n
}

func TestBusy(t *testing.T) {
	busy()
	root := tree(5)
	root.Value = 77
	t.Errorf("value is %d", root.Value) // want TestBusy: "value is 77" root.Left.Value = 4
	t.Log(root.Value)                   // until here the collector leaves it alone
}

// Where nothing preempts it, spin never stops.
func TestTight(t *testing.T) {
	go spin(1)
	go spin(2)
	words := []string{"a", "b"}
	t.Fatal("with tight loops ", len(words)) // want TestTight: "with tight loops" words[1] = "b"
}

func TestTen(t *testing.T) {
	busy()
	var ready, done sync.WaitGroup
	start := make(chan bool)
	for i := range 10 {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			half, double := i, 2*i
			ready.Done()
			<-start
			panic(fmt.Sprintf("half %d of %d", half, double)) // want panic : "half " half*2 == double && half == i = true
		}()
	}
	ready.Wait()
	close(start)
	done.Wait()
}

// The cleanup of a parent fails another test, which waits for it.
func TestAnother(t *testing.T) {
	busy()
	t.Run("parent", func(parent *testing.T) {
		bad := 3
		parent.Cleanup(func() {
			bad++
			t.Errorf("%d bad", bad) // want TestAnother: "4 bad" bad = 4
		})
		for i := range 3 {
			parent.Run(fmt.Sprint(i), func(t *testing.T) { t.Parallel() })
		}
	})
}

// The cleanup of the parent of a panicking test fails, and waits for others.
func TestCleanups(t *testing.T) {
	var mu sync.Mutex
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		t.Error("cleanup of the parent")
	})
	t.Run("sub", func(t *testing.T) {
		t.Cleanup(func() {
			mu.Lock()
			defer mu.Unlock()
			t.Error("cleanup of the subtest")
		})
		left := []int{5, 6}
		panic(fmt.Sprint("left ", left)) // want panic TestCleanups/sub: "left [5 6]" left[1] = 6
	})
}

// Signals come to all threads, even to the one that waits for a dump to be made.
func TestSignals(t *testing.T) {
	runtime.LockOSThread()
	self := syscall.Gettid()
	for range 2 {
		go func() {
			for {
				syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(os.Getpid()), uintptr(self), uintptr(syscall.SIGURG))
			}
		}()
	}
	time.Sleep(10 * time.Millisecond)
	flood := "of signals"
	t.Error("in a flood ", flood) // want TestSignals: "in a flood" flood = "of signals"
}

// Tests that fail at the same time hold locks that others wait for.
func TestQueue(t *testing.T) {
	var mu sync.Mutex
	for i := range 4 {
		t.Run(fmt.Sprint("n", i), func(t *testing.T) {
			t.Parallel()
			if i%2 == 0 {
				mu.Lock()
				defer mu.Unlock()
			}
			square := i * i
			t.Errorf("square of %d is %d", i, square) // want TestQueue/n: "square of " square == i*i = true
		})
	}
}
