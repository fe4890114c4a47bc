// Package crash handles a panic that coredumpy.OnPanic or DumpPanic has seen: it holds
// the program back, decides whether the panic is dumped, and has the dump made.
package crash

import (
	"reflect"
	"runtime"
	"sync/atomic"
	"time"

	"coredumpy/internal/capture"
	"coredumpy/internal/cause"
	"coredumpy/internal/lowmemory"
	"coredumpy/internal/monitor"
	"coredumpy/internal/ownpanic"
	"coredumpy/internal/quota"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
)

// crashes are the panics that an OnPanic is handling, or has just let go on.
var crashes quota.Tally

// Crash is one of them.
type Crash struct {
	task   *quota.Task // nil as long as nobody has to wait for it
	Signal []byte      // see SignalStack
	held   *capture.Hold

	Misplaced int     // how many calls OnPanic is away from the deferred function
	Caller    uintptr // where that calls OnPanic, 0 if OnPanic was deferred by itself
}

// Announce says that there may be a panic: Settle waits until Announced is called.
// Both take next to no time.
func Announce() { crashes.Announce() }

// Announced says that the panic is being handled, or that there was none.
func Announced() { crashes.Announced() }

// Busy reports whether panics are being handled.
func Busy() bool { return crashes.Busy() }

// Settle waits until these panics have gone on, and until they have had time to end the
// program, but no longer than limit.
func Settle(limit time.Duration) { crashes.Settle(limit) }

// heldAtOnce is how many panics of a process stop everything else before they are looked
// at, because main may be about to end the program. A program that has survived so many
// recovers from its panics: from then on only the first at a crash site is worth it.
const heldAtOnce = 8

// seen counts panics.
var seen atomic.Int64

// Early counts a panic, and reports whether it is one of the first, which stop everything
// else.
func Early() bool { return seen.Add(1) <= heldAtOnce }

// Rehearse runs, without effect, the code that the first panic runs: that must be quick,
// and code that runs for the first time isn't.
func Rehearse() {
	seen.Add(0)
	crashes.Announce()
	crashes.Announced()
	mayBeSignal(runtime.Frame{}) // as for a fault, except for the name of its type
	target.RehearseSignal()
	lowmemory.Expected()
	capture.Rehearse()
}

// Hold holds everything else back, for no longer than limit. stopped is what capture.Stop
// returned.
func (c *Crash) Hold(stopped bool, limit time.Duration) {
	c.held = capture.NewHold(limit, stopped)
	c.held.Guard()
	c.begin()
}

// begin has Settle wait for this panic.
func (c *Crash) begin() {
	if c.task == nil {
		c.task = crashes.Begin()
	}
}

// Release is called when the panic goes on.
func (c *Crash) Release() {
	if c.task != nil {
		c.held.Release(c.task.End)
	}
}

// MainWaits keeps main from ending the program while a panic on another goroutine is
// handled, but no longer than limit.
//
//go:noinline
func MainWaits(limit time.Duration) {
	const main = 1 // its goroutine's id
	if goroutine() == main {
		crashes.Settle(limit)
	}
}

// goroutine returns the id of the calling goroutine.
//
//go:noinline
func goroutine() int64 {
	var buf [64]byte
	id, _ := capture.GoroutineID(string(buf[:runtime.Stack(buf[:], false)]))
	return id
}

// SignalStack puts aside the registers of a fault, if the panic may be one.
func SignalStack(value any) []byte {
	if mayBeSignal(value) {
		return target.SignalStack()
	}
	return nil
}

// mayBeSignal reports whether the panic may be a fault: the runtime makes an errorString
// or errorAddressString of a signal (runtime/signal_unix.go, sigpanic; runtime/panic.go,
// memoryError, divideError). To look for the methods of runtime.Error would take longer
// than main may take to end the program.
func mayBeSignal(value any) bool {
	t := reflect.TypeOf(value)
	return t != nil && t.PkgPath() == "runtime" && (t.Name() == "errorString" || t.Name() == "errorAddressString")
}

// Innermost returns the identity of the innermost panic of the calling goroutine, which
// has that value.
func Innermost(value *any) cause.PanicID {
	return cause.PanicID{Goroutine: goroutine(), Place: ownpanic.Place(), Value: unsafely.ValueID(value)}
}

// tellMonitor tells the watcher, if there is one, that the innermost panic of the calling
// goroutine has been dumped: the panic may end the program.
func tellMonitor(value *any) {
	if monitor.Tells() {
		monitor.Tell(Innermost(value))
	}
}
