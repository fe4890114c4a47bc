package target

import (
	"debug/dwarf"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/debuginfo"
)

// Variable is a variable of a frame, or of a package.
type Variable struct {
	Name     string
	Role     debuginfo.VarKind
	Line     int // of the declaration
	Type     *Type
	Addr     uint64 // may be [Synthetic]
	Shadowed bool
	Unset    Unset
	Stale    bool // not used any more: what it points to may be something else by now
	// Collectable tells of a stale variable that garbage has been collected since
	// it was used, for all that is known.
	Collectable bool
	// Split tells of a struct, array or complex number that optimised code keeps
	// in pieces. The compiler's records don't say when one of them isn't used any
	// more and its place on the stack is another variable's; nor, if only the first
	// is used, that the others are nowhere.
	Split bool
	// Listed tells of one that optimised code keeps in different places. If it is
	// assigned more than once, the compiler's records may be those of an assignment
	// before the last, or of the next.
	Listed bool
	// Shared tells of one whose place on the stack may be another variable's by now.
	// If Sharers are given it is only if one of these, which are all of the same
	// call, is assigned more than once.
	Shared  bool
	Sharers []caveat.Sharer
	Fault   bool   // recovered from the registers of a signal
	Guessed bool   // see Guesses
	Frame   uint64 // where on the stack its frame is; 0 of a package's
	Reason  error  // why it has no value, nil if it has one
}

// Unset tells why a variable may not be set yet.
type Unset uint8

// Set: it is. OnLine: it is declared on the current line. InStatement: there is code
// ahead of the line that declares it, in a loop or because the statement goes on.
// Returned: deferred calls run, and the function may have returned before.
const (
	Set Unset = iota
	OnLine
	InStatement
	Returned
)

// errOptimized is the reason of most variables without a value.
var errOptimized error = caveat.Reason{Kind: caveat.OptimizedOut}

// Variables returns the arguments and variables in scope in a frame, in the
// order of their declaration. Inner frames come first: their closures may use
// what is in this one.
func (p *Process) Variables(f *Frame) []Variable {
	if f.call == nil {
		return nil
	}
	scope := p.scope(f)
	loc := locator{p: p, f: f, live: p.liveness(f.g), regs: debuginfo.Regs{CFA: f.cfa, Slide: p.Slide, Reg: f.regs.get, Mem: p.pointers}}
	if scope.dict != nil {
		loc.dict, _ = loc.word(scope.dict)
	}
	if scope.closure != nil {
		loc.closure, _ = loc.word(scope.closure)
	}
	vars := make([]Variable, 0, len(scope.vars))
	for i := range scope.vars {
		v := &scope.vars[i]
		tv := Variable{Name: v.Name, Role: v.Kind, Line: v.DeclLine, Shadowed: v.shadowed, Unset: p.unset(f, scope, v), Frame: f.cfa - 1, Listed: f.Optimized && v.Listed() && !v.Escaped && v.Kind != debuginfo.Captured}
		var err error
		if tv.Type, err = loc.typeOf(v); err == nil {
			loc.use, loc.fault, loc.split = live, false, false
			guesses := p.guesses
			tv.Addr, err = loc.address(v, tv.Type)
			tv.Guessed = p.guesses > guesses
			if loc.use < live && err == nil && loc.caught(&tv) {
				loc.use = live
			}
			tv.Stale, tv.Collectable, tv.Fault = err == nil && loc.use < live, loc.use == dead && p.collected(), loc.fault
			tv.Split = loc.split
			if tv.Listed && err == nil {
				loc.share(v, &tv)
			}
			if fn := p.site(f.PC - 1).fn; v.ClosureOffset > 0 && !v.Escaped && err == nil && !tv.Stale && !f.Inlined && fn != nil {
				f.g.caught = append(f.g.caught, caught{f.Func, fn.Entry + p.Slide, v.ClosureOffset, tv})
			}
		}
		tv.Reason = err
		vars = append(vars, tv)
	}
	return withoutTwins(vars)
}

