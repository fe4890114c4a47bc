//go:build go1.25

package quota

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"coredumpy/internal/clock"
)

// Goroutines in a bubble wait for those outside, and the other way round. That isn't a
// deadlock, and takes no time by the bubble's clock.
func TestBubble(t *testing.T) {
	var q Queue
	var tally Tally
	var wait sync.WaitGroup
	use := func() {
		for i := range 20 {
			task := tally.Begin()
			q.Enter(i%2 == 0)
			clock.Sleep(time.Millisecond)
			q.Leave()
			task.End()
			tally.Settle(time.Hour)
		}
	}
	for range 3 {
		wait.Add(2)
		go func() {
			defer wait.Done()
			use()
		}()
		go func() {
			defer wait.Done()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				go use()
				use()
				synctest.Wait()
				if d := time.Since(start); d != 0 {
					t.Errorf("got %v passed in the bubble, want none", d)
				}
			})
		}()
	}
	wait.Wait()
	if q.busy || len(tally.todo) > 0 {
		t.Errorf("got busy %v and %d tasks, want none", q.busy, len(tally.todo))
	}
}

func TestBubbleLimit(t *testing.T) {
	var tally Tally
	task := tally.Begin()
	const limit = 20 * time.Millisecond
	start := time.Now()
	synctest.Test(t, func(t *testing.T) { tally.Settle(limit) })
	if d := time.Since(start); d < limit || len(task.waiters) != 0 {
		t.Errorf("got %v and %d waiting, want it to give up after %v", d, len(task.waiters), limit)
	}
	task.End()
}
