package variables

import (
	"encoding/binary"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// Finder finds the variables of the frames of a process. It isn't safe for concurrent use.
type Finder struct {
	p          *target.Process
	pointers   func(addr uint64, b []byte) error // readPointer
	scopes     map[frameAt]*scope
	maps       map[resumption]*target.StackMaps
	goroutines map[*target.Goroutine]*goroutine
}

// goroutine is what is known about a goroutine whose variables were asked for.
type goroutine struct {
	live   *liveSet // nil if it isn't known
	caught []caught // by the closures among the frames whose variables were read
}

// New returns a Finder for a process.
func New(p *target.Process) *Finder {
	f := &Finder{
		p: p, scopes: map[frameAt]*scope{}, maps: map[resumption]*target.StackMaps{},
		goroutines: map[*target.Goroutine]*goroutine{},
	}
	f.pointers = f.readPointer
	return f
}

// Of returns the arguments and variables in scope in a frame, in the order of their
// declaration. Ask for inner frames first: their closures may use variables of this one.
func (f *Finder) Of(frame *target.Frame) []Variable {
	if frame.Call == nil {
		return nil
	}
	scope, g := f.scope(frame), f.goroutine(frame.G)
	loc := locator{p: f.p, f: frame, g: g, live: g.live, regs: debuginfo.Regs{
		CFA: frame.CFA, Slide: f.p.Slide, Reg: frame.Regs.Get, Mem: f.pointers,
	}}
	if scope.dict != nil {
		loc.dict, _ = loc.word(scope.dict)
	}
	if scope.closure != nil {
		loc.closure, _ = loc.word(scope.closure)
	}
	vars := make([]Variable, 0, len(scope.vars))
	for i := range scope.vars {
		vars = append(vars, loc.variable(scope, &scope.vars[i]))
	}
	return withoutTwins(vars)
}

// goroutine returns what is known about a goroutine; its live words are computed once.
// They matter even before the first collection: a variable that isn't used any more can
// point to where the stack was before it grew.
func (f *Finder) goroutine(g *target.Goroutine) *goroutine {
	known := f.goroutines[g]
	if known == nil {
		known = &goroutine{live: f.live(g)}
		f.goroutines[g] = known
	}
	return known
}

// readPointer reads len(b) bytes at addr. A location expression reads only pointers.
func (f *Finder) readPointer(addr uint64, b []byte) error {
	err := f.p.Mem.Read(b, addr)
	if err == nil && len(b) == gotypes.Word {
		err = put(b, f.p.Follow(addr, binary.LittleEndian.Uint64(b)))
	}
	return err
}

// locator finds the variables of one frame.
type locator struct {
	p       *target.Process
	f       *target.Frame
	g       *goroutine
	dict    uint64 // dictionary of a generic function; 0 if not known
	closure uint64 // context of a closure; 0 if not known
	live    *liveSet
	use     liveness // of the pointers in the last variable located
	fault   bool     // it was in a register when a signal came
	split   bool     // it is in pieces that may not belong together any more
	home    bool     // see hasHome
	expr    []byte   // its location expression
	regs    debuginfo.Regs
}

// variable returns one of the variables in scope.
func (l *locator) variable(scope *scope, v *scopeVar) Variable {
	p, f := l.p, l.f
	tv := Variable{
		Name: v.Name, Role: v.Kind, Line: v.DeclLine, Shadowed: v.shadowed, Unset: unset(f, scope, v), Frame: f.CFA - 1,
		Listed: f.Optimized && v.Listed() && !v.Escaped && v.Kind != debuginfo.Captured,
	}
	var err error
	if tv.Type, err = l.typeOf(v); err != nil {
		tv.Reason = err
		return tv
	}
	l.use, l.fault, l.split, l.home = live, false, false, false
	guesses := p.Guesses()
	tv.Addr, err = l.address(v, tv.Type)
	tv.Guessed = p.Guesses() > guesses
	if l.use < live && err == nil && l.caught(&tv) {
		l.use = live
	}
	// Here it is decided that a value is stale; live.go says which words are used.
	tv.Stale = err == nil && l.use < live
	tv.Collectable = l.use == dead && p.Collected()
	tv.Fault, tv.Split = l.fault, l.split
	tv.Listed = tv.Listed && !l.home
	if tv.Listed && err == nil {
		l.share(v, &tv)
	}
	fn := p.FuncAt(f.PC - 1)
	if v.ClosureOffset > 0 && !v.Escaped && err == nil && !tv.Stale && !f.Inlined && fn != nil {
		l.g.caught = append(l.g.caught, caught{f.Func, fn.Entry + p.Slide, v.ClosureOffset, tv})
	}
	tv.Reason = err
	return tv
}

// word reads a one-word variable, such as .dict.
func (l *locator) word(v *scopeVar) (uint64, error) {
	addr, err := l.place(v, gotypes.AnyPointer, gotypes.Word)
	if err != nil {
		return 0, err
	}
	return l.p.PointerAt(addr)
}

// typeOf returns a variable's type. Generic code is compiled once per shape; the
// dictionary has the real types. Without it, typeOf returns the shape.
func (l *locator) typeOf(v *scopeVar) (*gotypes.Type, error) {
	off := v.Type
	d, err := l.p.Info.Type(off)
	if err == nil && d.DictIndex < 0 && l.dict != 0 && strings.Contains(d.Name, gotypes.ShapePrefix) {
		// A closure has the dictionary of the function around it.
		if !v.askedDeclared {
			v.declared, v.askedDeclared = l.f.Call.Declared(v.Variable), true
		}
		if v.declared != 0 {
			off = v.declared
			d, err = l.p.Info.Type(off)
		}
	}
	if err != nil || d.DictIndex < 0 {
		return l.p.DebugType(off)
	}
	if l.dict != 0 {
		if addr, err := l.p.ReadWord(l.dict + uint64(d.DictIndex)*gotypes.Word); err == nil {
			if t, err := l.p.RuntimeType(addr); err == nil && (d.Size == 0 || t.Size == d.Size) {
				return t, nil
			}
		}
	}
	if d.Underlying != 0 { // v.Type itself is named .param1 or so
		return l.p.DebugType(d.Underlying)
	}
	return l.p.DebugType(off)
}

// address returns where a variable's value is, composing it from registers and pieces if
// necessary.
func (l *locator) address(v *scopeVar, t *gotypes.Type) (uint64, error) {
	size := t.Size
	if v.Escaped {
		size = gotypes.Word
	}
	shape := t
	if v.Escaped {
		shape = gotypes.PointerTo(t)
	}
	addr, err := l.place(v, shape, size)
	if v.ClosureOffset > 0 && l.closure != 0 && (err != nil || l.p.Gap(addr, uint64(size))) {
		// A value captured by a closure never changes: its context has it.
		addr, err = l.closure+uint64(v.ClosureOffset), nil
	}
	if err != nil || !v.Escaped {
		return addr, err
	}
	moved, err := l.p.PointerAt(addr)
	if err == nil && moved == 0 {
		err = caveat.Reason{Kind: caveat.NotAllocated}
	}
	return moved, err
}
