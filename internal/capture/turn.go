package capture

import (
	"runtime"
	"time"

	"coredumpy/internal/clock"
)

// A turn is the time for which a capture keeps the only P before others have theirs. The
// scheduler's own turns are 10 ms (forcePreemptNS in runtime/proc.go): among 16 busy
// goroutines 0.2 s of work take more than 3 s. All that time the program has one P, and
// all that is still to be read changes. With longer turns others wait a little longer,
// and far less often.
//
// A goroutine's time slice begins anew after a goroutine locked to a thread has run
// (schedtick, in execute). So the capture now and then passes the P to such a one, which
// passes it back: both precede all others (runnext), except those whose timers end. None
// of this is documented. Where it doesn't work, turns are as short as without it.
type turn struct {
	on          bool
	there, back chan struct{} // nil until the P was passed
	began       time.Time
	passed      time.Time
	kept        time.Time // when keep was last called
}

const (
	maxTurn = 50 * time.Millisecond

	// passAfter is less than half of the scheduler's turn: the runtime's monitor, which
	// looks for turns that are over, sleeps up to 10 ms (sysmon).
	passAfter = 4 * time.Millisecond
)

// begin begins the first turn.
func (t *turn) begin() { t.on = true }

// keep must be called all the time. A capture that is over soon needs no other goroutine.
func (t *turn) keep() {
	if !t.on {
		return
	}
	now := clock.Now()
	if now.Sub(t.kept) > passAfter { // others have run
		t.began, t.passed = now, now
	}
	t.kept = now
	switch {
	case now.Sub(t.passed) < passAfter:
		return
	case now.Sub(t.began) < maxTurn:
		t.pass()
	default:
		runtime.Gosched()
		t.began = clock.Now()
	}
	t.passed = clock.Now()
}

func (t *turn) pass() {
	if t.there == nil {
		t.there, t.back = make(chan struct{}), make(chan struct{})
		go passBack(t.there, t.back)
	}
	t.there <- struct{}{}
	<-t.back
}

func passBack(there <-chan struct{}, back chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range there {
		back <- struct{}{}
	}
}

// finish ends the last turn.
func (t *turn) finish() {
	if t.there != nil {
		close(t.there)
	}
	*t = turn{}
}
