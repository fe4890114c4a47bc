// Package hook makes a Go toolchain compile programs that report their own crashes
// and test failures.
//
// [Overlay] writes an overlay for `go build`: copies of a few files of the
// packages runtime and testing with calls put on existing lines, and new files
// for the two packages. A program built with it and started with [SocketEnv] in
// its environment connects to that socket when something fatal happens, says what
// and where ([ReadEvent]), and waits until the reader answers or closes the
// connection. It waits on the failing goroutine, with all its frames in place.
// Then it goes on as it would have. Without the variable, or with nobody
// listening, nothing happens.
//
// The process is not stopped while it waits: its other threads run on. A reader
// that wants a consistent picture stops them itself. No lock of the runtime or
// of package testing is held for an event of the kinds [Panic], [TestFailure],
// [TestPanic], [Exit], [Asked] and [Recovered]; a [Throw] or a [Signal] can come
// at any point.
//
// The go command can't measure the coverage of the replaced packages: with the
// overlay, `go test -coverpkg=all` fails to compile. Packages outside the standard
// library are measured as usual.
//
// Hooks are independent: one that doesn't fit a toolchain, such as that of a later
// release, is left out, and the others stay. A [Trial] shows whether the toolchain
// compiles the hooks that fit its sources.
//
// Programs for linux/amd64 and linux/arm64 report; those for other systems
// compile and run as usual. Checked with Go 1.24, 1.25, 1.26 and 1.27.
package hook

import (
	"strconv"

	"coredumpy/internal/runclient"
)

// The environment of a program that reports.
const (
	// SocketEnv holds the path of a Unix socket, at most 107 bytes, or "@" and
	// the name of an abstract one.
	SocketEnv = runclient.SocketEnv
	// ExitEnv, if not empty, asks for an event for every os.Exit with a status
	// other than 0.
	ExitEnv = "COREDUMPY_EXIT"
	// RecoveredEnv, if not empty, asks for an event for recovered panics, the first
	// at each crash site.
	RecoveredEnv = "COREDUMPY_RECOVERED"
)

// Kind says what happened.
type Kind int

const (
	// Panic is a panic that nothing recovered. The deferred functions have run.
	Panic Kind = 1 + iota
	// Throw is a fatal error of the runtime, such as a deadlock.
	Throw
	// Signal is a signal that ends the process.
	Signal
	// TestFailure is the first failure of a test, fuzz input, benchmark or
	// example. Tests around a failed one are not reported for it.
	TestFailure
	// TestPanic is a panic in a test, before its cleanups. testing goes on with
	// them, and panics again.
	TestPanic
	// Exit is a call of os.Exit with a status other than 0: always with
	// [ExitEnv], else in a binary started by `go test` that has reported nothing
	// before.
	Exit
	// Said is the text that a panic value's Error or String method has returned. It
	// comes after the event of that panic if the reader has answered it with
	// [SayOn], the panic ends the process, and the method returns.
	Said
)

const (
	// Asked is a dump that coredumpy.OnPanic or OnFailure asks for. Name and Text
	// are the address and the length of a []string and a []any, and ExitCode is the
	// address of numbers, see coredumpy's internal/runclient. If the reader answers [Done], they
	// make no dump of their own, and the panic isn't reported again.
	Asked Kind = 8 + iota
	// Recovered is a panic that is about to be recovered, the first at its crash
	// site. If the reader answers [Done], and the function that recovers panics with the
	// same value, that isn't reported again.
	Recovered
)

var kindNames = [...]string{Panic: "panic", Throw: "throw", Signal: "signal", TestFailure: "test failure",
	TestPanic: "test panic", Exit: "exit", Said: "what a panic says", Asked: "dump that was asked for",
	Recovered: "recovered panic"}

// String returns the kind in words, such as "test failure".
func (k Kind) String() string {
	if !k.known() {
		return "Kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// What a reader may answer, in one byte, before it closes the connection.
const (
	Done  = 1 << iota // the reader has done all there is to do
	SayOn             // the reader wants the text of the panic value's method, see [Said]
)

func (k Kind) known() bool { return k > 0 && k < Kind(len(kindNames)) && kindNames[k] != "" }
