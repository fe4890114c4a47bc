// Package target reads a Go process, this one or another: its goroutines and their stacks,
// its heap, and what else its runtime keeps in memory. It doesn't know the dump file.
//
// The process is read through [memory.Reader]; nothing above that depends on whose memory
// it is.
package target

import (
	"errors"
	"maps"
	"sync"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/memory"
	"coredumpy/internal/ptrace"
)

// Process is a Go process being read. It isn't safe for concurrent use.
type Process struct {
	*gotypes.Process

	// InfoErr says why there is no debug information.
	InfoErr error

	// Signal is a copy of the signal stack of the thread that faulted.
	Signal []byte
	// Unwound is set if the deferred calls of the goroutine that faulted have run since.
	Unwound bool

	// Threads are the threads of another process, stopped.
	Threads []ptrace.Thread

	// At says where a goroutine is, if the caller knows that better than the runtime does.
	At At

	// Working is called now and then while a read takes long.
	Working func()

	// Move says how the current goroutine's stack has moved since the event.
	Move Move

	tables      tableLayout
	states      stateLayout
	labelLayout *labelLayout               // nil if not read yet
	saved       map[string][]savedRegister // by function, see savedBy
	layers      *layered
	sites       map[uint64]*site
	gl          *gLayout
	spans       *spanTable
	code        *codeTables // nil if not read yet
	collected   func() bool // whether garbage has ever been collected
	depth       int         // of the last stack walked: the next is often alike
	guesses     int         // see Guesses
	code32      [32]byte    // room for SkipNoOps
	state       []byte      // room for a runtime.g

	// inlined returns the calls at pc where debug information has only the function that
	// they were inlined into; nil if they aren't known.
	inlined func(pc uint64, fn debuginfo.Call) []debuginfo.Call

	// These say why a part of the runtime isn't understood; nil if it is.
	tablesErr           error   // see codeTables
	labelsErr, savedErr error   // see labels and savedBy
	gErrs               []error // missing fields of runtime.g, and errors of the spans
}

func newProcess(base memory.Reader) *Process {
	layers := &layered{base: base}
	p := &Process{
		Process: gotypes.New(layers), tables: newTableLayout(), states: newStateLayout(),
		Working: func() {}, layers: layers, sites: map[uint64]*site{},
	}
	p.Follow = p.follow
	p.collected = sync.OnceValue(func() bool { return p.Collections() > 0 })
	return p
}

// layouts returns the layouts to look up in the debug information.
func (p *Process) layouts() gotypes.Layouts {
	constants := p.tables.constants()
	maps.Copy(constants, p.states.constants())
	return gotypes.Layouts{Structs: p.tables.structs(), Constants: constants}
}

// Unreadable returns a process that can't be read, because of err.
func Unreadable(err error) *Process {
	p := newProcess(nothing{})
	p.InfoErr = err
	p.Forbid(errNotRead)
	return p
}

var errNotRead = errors.New("the process can't be read")

// nothing is an empty memory.
type nothing struct{}

func (nothing) Read([]byte, uint64) error { return errNotRead }

// Close releases the debug information.
func (p *Process) Close() {
	if p.Info != nil {
		p.Info.Close()
	}
}

// Unreadable lists the parts of the runtime that aren't understood, of those needed so
// far.
func (p *Process) Unreadable() []error {
	var errs []error
	found := append(p.Misunderstood(), p.tablesErr, p.labelsErr, p.savedErr)
	for _, err := range append(found, p.gErrs...) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Packages returns the import paths of the packages in the program; the main package's is
// "main".
func (p *Process) Packages() []string {
	if p.Info == nil {
		return nil
	}
	return p.Info.Packages()
}
