package target

import (
	"errors"
	"fmt"

	"coredumpy/internal/ptrace"
)

// This file reads the threads of another process (runtime.m) and the goroutines they run
// (runtime.g), each known by its address.

// maxThreads bounds the length of the runtime's list of threads.
const maxThreads = 1 << 17

// EachThread calls visit with the address of each runtime.m until it returns false.
func (p *Process) EachThread(visit func(m uint64) bool) error {
	l, err := p.gLayout()
	if err != nil {
		return err
	}
	if l.m < 0 {
		return fmt.Errorf("threads: %w", errors.Join(p.gErrs...))
	}
	next, err := p.Offset("runtime.m", "alllink")
	if err != nil {
		return err
	}
	m, err := p.Value("runtime.allm")
	for range maxThreads {
		if err != nil || m == 0 || !visit(m) {
			break
		}
		m, err = p.ReadWord(m + next)
	}
	return err
}

// ProcID returns the thread number of the runtime.m at m, as the process itself numbers
// threads.
func (p *Process) ProcID(m uint64) (uint64, error) {
	l, err := p.gLayout()
	if err != nil {
		return 0, err
	}
	return p.ReadWord(m + uint64(l.procid))
}

// ThreadOf returns a thread's runtime.m, and the runtime.g of the goroutine that it runs;
// 0 if none.
func (p *Process) ThreadOf(t *ptrace.Thread) (m, g uint64, err error) {
	var readErr error
	err = p.EachThread(func(at uint64) bool {
		var id uint64
		if id, readErr = p.ProcID(at); readErr == nil && id == uint64(t.ProcID) {
			m = at
		}
		return readErr == nil && m == 0
	})
	if err = errors.Join(err, readErr); err != nil {
		return 0, 0, err
	}
	if m == 0 {
		return 0, 0, fmt.Errorf("thread %d isn't one of Go's", t.TID)
	}
	curg, err := p.Offset("runtime.m", "curg")
	if err != nil {
		return 0, 0, err
	}
	g, err = p.ReadWord(m + curg)
	return m, g, err
}

// GoroutineID returns the id of the goroutine whose runtime.g is at g.
func (p *Process) GoroutineID(g uint64) (int64, error) {
	l, err := p.gLayout()
	if err != nil {
		return 0, err
	}
	id, err := p.ReadWord(g + uint64(l.goid))
	return int64(id), err
}

// StackBounds returns the lower and upper end of the stack of the runtime.g at g; zeros if
// they aren't known or g is 0.
func (p *Process) StackBounds(g uint64) (s [2]uint64) {
	l, err := p.gLayout()
	if g == 0 || err != nil {
		return s
	}
	s[0], _ = p.ReadWord(g + uint64(l.lo))
	s[1], _ = p.ReadWord(g + uint64(l.hi))
	return s
}

// SavedSP returns the stack pointer with which the goroutine whose runtime.g is at g will
// continue.
func (p *Process) SavedSP(g uint64) (uint64, error) {
	l, err := p.gLayout()
	if err != nil {
		return 0, err
	}
	return p.ReadWord(g + uint64(l.sp))
}

// LastPanic returns the address of the last runtime._panic of the goroutine whose
// runtime.g is at g, 0 if it isn't panicking.
func (p *Process) LastPanic(g uint64) (uint64, error) {
	l, err := p.gLayout()
	if err != nil {
		return 0, err
	}
	if l.panics < 0 {
		return 0, errors.New("runtime.g not recognised: no field _panic")
	}
	return p.ReadWord(g + uint64(l.panics))
}
