// Package hook makes a Go toolchain compile programs that tell of their own
// crashes and test failures.
//
// [Overlay] writes an overlay for `go build`: copies of a few files of the
// packages runtime and testing with calls put on existing lines, and a new file
// for each of the two packages. A program built with it and started with
// [SocketEnv] in its environment connects to that socket when something fatal
// happens, says what and where ([ReadEvent]), and waits, on the failing
// goroutine and with all its frames in place, until the reader answers or closes
// the connection. Then everything takes the course it would have taken. Without
// the variable, or with nobody listening, nothing happens.
//
// The process is not stopped while it waits: its other threads run on. A reader
// that wants a consistent picture stops them itself. No lock of the runtime or
// of package testing is held for an event of the kinds [Panic], [TestFailure],
// [TestPanic], [Exit], [Asked] and [Recovered]; a [Throw] or a [Signal] can come at any point.
//
// The go command can't measure the coverage of the replaced packages: with the
// overlay, `go test -coverpkg=all` fails to compile. Packages outside the standard
// library are measured as ever.
//
// A hook stands by itself: one that has no place in a toolchain, as that of a
// release to come may be, is left out, and the others stay. Whether a toolchain
// takes what fits its sources is shown by a [Trial].
//
// Programs for linux/amd64 and linux/arm64 report; those for other systems
// compile and run as ever. Checked with Go 1.24, 1.25, 1.26 and 1.27.
package hook

import (
	"strconv"

	"coredumpy/internal/ask"
)

// The environment of a program that reports.
const (
	// SocketEnv holds the path of a Unix socket, at most 107 bytes, or "@" and
	// the name of an abstract one.
	SocketEnv = ask.SocketEnv
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
	// Exit is a call of os.Exit with a status other than 0: always under
	// [ExitEnv], else in a binary started by `go test` that has reported nothing
	// before.
	Exit
	// Said is what the method of a panic value has returned, error's or String. It
	// comes after the event of that panic if the reader has answered that with
	// [SayOn], if the panic ends the process, and if the method returns.
	Said
)

const (
	// Asked is a dump that coredumpy.OnPanic or OnFailure ask for. Name and Text
	// are the address and the length of a []string and a []any, and ExitCode is the
	// address of numbers, see coredumpy's internal/ask. If the reader answers [Done], they
	// make no dump of their own; nor is the panic reported again.
	Asked Kind = 8 + iota
	// Recovered is a panic that is about to be recovered, the first at its crash
	// site. If the reader answers [Done], it isn't reported again if the function that
	// recovers panics with the same value.
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

// What a reader answers, in one byte, before it closes the connection; to close it is
// enough otherwise.
const (
	Done  = 1 << iota // nothing is left to be done
	SayOn             // what the panic says is wanted, see [Said]
)

func (k Kind) known() bool { return k > 0 && k < Kind(len(kindNames)) && kindNames[k] != "" }
