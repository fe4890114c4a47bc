package variables

import (
	"runtime"
	"sync"
	"testing"

	"coredumpy/internal/debugtest"
	"coredumpy/internal/target"
)

type parkedJob struct{ id, weight int }

//go:noinline
func parkForAllocations(ready *sync.WaitGroup, jobs chan *parkedJob, name string, weights []int) {
	ready.Done()
	j := <-jobs
	for _, w := range weights {
		j.weight += w
	}
	j.id += len(name)
}

// Programs have many goroutines in few places. Stack and Variables find what those share
// once, and allocate little else.
func TestDebugAllocations(t *testing.T) {
	debugtest.Need(t)
	const n = 300
	jobs := make(chan *parkedJob)
	var ready sync.WaitGroup
	ready.Add(n)
	for i := range n {
		go parkForAllocations(&ready, jobs, "name", make([]int, i))
	}
	ready.Wait()
	debugtest.Await(t, "variables.parkForAllocations", "chan receive")
	capture(t, func(s *snapshot) {
		vars := 0
		look := func(g *target.Goroutine) {
			frames, _, err := s.p.Stack(g, 100)
			if err != nil {
				t.Error(err)
			}
			for i := range frames {
				if debugtest.Short(frames[i].Func) == "variables.parkForAllocations" {
					vars += len(s.finder.Of(&frames[i]))
				}
			}
		}
		var gs []*target.Goroutine
		for _, g := range s.gs {
			for _, f := range s.stacks[g] {
				if debugtest.Short(f.Func) == "variables.parkForAllocations" {
					gs = append(gs, g)
				}
			}
		}
		if len(gs) < n/2 {
			t.Errorf("got %d goroutines that wait, want about %d", len(gs), n)
			return
		}
		look(gs[0]) // find the places
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, g := range gs[1:] {
			look(g)
		}
		runtime.ReadMemStats(&after)
		each := uint64(len(gs) - 1)
		count, size := (after.Mallocs-before.Mallocs)/each, (after.TotalAlloc-before.TotalAlloc)/each
		t.Logf("%d allocations of %d bytes for each of %d goroutines", count, size, each)
		if count > 30 || size > 4<<10 || vars < 4*len(gs) {
			t.Errorf("got %d allocations of %d bytes and %d variables for %d goroutines, want at most 30 of 4 KiB for each, and 4 variables", count, size, vars, each)
		}
	})
	for range n {
		jobs <- &parkedJob{}
	}
}
