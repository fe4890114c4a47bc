package variables

import (
	"testing"

	"coredumpy/internal/debugtest"
)

// recurses has a frame of more than 8 KiB.
//
//go:noinline
func recurses(n int, c chan int, last *int) int {
	var room [1 << 10]int
	here := n
	if n == 0 {
		return <-c
	}
	room[n%len(room)] = recurses(n-1, c, &here)
	return room[n/len(room)] + here + *last
}

// Only the beginning of a very large stack is copied. Variables beyond that are read in
// place.
func TestDebugDeepStack(t *testing.T) {
	debugtest.Need(t)
	const deep = 3000 // more than 24 MiB
	c := make(chan int)
	go recurses(deep, c, new(int))
	debugtest.Await(t, "variables.recurses", "chan receive")
	capture(t, func(s *snapshot) {
		g, _ := s.find("variables.recurses")
		stack := s.p.CopyOf(g)
		if n := uint64(len(stack.Data)); n >= stack.Hi-stack.SP {
			t.Errorf("got %d bytes copied of %d, want less", n, stack.Hi-stack.SP)
		}
		frames, _, err := s.p.Stack(g, 2*deep)
		if err != nil {
			t.Error(err)
		}
		n, known := 0, 0
		for i := range frames {
			if debugtest.Short(frames[i].Func) != "variables.recurses" {
				continue
			}
			v, ok := s.vars(&frames[i])["last"]
			if n++; n == 1 || n > deep || !ok || v.Reason != nil {
				continue
			}
			if v.Stale {
				t.Fatalf("got last in frame %d stale, want it live", i)
			}
			to, _ := s.p.PointerAt(v.Addr)
			if got, err := s.p.ReadWord(to); got != uint64(n) || err != nil {
				t.Fatalf("got *last %d and error %v in frame %d, want %d", got, err, i, n)
			}
			known++
		}
		if n != deep+1 || known < deep-1 && debugtest.Unoptimised {
			t.Errorf("got %d frames and %d values, want %d and %d", n, known, deep+1, deep-1)
		}
	})
	c <- 1
}
