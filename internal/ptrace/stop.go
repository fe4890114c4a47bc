// Package ptrace stops another process, by ptrace(2) or by SIGSTOP, finds out where its
// threads are, and runs a program with breakpoints. It knows nothing about the program's
// language.
package ptrace

import "sync"

// How a process was stopped, see [Stopped].
const (
	// byPtrace: the process doesn't notice, except that a few waiting system calls, such
	// as epoll_wait, return EINTR. Its registers are known, and the kernel lets it go on
	// if this process dies.
	byPtrace = "ptrace"

	// bySignal: SIGSTOP, and SIGCONT afterwards. The parent of the process can see both.
	// If this process dies before Release, the other one stays stopped.
	bySignal = "SIGSTOP"
)

// Stopped is a process whose threads are all stopped. A thread inside an uninterruptible
// system call is left there, and counted in Note: it runs no code of its own before
// Release either, but the kernel may still write what it is reading.
type Stopped struct {
	Threads []Thread
	Method  string // byPtrace or bySignal
	Note    string // what isn't as it should be, "" if all is

	once    sync.Once
	release func() error
	err     error
}

// Thread is a stopped thread.
type Thread struct {
	TID int

	// ProcID is the thread's number in the process itself (runtime.m.procid). It differs
	// from TID if the process has a PID namespace of its own.
	ProcID int

	PC, SP uint64   // 0 if not known
	Regs   []uint64 // by DWARF number of the architecture; nil if not known
}

// Release lets the process go on, unless it was already stopped before Stop. Signals that
// have come meanwhile are delivered. Only the first call has an effect.
func (s *Stopped) Release() error {
	s.once.Do(func() {
		if s.release != nil {
			s.err = s.release()
		}
	})
	return s.err
}
