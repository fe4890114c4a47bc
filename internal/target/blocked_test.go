package target

import (
	"go/version"
	"runtime"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"coredumpy/internal/debugtest"
)

//go:noinline
func sends(c chan int) { c <- 1 }

//go:noinline
func selectsNil(a, b chan int) {
	select {
	case <-a:
	case b <- 1:
	}
}

//go:noinline
func locksToo(mu *sync.Mutex) {
	mu.Lock()
	mu.Unlock()
}

//go:noinline
func waitsForCond(c *sync.Cond) {
	c.L.Lock()
	c.Wait()
	c.L.Unlock()
}

// Blocked returns the address of what a goroutine waits for.
func TestDebugBlocked(t *testing.T) {
	debugtest.Need(t)
	received, sent, left, right := make(chan int), make(chan int), make(chan int), make(chan int)
	var mu sync.Mutex
	mu.Lock()
	cond := sync.NewCond(new(sync.Mutex))
	go waits(received)
	go sends(sent)
	go selects(left, right)
	go selectsNil(nil, nil) // this one stays
	go locks(&mu)
	debugtest.Await(t, "target.locks", "sync.Mutex.Lock")
	go locksToo(&mu)
	go waitsForCond(cond)
	debugtest.Await(t, "target.waits", "chan receive")
	debugtest.Await(t, "target.sends", "chan send")
	debugtest.Await(t, "target.selects", "select")
	debugtest.Await(t, "target.selectsNil", "select")
	debugtest.Await(t, "target.locksToo", "sync.Mutex.Lock")
	debugtest.Await(t, "target.waitsForCond", "sync.Cond.Wait")
	addr := func(c chan int) uint64 { return uint64(uintptr(*(*unsafe.Pointer)(unsafe.Pointer(&c)))) }
	within := func(p unsafe.Pointer, size uintptr) func(uint64) bool {
		return func(addr uint64) bool { return uint64(uintptr(p)) <= addr && addr < uint64(uintptr(p)+size) }
	}
	semaphores := version.Compare(runtime.Version(), "go1.26") >= 0
	capture(t, func(s *snapshot) {
		for function, want := range map[string][]uint64{
			"target.waits": {addr(received)}, "target.sends": {addr(sent)}, "target.selects": {addr(left), addr(right)},
			"target.selectsNil": {0},
		} {
			g, _ := s.find(function)
			got := s.p.Blocked(g)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %#x, want %#x", function, got, want)
			}
		}
		for function, in := range map[string]func(uint64) bool{
			"target.locks":        within(unsafe.Pointer(&mu), unsafe.Sizeof(mu)),
			"target.locksToo":     within(unsafe.Pointer(&mu), unsafe.Sizeof(mu)),
			"target.waitsForCond": within(unsafe.Pointer(cond), unsafe.Sizeof(*cond)),
		} {
			g, _ := s.find(function)
			if got := s.p.Blocked(g); semaphores && (len(got) != 1 || !in(got[0])) || !semaphores && got != nil {
				t.Errorf("%s: got %#x, want one address in it since Go 1.26, and none before", function, got)
			}
		}
	})
	received <- 1
	<-sent
	left <- 1
	mu.Unlock() // for locks, which keeps it
	cond.Signal()
}
