package capture

import (
	"runtime"
	"testing"
	"time"
)

// TestHolds has several holds in force at a time, as when a panic passes two OnPanic or
// two goroutines panic: the Ps come back when the last hold ends, not before.
func TestHolds(t *testing.T) {
	if !canStop() {
		t.Skip("the world can't be stopped here")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	const limit = time.Hour
	for _, n := range []int{1, 2, 5} {
		var all []*Hold
		for range n {
			all = append(all, NewHold(limit, Stop(limit)))
		}
		for i, h := range all {
			if got := runtime.GOMAXPROCS(0); got != 1 {
				t.Errorf("%d holds, %d ended: got GOMAXPROCS %d, want 1", n, i, got)
			}
			h.end()
			h.end() // it also ends by itself
		}
		if got := runtime.GOMAXPROCS(0); got != 3 {
			t.Fatalf("%d holds, all ended: got GOMAXPROCS %d, want 3", n, got)
		}
	}
}
