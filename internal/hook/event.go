package hook

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"net"
	"time"
)

// Text is a string in the memory of the reporting process.
type Text struct {
	Addr, Len uint64
}

// Event is what a process says about its failure. Addresses are in that process;
// all of them are valid until the connection is closed.
type Event struct {
	Kind Kind
	// Goroutine is the id of the goroutine concerned, 0 if there is none. For an
	// event on a system stack it is the goroutine that the thread runs.
	Goroutine int64
	// G is the address of the runtime.g that failed, which can be a thread's g0
	// or gsignal; 0 on a thread that Go didn't make. CurG is the runtime.g of the
	// goroutine that the thread runs, 0 if none. If the two differ, the registers
	// of CurG are in its field sched, or, if a signal came while it ran, in the
	// signal's context.
	G, CurG uint64
	// TID is the thread, in the process's own process id namespace.
	TID int
	// PC, SP and FP are where to begin unwinding: the frame that called the hook
	// (runtime.gopanic, testing.(*common).Fail ...), for a [Throw] runtime.throw
	// or runtime.fatal, for a [Signal] the registers in the signal's context.
	// FP is 0 for a Throw and a Signal.
	PC, SP, FP uint64
	// Value is the panic value, an interface's two words: address of the type, data;
	// for [Said] the value of the event before.
	Value [2]uint64
	// Name is the name of the test, for [TestFailure] and [TestPanic].
	Name Text
	// Text is a fatal error's text, what the panic value's method has returned, what the
	// failing goroutine has logged last to the failing test, or an example's "got" and
	// "want". It can be empty.
	Text Text
	// Signal is the signal's number, for [Signal].
	Signal int
	// ExitCode is the exit status, for [Exit].
	ExitCode int
	// SignalStack is the lowest address of the thread's signal stack, and the address
	// after its highest.
	SignalStack [2]uint64
	// PID is the process, as this one sees it; 0 if the system can't say.
	PID int
}

// A message is a sequence of 64-bit words, little-endian: the head, and the fields of
// [message]. text/runtime/core_linux.txt has the same constants.
const (
	magic    = 0x706d756465726f63 // "coredump"
	protocol = 1

	wordSize  = 8
	headWords = 3 // magic, protocol, size of the message in bytes
	words     = headWords + 18
)

// message is the part of a message after its head.
type message struct {
	Kind, Goid, G, CurG, TID, PC, SP, FP uint64
	Value, Name, Text                    [2]uint64
	Signal, Code                         uint64
	SignalStack                          [2]uint64
}

// patience is how long a process may take to send its message once it has
// connected. It sends it in one system call.
const patience = 10 * time.Second

const maxKind = uint64(len(kindNames) - 1)

// maxSignal is the highest signal number of Linux, signal(7).
const maxSignal = 64

// ReadEvent reads the event of a process that has just connected. It checks
// everything: any process may connect, not only one with the hook.
func ReadEvent(c *net.UnixConn) (*Event, error) {
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	e, err := decode(c)
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	if e.PID, err = peer(c); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	return e, nil
}

// decode reads one message.
func decode(r io.Reader) (*Event, error) {
	var head [headWords]uint64
	if err := binary.Read(r, binary.LittleEndian, &head); err != nil {
		return nil, err
	}
	if head[0] != magic {
		return nil, fmt.Errorf("magic number %#x, want %#x", head[0], uint64(magic))
	}
	if head[1] != protocol {
		return nil, fmt.Errorf("version %d of the protocol, want %d", head[1], protocol)
	}
	if head[2] != words*wordSize {
		return nil, fmt.Errorf("message of %d bytes, want %d", head[2], words*wordSize)
	}
	var m message
	if err := binary.Read(r, binary.LittleEndian, &m); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return m.event()
}

// event checks m and returns what it says.
func (m *message) event() (*Event, error) {
	switch {
	case m.Kind > maxKind || !Kind(m.Kind).known():
		return nil, fmt.Errorf("kind of event %d, want %d to %d", m.Kind, Panic, maxKind)
	case m.Goid > math.MaxInt64:
		return nil, fmt.Errorf("goroutine id %#x", m.Goid)
	case m.TID > math.MaxInt32:
		return nil, fmt.Errorf("thread id %#x", m.TID)
	case m.Signal > maxSignal:
		return nil, fmt.Errorf("signal number %d", m.Signal)
	case m.Name[0]+m.Name[1] < m.Name[0]:
		return nil, fmt.Errorf("name of %d bytes at %#x", m.Name[1], m.Name[0])
	case m.Text[0]+m.Text[1] < m.Text[0]:
		return nil, fmt.Errorf("text of %d bytes at %#x", m.Text[1], m.Text[0])
	case m.SignalStack[0] > m.SignalStack[1]:
		return nil, fmt.Errorf("signal stack from %#x to %#x", m.SignalStack[0], m.SignalStack[1])
	}
	return &Event{
		Kind:        Kind(m.Kind),
		Goroutine:   int64(m.Goid),
		G:           m.G,
		CurG:        m.CurG,
		TID:         int(m.TID),
		PC:          m.PC,
		SP:          m.SP,
		FP:          m.FP,
		Value:       m.Value,
		Name:        Text{m.Name[0], m.Name[1]},
		Text:        Text{m.Text[0], m.Text[1]},
		Signal:      int(m.Signal),
		ExitCode:    int(int64(m.Code)),
		SignalStack: m.SignalStack,
	}, nil
}
