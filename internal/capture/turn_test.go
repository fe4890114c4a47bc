package capture

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// busy starts n goroutines that count without a pause, and returns a function that ends
// them.
func busy(n int) (counts []atomic.Int64, end func()) {
	counts = make([]atomic.Int64, n)
	var ended atomic.Bool
	var wait sync.WaitGroup
	for i := range counts {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for !ended.Load() {
				counts[i].Add(1)
			}
		}()
	}
	return counts, func() {
		ended.Store(true)
		wait.Wait()
	}
}

// However long a capture lasts, all other goroutines have their turn.
func TestTurn(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 3} {
		runtime.GOMAXPROCS(procs)
		before := runtime.NumGoroutine()
		counts, end := busy(3)
		var turn turn
		for range 2 { // it can begin again
			turn.begin()
			for i := range counts {
				for n := counts[i].Load(); counts[i].Load() == n; {
					turn.keep()
				}
			}
			for turn.there == nil {
				turn.keep()
			}
			turn.finish()
			turn.keep() // has no effect
			if turn.there != nil {
				t.Error("the turn goes on after finish")
			}
		}
		end()
		for runtime.NumGoroutine() > before { // otherwise the test doesn't end
			runtime.Gosched()
		}
	}
}

// BenchmarkTurn measures the share of one P that a capture has among busy goroutines, as
// a multiple of what it would have without turns.
func BenchmarkTurn(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var had [2]time.Duration
	for i := range 2 * b.N {
		_, end := busy(16)
		var turn turn
		if i%2 == 0 {
			turn.begin()
		}
		start := time.Now()
		for last := start; last.Sub(start) < time.Second; {
			turn.keep()
			now := time.Now()
			if d := now.Sub(last); d < time.Millisecond { // others have run otherwise
				had[i%2] += d
			}
			last = now
		}
		turn.finish()
		end()
	}
	b.ReportMetric(had[0].Seconds()/had[1].Seconds(), "x-share")
	b.ReportMetric(0, "ns/op")
}