// withoutTwins leaves out a variable that is optimized out if there is another of its
// name from the same line: the compiler makes one of a loop's for each iteration, and
// of results that a deferred call uses.
func withoutTwins(vars []Variable) []Variable {
	for i := 0; i < len(vars); i++ {
		v := &vars[i]
		if v.Reason != errOptimized || v.Line == 0 {
			continue
		}
		twin := slices.IndexFunc(vars, func(w Variable) bool { return w.Name == v.Name && w.Line == v.Line && w.Shadowed != v.Shadowed })
		if twin >= 0 {
			vars[twin].Shadowed = false
			vars = slices.Delete(vars, i, i+1)
			i--
		}
	}
	return vars
}

// unset tells whether a variable may not be set yet. A place of its own it has from
// the beginning of the function on.
func (p *Process) unset(f *Frame, s *scope, v *scopeVar) Unset {
	switch {
	case v.Kind == debuginfo.Result:
		if f.stopped && v.DeclLine == f.Line && !v.Listed() {
			return OnLine
		}
		return Set
	case v.Kind != debuginfo.Local:
		return Set
	case v.DeclLine == f.Line:
		return OnLine
	case v.Listed() && !v.Escaped:
		return Set // its value, if any, is one that it has been given
	case f.returned:
		return Returned
	case f.call.Renumbered():
		return InStatement
	}
	if s.ahead == nil {
		s.ahead = f.call.LinesAhead()
	}
	if s.ahead[v.DeclLine] || v.DeclLine+1 < f.Line && s.ahead[v.DeclLine+1] { // a, \n b := f()
		return InStatement
	}
	return Set
}

// frameAt is a call at the pc it returns to.
type frameAt struct {
	call *debuginfo.Call
	pc   uint64
}

// scope is what is the same of a frame in all goroutines that have it.
type scope struct {
	vars          []scopeVar
	dict, closure *scopeVar    // the compiler's own; nil if there are none
	ahead         map[int]bool // see debuginfo.Call.LinesAhead; nil if not asked for
}

// scopeVar is a variable in scope.
type scopeVar struct {
	*debuginfo.Variable
	shadowed bool

	// Its location expressions at the call, and as soon as the call has returned.
	expr, after       []byte
	exprErr, afterErr error
	asked             bool // for after

	declared      dwarf.Offset // see debuginfo.Call.Declared
	askedDeclared bool

	// The words that optimised code takes it apart into, if it does so, and where
	// they are in it.
	words      []debuginfo.Word
	kept       []bool // see locator.kept
	offsets    []int64
	apart      bool
	askedWords bool

	sharing *sharing // see locator.share; nil if not asked for

	registered      bool // see debuginfo.Variable.InRegister
	askedRegistered bool
}

// inRegister is [debuginfo.Variable.InRegister], looked up once.
func (v *scopeVar) inRegister() bool {
	if !v.askedRegistered {
		v.registered, v.askedRegistered = v.InRegister(), true
	}
	return v.registered
}

// scope returns the variables in scope in a frame, computed once.
func (p *Process) scope(f *Frame) *scope {
	key := frameAt{f.call, f.PC}
	if s := p.scopes[key]; s != nil {
		return s
	}
	s := &scope{}
	p.scopes[key] = s
	last := map[string]int{} // name to index of the innermost
	found := f.call.Variables()
	for i := range found {
		v := scopeVar{Variable: &found[i]}
		v.expr, v.exprErr = v.Location()
		switch {
		case v.Name == ".dict":
			s.dict = &v
		case v.Name == ".closureptr":
			s.closure = &v
		case v.Name == "" || v.Name == "_" || v.Name[0] == '.' || v.Name[0] == '#':
			// blank, or the compiler's own
		default:
			if j, ok := last[v.Name]; !ok {
				last[v.Name] = len(s.vars)
			} else if v.Depth >= s.vars[j].Depth {
				s.vars[j].shadowed = true
				last[v.Name] = len(s.vars)
			} else {
				v.shadowed = true
			}
			s.vars = append(s.vars, v)
		}
	}
	return s
}

