package crash

import (
	"slices"
	"sync"

	"coredumpy/internal/dumping"
	"coredumpy/internal/ownpanic"
	"coredumpy/internal/quota"
	"coredumpy/internal/unsafely"
)

// This file recognises a panic that another OnPanic, further in, has dumped.

// Panic is the panic that has called an OnPanic.
type Panic struct {
	id   [2]uint64 // see unsafely.ValueID
	site quota.Site
}

// Passes returns the panic that has called OnPanic, and reports whether it has been
// dumped. The frame that skip leads to, as in [runtime.Callers], must be that of OnPanic.
func (c *Crash) Passes(value *any, skip int) (p Panic, passes bool) {
	site, again := quota.Here(skip + c.Misplaced)
	p = Panic{unsafely.ValueID(value), site}
	if again && dumping.Panics.WasSettled(p.id) {
		return p, true // by an OnPanic further in
	}
	return p, c.pass(p)
}

// letBe holds the panics that were dumped and not recovered, as *passing by their values.
// An OnPanic further out can't know otherwise that a panic has been dumped.
var letBe sync.Map

// passing is a panic that has passed a misplaced OnPanic.
type passing struct {
	site      quota.Site
	goroutine int64
	frame     uintptr   // see ownpanic.Frame: of the last OnPanic
	callers   []uintptr // return addresses of each OnPanic called in that frame
}

// letBe notes that the panic has been dumped, if nothing has recovered it.
func (c *Crash) letBe(p Panic) {
	if c.Misplaced > 0 {
		frame, _ := ownpanic.Frame()
		letBe.Store(p.id, &passing{p.site, goroutine(), frame, []uintptr{c.Caller}})
	}
}

// pass reports whether the panic is one that was let be. The next panic may have the same
// value, at the same place. It is another one if OnPanic is called in a frame further in
// than before, or again from the same place in the same frame.
func (c *Crash) pass(now Panic) bool {
	v, ok := letBe.LoadAndDelete(now.id)
	if !ok {
		return false
	}
	p := v.(*passing)
	if p.site != now.site || p.goroutine != goroutine() {
		return false
	}
	switch frame, _ := ownpanic.Frame(); {
	case frame < p.frame || frame == p.frame && slices.Contains(p.callers, c.Caller):
		return false
	case frame == p.frame:
		p.callers = append(p.callers, c.Caller)
	default:
		p.frame, p.callers = frame, []uintptr{c.Caller}
	}
	if c.Misplaced > 0 {
		letBe.Store(now.id, p)
	}
	return true
}
