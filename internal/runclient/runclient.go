// Package runclient has the process dumped by the process that watches it: coredumpy run, which
// built it with hooks in package runtime, or traces it.
//
// It asks this process's own runtime, or its tracer. If only a parent was run that way
// and left its environment behind, that changes nothing.
package runclient

import (
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
)

// SocketEnv is the variable that holds the address of coredumpy run's socket, see package
// hook.
const SocketEnv = "COREDUMPY_SOCKET"

// The texts of a [Request]. The names of given variables follow.
const (
	Entry       = iota // the function of package coredumpy that was deferred, with its import path
	Test               // name of the failed test, "" if there is none
	Description        // see coredumpy.Description
	Note               // the dump's note, "" if there is none
	Signal             // the signal stack when the panic was a fault, see target.SignalStack
	Names
)

// The numbers of a [Request].
const (
	Skip  = iota // how many frames to leave out at the top
	Was          // see target.Move
	Is           //
	Panic        // 1 for a panic, 0 for a failed test
	Numbers
)

// Request is what the dump is about. Two others know its layout: package capture, which
// reads it from another process, and text/runtime/ask_linux.txt in internal/hook.
type Request struct {
	Texts   []string
	Values  []any // the panic value, and the given variables
	Numbers [Numbers]uint64
	done    uint32 // not 0: the tracer has done what it was asked
}

// DoneOffset is where done is, and NumbersOffset where Numbers are. Texts come first,
// then Values.
const (
	NumbersOffset = 48
	DoneOffset    = NumbersOffset + 8*Numbers
)

// reader is implemented by package runtime if coredumpy run built it.
type reader interface {
	CoredumpyDump(texts []string, values []any, numbers *[Numbers]uint64) (answered bool)
}

// hooked is nil in all other programs.
var hooked, _ = any((*runtime.PanicNilError)(nil)).(reader)

// Watched reports whether the process was built by coredumpy run.
func Watched() bool { return hooked != nil }

// The hooks leave out the frames of package coredumpy, and of its internal packages. They
// must be told which these are, as the program may import it under any path.
func init() {
	if h, ok := hooked.(interface{ CoredumpyIs(path string) }); ok {
		h.CoredumpyIs(strings.TrimSuffix(reflect.TypeFor[Request]().PkgPath(), "/internal/runclient"))
	}
}

// Dump has the process dumped, and reports whether it was or needn't be. Call it on the
// goroutine that the dump is about; frames above that of Entry are left out.
func Dump(r *Request) bool {
	if hooked != nil {
		answered := hooked.CoredumpyDump(r.Texts, r.Values, &r.Numbers)
		runtime.KeepAlive(r)
		return answered
	}
	coredumpyAsks(r)
	if atomic.LoadUint32(&r.done) == 0 {
		return false
	}
	told.Store(true)
	return true
}

// told is set if the tracer may know a panic that it has dumped.
var told atomic.Bool

// Forget is called for a panic that isn't dumped. A similar one may have been dumped
// before: then the tracer could take this one for that, going on.
func Forget() {
	if told.CompareAndSwap(true, false) {
		coredumpyForgets()
	}
}

// A tracer has breakpoints at these functions, see target.OnAsk: it finds them by name,
// under any import path. Without a tracer they do nothing.

//go:noinline
func coredumpyAsks(*Request) {}

//go:noinline
func coredumpyForgets() {}