// locationAfter returns a variable's location expression as soon as the call
// that f is in has returned.
func (p *Process) locationAfter(f *Frame, v *scopeVar) ([]byte, error) {
	if !v.asked {
		v.asked = true
		v.after, v.afterErr = v.LocationAt(p.skipNoOps(f.PC) - p.Slide)
	}
	return v.after, v.afterErr
}

// locator finds the variables of one frame.
type locator struct {
	p       *Process
	f       *Frame
	dict    uint64 // dictionary of a generic function; 0 if not known
	closure uint64 // context of a closure; 0 if not known
	live    *liveSet
	use     liveness // of the pointers in the variable located last
	fault   bool     // it was in a register when a signal came
	split   bool     // it is in pieces that may not belong together any more
	expr    []byte   // by which it was located
	regs    debuginfo.Regs
}

// liveness returns the live words of a goroutine, computed once. Also where
// nothing has ever been collected it matters: a variable that isn't used any
// more can point to where the stack was before it grew.
func (p *Process) liveness(g *Goroutine) *liveSet {
	if !g.asked {
		g.asked, g.lives = true, p.live(g)
	}
	return g.lives
}

// readPointer reads len(b) bytes at addr. A location expression reads nothing
// but pointers.
func (p *Process) readPointer(addr uint64, b []byte) error {
	err := p.Mem.Read(b, addr)
	if err == nil && len(b) == word {
		err = put(b, p.Follow(addr, le64(b)))
	}
	return err
}

// anyPointer stands for the types of the compiler's own variables.
var anyPointer = &Type{Name: "unsafe.Pointer", Kind: reflect.UnsafePointer, Size: word, pointers: []int64{0}}

// word reads a variable that is one word, such as .dict.
func (l *locator) word(v *scopeVar) (uint64, error) {
	addr, err := l.place(v, anyPointer, word)
	if err != nil {
		return 0, err
	}
	return l.p.PointerAt(addr)
}

// typeOf returns a variable's type. Generic code is compiled once per shape;
// the dictionary has the real types. Without it the shape has to do.
func (l *locator) typeOf(v *scopeVar) (*Type, error) {
	off := v.Type
	d, err := l.p.Info.Type(off)
	if err == nil && d.DictIndex < 0 && l.dict != 0 && strings.Contains(d.Name, shapePrefix) {
		// A closure has the dictionary of the function around it.
		if !v.askedDeclared {
			v.declared, v.askedDeclared = l.f.call.Declared(v.Variable), true
		}
		if v.declared != 0 {
			off = v.declared
			d, err = l.p.Info.Type(off)
		}
	}
	if err != nil || d.DictIndex < 0 {
		return l.p.debugType(off)
	}
	if l.dict != 0 {
		if addr, err := l.p.ReadWord(l.dict + uint64(d.DictIndex)*word); err == nil {
			if t, err := l.p.RuntimeType(addr); err == nil && (d.Size == 0 || t.Size == d.Size) {
				return t, nil
			}
		}
	}
	if d.Underlying != 0 { // v.Type itself is named .param1 or so
		return l.p.debugType(d.Underlying)
	}
	return l.p.debugType(off)
}

// address returns where a variable's value is, composing it from registers and
// pieces if need be.
func (l *locator) address(v *scopeVar, t *Type) (uint64, error) {
	size := t.Size
	if v.Escaped {
		size = word
	}
	shape := t
	if v.Escaped {
		shape = pointerTo(t)
	}
	addr, err := l.place(v, shape, size)
	if v.ClosureOffset > 0 && l.closure != 0 && (err != nil || l.p.layers.gap(addr, uint64(size))) {
		// What a closure captured by value never changes: its context has it.
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

// Globals returns the package-level variables of a package.
func (p *Process) Globals(pkg string) []Variable {
	if p.Info == nil {
		return nil
	}
	var vars []Variable
	for _, g := range p.Info.Globals(pkg) {
		v := Variable{Name: g.Name, Line: g.DeclLine}
		var err error
		if v.Type, err = p.debugType(g.Type); err == nil {
			v.Addr, err = p.globalAddr(&g)
		}
		v.Reason = err
		vars = append(vars, v)
	}
	return vars
}
