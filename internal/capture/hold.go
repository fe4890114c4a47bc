package capture

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/target"
)

// A Hold keeps the program running while a panic is dumped.
//
// Before OnPanic sees a panic, deferred calls further in have run: wg.Done, close,
// cancel. They may have woken main, which returns and ends the program, with success
// and without a dump. Three measures together prevent that:
//
//   - The program has one P from the first moment on. Main is ready, but doesn't run.
//   - A guard has a turn whenever another goroutine yields. Main yields 1,000 times if it
//     returns while a panic runs deferred calls (runtime/proc.go, main); each time must
//     cost it some time, also while the capture is blocked.
//   - The Ps are given back once the panicking goroutine gives up the only one: by then
//     it has ended the program, or has returned to others' code.
//
// Nothing keeps another goroutine from calling os.Exit.
type Hold struct {
	_ bool // all empty structs may have the same address, and holds are told apart by theirs
}

// holds are the holds in force.
var holds struct {
	mu      sync.Mutex
	all     map[*Hold]bool
	until   time.Time   // when the last of them ends by itself
	guarded atomic.Bool // a guard is at work
}

// Stop is the first step of a hold with that limit: it leaves the program one P, and
// reports whether it did; then call NewHold. There is little on the stack meanwhile: to
// grow one takes longer than main may take to end the program.
func Stop(limit time.Duration) bool {
	if !canStop() || limit <= 0 {
		return false
	}
	processors.take()
	return true
}

// NewHold begins a hold that lasts until it is released, but no longer than limit. stopped
// is what Stop returned; if it is false, NewHold returns nil. Call Guard soon after it.
func NewHold(limit time.Duration, stopped bool) *Hold {
	if !stopped {
		return nil
	}
	h := &Hold{}
	holds.mu.Lock()
	defer holds.mu.Unlock()
	if holds.all == nil {
		holds.all = map[*Hold]bool{}
	}
	holds.all[h] = true
	if end := clock.Now().Add(limit); end.After(holds.until) {
		holds.until = end
	}
	return h
}

// Rehearse runs the code of Stop, without effect. To load it into memory when it is
// needed takes longer than main may take to end the program.
func Rehearse() {
	rehearsed := ps{takers: 1}
	rehearsed.take()
	processors.mu.Lock()
	defer processors.mu.Unlock()
	runtime.GOMAXPROCS(0)
	target.AutomaticProcs()
}

// Guard makes a hold last. The calling goroutine may be on another thread afterwards. h
// may be nil.
func (h *Hold) Guard() {
	if h == nil || holds.guarded.Swap(true) {
		return
	}
	ready := make(chan struct{})
	go guard(ready)
	// Waiting begins a new time slice. The P may have been idle for long, and the runtime
	// then considers the slice over.
	<-ready
}

// Release ends the hold as soon as the calling goroutine has given up the only P, and
// calls then afterwards. h may be nil.
func (h *Hold) Release(then func()) {
	go func() {
		if h == nil {
			clock.Sleep(unheld)
		}
		// It may have been preempted.
		for range turnsLeft {
			runtime.Gosched()
		}
		h.end()
		then()
	}()
}

const (
	unheld    = 20 * time.Millisecond // how long the panicking goroutine has to end the program without a hold
	turnsLeft = 10                    // and how many turns others have with a hold
)

func (h *Hold) end() {
	holds.mu.Lock()
	defer holds.mu.Unlock()
	if holds.all[h] {
		delete(holds.all, h)
		processors.giveBack()
	}
}

// inForce reports whether there are any holds, and ends those whose time is over.
func inForce() bool {
	holds.mu.Lock()
	defer holds.mu.Unlock()
	if len(holds.all) > 0 && clock.Now().Before(holds.until) {
		return true
	}
	for h := range holds.all {
		delete(holds.all, h)
		processors.giveBack()
	}
	holds.guarded.Store(false)
	return false
}

// How long the guard computes before it yields. While nobody else has anything to compute,
// because a slow disk, say, blocks the capture, main has a turn each time; from then on
// the guard computes longer, up to what the scheduler gives a goroutine (forcePreemptNS in
// runtime/proc.go). Main's 1,000 turns then take 6 seconds; on a busy machine 2 to 4 were
// seen. The capture, too, waits for the guard before it goes on.
const (
	minGuard = 200 * time.Microsecond
	maxGuard = 8 * time.Millisecond
	computed = 2 * time.Millisecond // others have taken this long if they had something to compute
	patient  = 25                   // idle turns until the guard computes twice as long
	relief   = 5                    // idle turns that one turn in which others computed makes up for
	maxIdle  = 6 * patient
)

// guard is the goroutine that has a turn whenever main yields.
func guard(ready chan<- struct{}) {
	close(ready)
	runtime.Gosched()
	idle := 0
	for inForce() {
		spin := min(minGuard<<(idle/patient), maxGuard)
		start := clock.Now()
		end := start
		for end.Sub(start) < spin {
			end = clock.Now()
		}
		runtime.Gosched()
		if clock.Now().Sub(end) < computed {
			idle = min(idle+1, maxIdle)
		} else {
			idle = max(idle-relief, 0)
		}
	}
}
