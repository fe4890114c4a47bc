package variables

import (
	"reflect"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/debugtest"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
)

//go:noinline
func grows(n int) int {
	var room [256]byte
	if n == 0 {
		return len(room)
	}
	return grows(n-1) + int(room[n%256])
}

// held is deferred: it makes the stack grow, which moves it, and blocks.
func held(c chan int) {
	grows(1000)
	<-c
	recover()
}

//go:noinline
func moves(c chan int, i int) int {
	defer held(c)
	room := [4]int{5, 6, 7, 8}
	list := room[:3]
	first := &room[1]
	room[3]++
	keep(len(list))
	return list[i] + *first
}

// A pointer to the stack of a frame that panicked leads to the right place after the stack
// has moved, as long as the runtime knows that the old place was a stack.
func TestDebugMovedStack(t *testing.T) {
	debugtest.Need(t)
	right := 0
	for range 3 {
		c := make(chan int)
		go moves(c, 99)
		debugtest.Await(t, "variables.moves", "chan receive")
		capture(t, func(s *snapshot) {
			_, f := s.find("variables.moves")
			s.check(f, "list []int [5 6 7]", "first *int &6", "i int 99")
			vars := s.vars(f)
			if list := vars["list"]; list.Reason == nil && list.Addr != 0 && s.show(list.Type, list.Addr) == "[5 6 7]" || !debugtest.Unoptimised {
				right++
			}
		})
		c <- 1
	}
	if right == 0 {
		t.Error("got no right value of list, want most to be right")
	}
}

type large struct {
	text [100]int
	next *large
}

// escaped makes sure that v is in the heap.
//
//go:noinline
func escaped[T any](v *T) *T {
	leak(v)
	leak(nil)
	return v
}

//go:noinline
func forgets(c chan int) {
	gone := escaped(&large{text: [100]int{42}})
	kept := escaped(&large{text: [100]int{43}})
	keep(gone.text[0])
	<-c
	keep(kept)
}

// A variable that isn't used any more is stale, another isn't: what the stale one points
// to has been freed.
func TestDebugForgotten(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go forgets(c)
	debugtest.Await(t, "variables.forgets", "chan receive")
	runtime.GC()
	runtime.GC()
	capture(t, func(s *snapshot) {
		_, f := s.find("variables.forgets")
		vars := s.vars(f)
		if v, ok := vars["gone"]; ok && v.Reason == nil && !v.Stale {
			t.Errorf("got %+v, want it stale", v)
		}
		v, ok := vars["kept"]
		if !ok || v.Reason != nil {
			if debugtest.Unoptimised {
				t.Errorf("got %+v of kept, want a value", v)
			}
			return
		}
		if v.Stale {
			t.Errorf("got %+v, want it live", v)
		}
		addr, err := s.p.ReadWord(v.Addr)
		if err != nil || !s.p.InHeap(addr) || s.p.Allocated(addr, uint64(v.Type.Elem().Size)) != nil {
			t.Errorf("got %#x and error %v, want an object in the heap", addr, err)
		}
		if err := s.p.Allocated(addr, 1<<20); err == nil || !strings.Contains(err.Error(), "reused") {
			t.Errorf("got error %v, want that the object is smaller", err)
		}
		if addr := unsafely.TypeAddr(reflect.TypeFor[int]()); s.p.InHeap(addr) || s.p.Allocated(addr, 8) != nil {
			t.Errorf("got %#x in the heap", addr)
		}
	})
	c <- 1
}

// faults is deferred: it copies the signal stack before anything else.
func faults(signal chan []byte, c chan int) {
	signal <- target.SignalStack()
	<-c
	recover()
}

//go:noinline
func derefs(signal chan []byte, c chan int, from *circle, n int) float64 {
	defer faults(signal, c)
	return radius(from, n)
}

//go:noinline
func radius(from *circle, n int) float64 { return from.r * float64(n) }

// The registers of a fault are on the thread's signal stack, unless another signal came
// before they were copied.
func TestDebugFault(t *testing.T) {
	debugtest.Need(t)
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux the registers are known")
	}
	found := 0
	for range 5 {
		c := make(chan int)
		signal := make(chan []byte, 1)
		go derefs(signal, c, nil, 1234)
		debugtest.Await(t, "variables.derefs", "chan receive")
		capture(t, func(s *snapshot) {
			g, _ := s.find("variables.derefs")
			s.p.Signal = <-signal
			frames, _, err := s.p.Stack(g, 100)
			if err != nil {
				t.Error(err)
			}
			s.stacks[g] = frames
			_, f := s.find("variables.radius")
			s.check(f, "n int 1234", "from *"+here+"circle nil")
			if s.vars(f)["n"].Reason == nil {
				found++
			}
		})
		c <- 1
	}
	if found == 0 {
		t.Error("got no registers in five faults, want those of most")
	}
}
