// Package ptrace stops another process, by ptrace(2) or by SIGSTOP, tells where its threads
// are, and runs a program with breakpoints. What the program is written in doesn't matter.
package ptrace

import "sync"

// How a process was stopped, see [Stopped].
const (
	// byPtrace: the process doesn't notice, except that a few system calls that
	// wait, such as epoll_wait, return EINTR. Its registers are known, and the
	// kernel lets it go on should this process die.
	byPtrace = "ptrace"

	// bySignal: SIGSTOP, and SIGCONT afterwards. The parent of the process can
	// see both. If this process dies before Release, the other one stays stopped.
	bySignal = "SIGSTOP"
)

// Stopped is a process of which all threads are stopped. A thread that is
// inside a system call it can't be interrupted in is left there, and counted in
// Note: it runs no code of its own before Release either, but the kernel may
// still write what it is reading.
type Stopped struct {
	Threads []Thread
	Method  string // byPtrace or bySignal
	Note    string // what isn't as it should be, "" if nothing

	once    sync.Once
	release func() error
	err     error
}

// Thread is a stopped thread.
type Thread struct {
	TID int

	// ProcID is what the process itself takes for its number (runtime.m.procid).
	// It isn't TID if the process has a PID namespace of its own.
	ProcID int

	PC, SP uint64   // 0 if not known
	Regs   []uint64 // by DWARF number of the architecture; nil if not known
}

// Release lets the process go on, unless it was stopped before. Signals that
// have come meanwhile are delivered. Only the first call has an effect.
func (s *Stopped) Release() error {
	s.once.Do(func() {
		if s.release != nil {
			s.err = s.release()
		}
	})
	return s.err
}
