// Package gotypes reads types and values in the memory of a Go process: how the runtime
// describes types, and how it lays out strings, maps, channels, interfaces and func
// values.
package gotypes

import (
	"debug/dwarf"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/memory"
)

// Process gives access to the types and values of a Go process. It isn't safe for
// concurrent use.
type Process struct {
	Mem   memory.Reader
	Info  *debuginfo.File // nil if there is none that fits
	Slide uint64          // run-time address minus link-time address
	Own   bool            // it is this process

	// Follow returns where a pointer leads that has the value to and is stored at addr.
	Follow func(addr, to uint64) uint64

	lay         *layouts
	types       uint64 // base of the name offsets in type descriptors
	moduleTypes uint64 // base of the offsets in debug information: the same, if Info fits
	rtypes      map[uint64]*Type
	dtypes      map[dwarf.Offset]*Type
	named       map[string]*Type // by typeNamed
	instances   map[string]*Type // by Instance
	lastType    int              // Index of the type made last
	funcs       map[uint64]*Func
	small       [maxStruct]byte
	mapReader   *mapReader // to be used again; nil while it is in use

	// These say why a part of the runtime isn't understood; nil if it is.
	typesErr, mapsErr, chansErr error
}

// New returns a process with the given memory, in which pointers lead where they say.
func New(mem memory.Reader) *Process {
	return &Process{
		Mem: mem, Follow: func(_, to uint64) uint64 { return to }, lay: newLayouts(),
		rtypes: map[uint64]*Type{}, dtypes: map[dwarf.Offset]*Type{}, funcs: map[uint64]*Func{},
	}
}

// Prepare finds out how to read types and values of this process, which may have debug
// information. If it has, Prepare also reads the other layouts.
func (p *Process) Prepare(others Layouts) {
	p.Own = true
	if p.Info != nil {
		p.readLayouts(others)
	}
	if p.types, p.typesErr = p.typesBase(); p.typesErr == nil && p.Info == nil {
		p.probeSizes()
	}
	p.try(&p.typesErr, p.lay.types.err, p.checkTypes)
	if p.Info == nil { // only descriptors give types
		p.mapsErr = p.typesErr
	}
	if p.typesErr == nil || p.lay.maps.err != nil {
		p.try(&p.mapsErr, p.lay.maps.err, p.checkMaps)
	}
	p.try(&p.chansErr, p.lay.chans.err, p.checkChans)
	if p.Info != nil && p.typesErr == nil {
		p.moduleTypes = p.types
	}
}

// try sets *err, unless it is set, to the reason why a part of the runtime isn't
// understood: its layout isn't known, or reading by it gives a wrong result.
func (p *Process) try(err *error, layout error, check func() error) {
	if *err != nil {
		return
	}
	if *err = layout; layout == nil {
		*err = check()
	}
	if *err != nil {
		*err = fmt.Errorf("%w in %s", *err, runtime.Version())
	}
}

// PrepareOther is Prepare for another process with debug information, built by that
// version of Go.
func (p *Process) PrepareOther(version string, others Layouts) {
	p.readLayouts(others)
	var err error
	if p.types, err = p.moduleTypesBase(); err == nil {
		err = p.lay.types.err
	}
	if err == nil {
		p.moduleTypes = p.types
		err = p.checkDescriptors()
	}
	p.typesErr, p.mapsErr, p.chansErr = err, p.lay.maps.err, p.lay.chans.err
	if p.typesErr != nil {
		p.moduleTypes = 0 // debug information has types, too
	}
	for _, err := range []*error{&p.typesErr, &p.mapsErr, &p.chansErr} {
		if *err != nil {
			*err = fmt.Errorf("%w in %s", *err, version)
		}
	}
}

// Forbid makes reading by the runtime's type descriptors fail with err, and so reading
// maps and channels.
func (p *Process) Forbid(err error) {
	p.moduleTypes = 0
	p.typesErr, p.mapsErr, p.chansErr = err, err, err
}

// Misunderstood returns, for each part of the runtime, why it isn't understood; nil if it
// is.
func (p *Process) Misunderstood() []error {
	return []error{p.typesErr, p.mapsErr, p.chansErr, p.lay.chans.waitersErr}
}

// Value reads a package-level variable that is an integer or a pointer.
func (p *Process) Value(name string) (uint64, error) {
	addr, _, err := p.Global(name)
	if err != nil {
		return 0, err
	}
	return p.ReadWord(addr)
}

// Global returns the address of the package-level variable with a name, and its type.
func (p *Process) Global(name string) (addr uint64, typ dwarf.Offset, err error) {
	v, ok := p.Info.Global(name)
	if !ok {
		return 0, 0, fmt.Errorf("no variable %s", name)
	}
	addr, err = p.GlobalAddr(&v)
	return addr, v.Type, err
}

// GlobalAddr returns the address of a package-level variable.
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

// TypeAny is the type of an empty interface, for reading a value given by its address, see
// [unsafely.AddrOf].
var TypeAny = &Type{Name: "interface {}", Kind: 20, Size: 2 * word, Empty: true}

// AnyPointer is the type of a word that points to anything.
var AnyPointer = &Type{Name: "unsafe.Pointer", Kind: reflect.UnsafePointer, Size: word, pointers: []int64{0}}

// Symbolize returns the name, file and line of the function that begins at pc.
func (p *Process) Symbolize(pc uint64) (name, file string, line int) {
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
