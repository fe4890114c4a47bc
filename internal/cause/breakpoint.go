// Package cause says why a Go process crashes: a panic and its text, a fatal error, or a
// signal. It reads that from a process that has hit a breakpoint or is writing its crash
// report, without running code of the program.
package cause

import (
	"errors"
	"fmt"
	"runtime"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/ptrace"
	"coredumpy/internal/target"
)

// A program that wasn't built to report its crashes runs these functions of the runtime
// when it crashes (runtime/panic.go, signal_unix.go; the same from Go 1.24 to 1.27). When
// a breakpoint there is hit, the arguments are still in registers.
const (
	onPanic  = "runtime.preprintpanics" // p *_panic: nothing has recovered it
	onThrow  = "runtime.throw"          // s string
	onFatal  = "runtime.fatal"          // s string
	onSaid   = "runtime.fatalpanic"     // p *_panic: the results of the panic values' methods have replaced the values
	onMarked = "runtime.printpanics"    // when main returns, it will wait until the panic is printed
	onSignal = "runtime.fatalsignal"    // sig uint32, c *sigctxt, gp *g, mp *m
)

// A program that dumps its own panics runs these: they are in package runclient of coredumpy, or
// in a copy of it under any import path.
const (
	OnAsk    = "internal/runclient.coredumpyAsks"    // r *runclient.Request
	OnForget = "internal/runclient.coredumpyForgets" // the earlier request is obsolete
)

// Argument returns the first argument of the function at the breakpoint.
func Argument(h *ptrace.Hit) uint64 { return target.Argument(&h.Threads[0], runtime.GOARCH, 0) }

// Crash says why a process crashes, or that it asks for a dump.
type Crash struct {
	Goroutine int64
	Panic     bool
	Value     [2]uint64 // the panic value
	Printed   [2]uint64 // what is printed for it, an interface too, if its method has been called
	Replaced  bool      // Value may be the result of its method: the panic value itself wasn't found
	Again     int       // how many earlier panics had the same value
	Text      [2]uint64 // address and length of a fatal error's text
	Signal    int       // number of a fatal signal
	At        target.At
	Stack     [2]uint64 // the signal stack of the thread
	Asked     uint64    // address of the runclient.Request that asks for a dump
	Panics    []PanicID // the goroutine's panics that haven't ended, the last one first
}

// PanicID identifies a panic that hasn't ended.
type PanicID struct {
	Goroutine int64
	Place     uint64 // offset of its runtime._panic from the end of the stack
	Value     [2]uint64
}

// SamePlace reports whether both identify the same runtime._panic.
func (id PanicID) SamePlace(other PanicID) bool {
	return id.Goroutine == other.Goroutine && id.Place == other.Place
}

// When a goroutine reaches PanicFunction, its deferred functions have run, so main may be
// about to return. Only after MarkedFunction does the runtime keep main from ending the
// program successfully (runtime/panic.go, startpanic_m).
const (
	PanicFunction  = onPanic
	MarkedFunction = onMarked
)

// At SaidFunction, Said finds the text that a panic value's method has returned.
const SaidFunction = onSaid

// Said returns the address and the length of the text printed for a panic. again says how
// many panics with the same value came before it; only the last or the first of all has
// the text (runtime/panic.go, preprintpanics). The thread must be at the beginning of
// SaidFunction.
func Said(p *target.Process, t *ptrace.Thread, again int) (text [2]uint64, err error) {
	at := target.Argument(t, p.Info.GOARCH(), 0)
	for range again + 1 {
		value, link, err := panicArg(p, at)
		if err != nil {
			return text, err
		}
		typ, to, err := p.Dynamic(gotypes.TypeAny, p.Interface(value), value[0], value[1])
		if err == nil && typ != nil && typ.Name == "string" {
			return p.ReadPair(to)
		}
		at = link
	}
	return text, errors.New("the panic value is no text")
}

// Crashed says what has happened to a process. One of its threads must be at the beginning
// of function, which is one of Functions, SaidFunction or OnAsk.
func Crashed(p *target.Process, function string, t *ptrace.Thread) (*Crash, error) {
	m, g, err := p.ThreadOf(t)
	if err != nil {
		return nil, err
	}
	c := &Crash{}
	if g != 0 {
		if c.Goroutine, err = p.GoroutineID(g); err != nil {
			return nil, err
		}
	}
	arg := func(i int) uint64 { return target.Argument(t, p.Info.GOARCH(), i) }
	switch function {
	case onPanic:
		err = c.panic(p, g, arg(0))
		c.Stack = signalStack(p, m) // the panic may be a fault
	case OnAsk:
		c.Asked = arg(0)
		var last uint64
		if last, err = p.LastPanic(g); err == nil && last != 0 {
			c.Panics, err = panics(p, c.Goroutine, g, last)
		}
	case onSaid: // Said has the rest
	case onThrow, onFatal:
		c.Text = [2]uint64{arg(0), arg(1)}
	case onSignal:
		c.Signal = int(uint32(arg(0)))
		if gp := arg(2); gp != 0 && gp == g {
			c.At.G = gp
			c.At.PC, c.At.SP, _ = p.Interrupted(arg(1))
		}
		c.Stack = signalStack(p, m)
	default:
		err = fmt.Errorf("no breakpoint at %s", function)
	}
	return c, err
}

// signalStack returns the signal stack of the thread of a runtime.m, zeros if it isn't known.
func signalStack(p *target.Process, m uint64) [2]uint64 {
	off, err := p.Offset("runtime.m", "gsignal")
	if err != nil {
		return [2]uint64{}
	}
	gsignal, _ := p.ReadWord(m + off)
	return p.StackBounds(gsignal)
}

// panic notes that the goroutine whose runtime.g is at g ends the process by the
// runtime._panic at the address at.
func (c *Crash) panic(p *target.Process, g, at uint64) (err error) {
	c.Panic = true
	if c.Panics, err = panics(p, c.Goroutine, g, at); err != nil {
		return err
	}
	c.Value = c.Panics[0].Value
	for c.Again+1 < len(c.Panics) && c.Panics[c.Again+1].Value == c.Value {
		c.Again++
	}
	return nil
}

// Functions are the runtime's functions that a crashing program runs, for Crashed.
func Functions() []string { return []string{onPanic, onThrow, onFatal, onSignal} }

// panicArg reads the value of a runtime._panic, and the address of the one before.
func panicArg(p *target.Process, addr uint64) (value [2]uint64, link uint64, err error) {
	arg, err := p.Offset("runtime._panic", "arg")
	if err != nil {
		return value, 0, err
	}
	before, err := p.Offset("runtime._panic", "link")
	if err != nil {
		return value, 0, err
	}
	if value, err = p.ReadPair(addr + arg); err == nil {
		link, err = p.ReadWord(addr + before)
	}
	return value, link, err
}

// maxPanics bounds how many panics are followed.
const maxPanics = 100

// panics reads a goroutine's runtime._panic and those during which it happened. There is
// at least one if err is nil.
func panics(p *target.Process, goroutine int64, g, addr uint64) (ids []PanicID, err error) {
	end := p.StackBounds(g)[1]
	for next := addr; next != 0 && len(ids) < maxPanics; {
		at := next
		var value [2]uint64
		if value, next, err = panicArg(p, at); err != nil {
			return nil, err
		}
		ids = append(ids, PanicID{goroutine, end - at, value})
	}
	return ids, nil
}
