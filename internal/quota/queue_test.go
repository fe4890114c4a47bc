package quota

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func (q *Queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.urgent) + len(q.patient)
}

func TestQueueOrder(t *testing.T) {
	var q Queue
	var got []int
	var wait sync.WaitGroup
	q.Enter(false)
	for i, urgent := range []bool{false, false, true, false, true} {
		wait.Add(1)
		go func() {
			defer wait.Done()
			q.Enter(urgent)
			got = append(got, i)
			q.Leave()
		}()
		for q.waiting() <= i {
			time.Sleep(time.Millisecond)
		}
	}
	q.Leave()
	wait.Wait()
	if want := []int{2, 4, 0, 1, 3}; !slices.Equal(got, want) {
		t.Errorf("got order %v, want %v", got, want)
	}
	q.Enter(true) // it is free again
	q.Leave()
}

func TestQueueExcludes(t *testing.T) {
	var q Queue
	var wait sync.WaitGroup
	n := 0
	for i := range 8 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 1000 {
				q.Enter(i%2 == 0)
				n++
				q.Leave()
			}
		}()
	}
	wait.Wait()
	if n != 8000 || q.busy {
		t.Errorf("got %d turns, busy %v, want 8000, false", n, q.busy)
	}
}

func TestTally(t *testing.T) {
	var tally Tally
	tally.Settle(time.Hour) // nothing to do
	a, b := tally.Begin(), tally.Begin()
	start := time.Now()
	if tally.Settle(5 * time.Millisecond); time.Since(start) < 5*time.Millisecond {
		t.Error("got settled before the limit, want it to wait")
	}
	tally.Settle(-1)
	var done atomic.Bool
	var ready, wait sync.WaitGroup
	for range 100 {
		ready.Add(1)
		wait.Add(1)
		go func() {
			defer wait.Done()
			ready.Done()
			if tally.Settle(time.Hour); !done.Load() {
				t.Error("got settled before all were done")
			}
		}()
	}
	ready.Wait()
	time.Sleep(10 * time.Millisecond)
	b.End()
	for range 5 {
		tally.Begin().End() // doesn't concern those that wait
	}
	done.Store(true)
	tally.Begin()
	a.End()
	wait.Wait()
}

// A task that was announced is waited for before it has begun.
func TestTallyAnnounced(t *testing.T) {
	var tally Tally
	tally.Announce()
	if !tally.Busy() {
		t.Error("got nothing to do, want what was announced")
	}
	tally.Settle(time.Millisecond) // no longer than that
	var done atomic.Bool
	var wait sync.WaitGroup
	wait.Add(1)
	go func() {
		defer wait.Done()
		if tally.Settle(time.Hour); !done.Load() {
			t.Error("got settled before the task was done")
		}
	}()
	time.Sleep(10 * time.Millisecond)
	task := tally.Begin()
	tally.Announced()
	time.Sleep(10 * time.Millisecond)
	done.Store(true)
	task.End()
	wait.Wait()
	tally.Announce()
	tally.Announced() // it won't begin
	if tally.Settle(time.Hour); tally.Busy() {
		t.Error("got something to do, want nothing")
	}
}
