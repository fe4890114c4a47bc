// Package target is a Go process seen from below: its memory, its goroutines
// and their stacks, the addresses of variables, and how Go lays out types,
// strings, maps and channels in memory. It doesn't know the dump file.
//
// The process is read through [memory.Reader]; whether that is this process or another
// one makes no difference above it.
package target

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/memory"
	"coredumpy/internal/ptrace"
)

// Process is a Go process being read. It isn't safe for concurrent use.
type Process struct {
	Mem  memory.Reader
	Info *debuginfo.File // nil if there is none that fits, see InfoErr

	// InfoErr says why there is no debug information.
	InfoErr error

	// Signal is a copy of the signal stack of the thread that faulted.
	Signal []byte

	// Threads are the threads of another process, stopped.
	Threads []ptrace.Thread

	// At is where a goroutine is, if that is known better than the runtime has it.
	At At

	// Working is called now and then while reading takes long.
	Working func()

	// Move tells how the current goroutine's stack has moved since the event.
	Move Move

	lay         *layouts
	labelLayout *labelLayout               // nil if not read yet
	saved       map[string][]savedRegister // by function, see savedBy
	layers      *layered
	Slide       uint64 // run-time address minus link-time address
	types       uint64 // what name offsets in type descriptors count from
	moduleTypes uint64 // what offsets in debug information count from: the same, if Info fits
	rtypes      map[uint64]*Type
	dtypes      map[dwarf.Offset]*Type
	named       map[string]*Type // by typeNamed
	instances   map[string]*Type // by Instance
	lastType    int              // Index of the type made last
	funcs       map[uint64]*Func
	sites       map[uint64]*site
	gl          *gLayout
	spans       *spanTable
	code        *codeTables // nil if not read yet
	collected   func() bool // whether garbage has ever been collected
	small       [maxStruct]byte
	depth       int        // of the stack walked last: the next is often like it
	state       []byte     // room for a runtime.g
	mapReader   *mapReader // to be used again; nil while it is in use

	// Own is set if it is this process.
	Own bool

	// inlined returns the calls at pc where debug information has only the
	// function that they were inlined into; nil if that can't be told.
	inlined func(pc uint64, fn debuginfo.Call) []debuginfo.Call

	// Why a part of the runtime isn't understood; nil if it is.
	typesErr, mapsErr, chansErr error
	guesses                     int     // see Guesses
	tablesErr                   error   // see codeTables
	labelsErr, savedErr         error   // see labels and savedBy
	gErrs                       []error // fields of runtime.g that aren't there, and the spans
}

func newProcess(base memory.Reader) *Process {
	layers := &layered{base: base}
	p := &Process{
		Mem: layers, layers: layers, lay: newLayouts(), Working: func() {},
		rtypes: map[uint64]*Type{}, dtypes: map[dwarf.Offset]*Type{},
		funcs: map[uint64]*Func{}, sites: map[uint64]*site{},
	}
	p.collected = sync.OnceValue(func() bool { return p.Collections() > 0 })
	return p
}

// Unreadable returns a process of which nothing can be read, for the reason that err
// gives.
func Unreadable(err error) *Process {
	p := newProcess(nothing{})
	p.InfoErr = err
	p.typesErr, p.mapsErr, p.chansErr = errNotRead, errNotRead, errNotRead
	return p
}

var errNotRead = errors.New("the process can't be read")

// nothing is a memory with nothing in it.
type nothing struct{}

func (nothing) Read([]byte, uint64) error { return errNotRead }

// Close releases the debug information.
func (p *Process) Close() {
	if p.Info != nil {
		p.Info.Close()
	}
}

// Unreadable lists what of the runtime isn't understood, as far as it has been
// looked at.
func (p *Process) Unreadable() []error {
	var errs []error
	found := []error{p.typesErr, p.mapsErr, p.chansErr, p.lay.chans.waitersErr, p.tablesErr, p.labelsErr, p.savedErr}
	for _, err := range append(found, p.gErrs...) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// Value reads a package-level variable that is an integer or a pointer.
func (p *Process) Value(name string) (uint64, error) {
	v, ok := p.Info.Global(name)
	if !ok {
		return 0, fmt.Errorf("no variable %s", name)
	}
	addr, err := p.GlobalAddr(&v)
	if err != nil {
		return 0, err
	}
	return p.ReadWord(addr)
}

func (p *Process) GlobalAddr(v *debuginfo.Variable) (uint64, error) {
	expr, err := v.Location()
	if err != nil {
		return 0, err
	}
	pieces, err := p.Info.Eval(expr, debuginfo.Regs{Slide: p.Slide})
	if err != nil {
		return 0, err
	}
	if len(pieces) != 1 || pieces[0].Kind != debuginfo.InMemory {
		return 0, fmt.Errorf("%s is not in memory", v.Name)
	}
	return pieces[0].Addr, nil
}

// Packages returns the import paths of the packages in the program; a program's own
// is "main".
func (p *Process) Packages() []string {
	if p.Info == nil {
		return nil
	}
	return p.Info.Packages()
}

// Constants returns the named constants of a named integer type.
func (p *Process) Constants(t *Type) []debuginfo.Constant {
	if p.Info == nil || t.Kind < reflect.Int || t.Kind > reflect.Uintptr || t.Name == t.Kind.String() {
		return nil
	}
	return slices.DeleteFunc(p.Info.Constants(t.Name), func(c debuginfo.Constant) bool {
		of, err := p.DebugType(c.Type)
		return err != nil || of != t
	})
}

// TypeAny is the type of an empty interface, to read a value handed over by
// its address, see [unsafely.AddrOf].
var TypeAny = &Type{Name: "interface {}", Kind: 20, Size: 2 * word, Empty: true}

// AnyPointer is the type of a word that points to anything.
var AnyPointer = &Type{Name: "unsafe.Pointer", Kind: reflect.UnsafePointer, Size: word, pointers: []int64{0}}

// symbolize returns function, file and line of the function that begins at pc.
func (p *Process) symbolize(pc uint64) (name, file string, line int) {
	if p.Info != nil {
		if fn, ok := p.Info.Func(pc - p.Slide); ok && fn.Entry == pc-p.Slide {
			if calls := fn.Calls(pc - p.Slide); len(calls) > 0 {
				c := calls[len(calls)-1]
				return fn.Name, c.File, c.Line
			}
			return fn.Name, "", 0
		}
		return "", "", 0
	}
	if !p.Own || pc > math.MaxInt64 {
		return "", "", 0
	}
	if fn := runtime.FuncForPC(uintptr(pc)); fn != nil && fn.Entry() == uintptr(pc) {
		file, line = fn.FileLine(uintptr(pc))
		return fn.Name(), file, line
	}
	return "", "", 0
}
