package variables

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// pieces evaluates a variable's location.
//
// No register survives a call, so a value in a register at the call is lost, unless it is
// in memory as soon as the call returns. Then it was stored there before the call: only
// the no-ops that the compiler may leave after a call run in between.
func (l *locator) pieces(v *scopeVar) (found []debuginfo.Piece, err error) {
	if v.exprErr != nil {
		return nil, v.exprErr
	}
	if l.f.Optimized && l.unstored(v) {
		return nil, nil
	}
	l.expr = v.expr
	if len(v.expr) > 0 {
		if found, err = l.p.Info.Eval(v.expr, l.regs); err != nil {
			return nil, err
		}
	}
	if l.f.Last || len(found) > 0 && !slices.ContainsFunc(found, l.missing) {
		return found, nil
	}
	expr, err := locationAfter(l.p, l.f, v)
	if err != nil || len(expr) == 0 {
		return found, nil
	}
	after, err := l.p.Info.Eval(expr, l.regs)
	if err != nil {
		return found, nil
	}
	for i := range after {
		if after[i].Kind != debuginfo.InMemory {
			after[i].Kind = debuginfo.Missing
		}
	}
	if l.known(after) > l.known(found) {
		l.expr = expr
		return after, nil
	}
	return found, nil
}

// unstored reports whether optimised code gives a variable a place where it may never have
// been stored. Go 1.27 gives such places to parameters passed in registers that nothing
// uses, among them the dictionary of a generic function (cmd/compile/internal/dwarfgen,
// createSimpleVar). A parameter whose address is taken is in its place, but looks the
// same.
func (l *locator) unstored(v *scopeVar) bool {
	if v.Kind != debuginfo.Param || v.Escaped || v.Listed() || l.f.Inlined {
		return false
	}
	_, apart := words(l.p, v)
	return apart
}

func inMemory(p debuginfo.Piece) bool { return p.Kind == debuginfo.InMemory }

func inRegister(p debuginfo.Piece) bool { return p.Kind == debuginfo.InRegister }

// errPart is the reason for having no value if optimised code keeps only some words of a
// variable. The compiler doesn't say which: the others are constants, or unused.
var errPart error = caveat.Reason{Kind: caveat.OnePart}

// errRegister is the reason for a variable in a register of a kind that isn't read from a
// signal or a thread.
var errRegister error = caveat.Reason{Kind: caveat.FloatRegister}

// composed reports whether parts of a value of type t can be used without the others. Half
// a string is of no use.
func composed(t *gotypes.Type) bool {
	switch t.Kind {
	case reflect.Struct:
		fields := t.Fields()
		return len(fields) > 1 || len(fields) == 1 && fields[0].Type != nil && composed(fields[0].Type)
	case reflect.Array:
		return t.Len > 1 || t.Len == 1 && t.Elem() != nil && composed(t.Elem())
	case reflect.Complex64, reflect.Complex128:
		return true
	}
	return false
}

// indivisible reports whether a value of type t consists of several words that mean
// nothing without each other.
func indivisible(t *gotypes.Type) bool {
	switch t.Kind {
	case reflect.String, reflect.Slice, reflect.Interface:
		return true
	case reflect.Struct:
		fields := t.Fields()
		return len(fields) == 1 && fields[0].Type != nil && indivisible(fields[0].Type)
	case reflect.Array:
		return t.Len == 1 && t.Elem() != nil && indivisible(t.Elem())
	}
	return false
}

// missing reports whether a piece has no value, or is in a register that isn't
// known.
func (l *locator) missing(p debuginfo.Piece) bool {
	if p.Kind == debuginfo.InRegister {
		_, ok := l.f.Regs.Get(p.Reg)
		return !ok
	}
	return p.Kind == debuginfo.Missing
}

// known returns how many bytes of a variable are known. A variable in one piece gets more
// than any other.
func (l *locator) known(pieces []debuginfo.Piece) (n int64) {
	for _, p := range pieces {
		switch {
		case l.missing(p):
		case p.Size < 0:
			return math.MaxInt64
		default:
			n += p.Size
		}
	}
	return n
}

// place returns the address of size bytes of type t at a variable's location. It is an
// error if any of them are optimised out.
func (l *locator) place(v *scopeVar, t *gotypes.Type, size int64) (uint64, error) {
	pieces, err := l.pieces(v)
	if err != nil {
		return 0, err
	}
	if size == 0 && len(pieces) == 1 && inMemory(pieces[0]) && !l.f.Optimized {
		return pieces[0].Addr, nil
	}
	if size == 0 {
		return l.p.Compose(nil), nil
	}
	if l.known(pieces) == 0 {
		if l.f.Regs.Known() > 1 && slices.ContainsFunc(pieces, inRegister) {
			return 0, errRegister
		}
		return 0, errOptimized
	}
	placed := inSequence(pieces, size)
	if l.f.Optimized && v.Listed() && !v.Escaped {
		if l.home = l.hasHome(v, t, pieces); l.home {
			placed = wholePiece
		} else {
			placed = l.arrange(v, t, pieces)
			l.split = composed(t) && slices.ContainsFunc(pieces, inMemory) &&
				(len(pieces) == 1 || v.Kind == debuginfo.Param && !l.f.Inlined)
		}
	}
	if len(pieces) == 1 && inMemory(pieces[0]) && placed.whole {
		l.check(t, pieces[0].Addr, 0, size)
		return pieces[0].Addr, nil
	}
	return l.compose(t, size, pieces, placed)
}

// compose puts a variable together from its pieces.
func (l *locator) compose(t *gotypes.Type, size int64, pieces []debuginfo.Piece, placed placement) (uint64, error) {
	value := make([]byte, size)
	var gaps []target.Range
	at := int64(0) // up to here everything is known, or a gap
	gap := func(end int64) {
		if at < end {
			gaps = append(gaps, target.Range{Lo: uint64(at), Hi: uint64(end)})
		}
	}
	none := true
	for i, pc := range pieces {
		n := pc.Size
		if n < 0 {
			n = size
		}
		off := placed.offsets[i]
		if off < 0 || l.missing(pc) {
			continue
		}
		if off < at || n > size-off {
			return 0, fmt.Errorf("location of %d pieces doesn't fit its type", len(pieces))
		}
		if err := l.readPiece(value[off:off+n], pc, t, off); err != nil {
			return 0, err
		}
		gap(off)
		at, none = off+n, false
	}
	if none {
		return 0, errPart
	}
	gap(size)
	l.p.RelocatePointers(l.f.G, t, value)
	return l.p.Compose(value, gaps...), nil
}

// readPiece reads a piece of a value of type t, at offset off in it.
func (l *locator) readPiece(b []byte, pc debuginfo.Piece, t *gotypes.Type, off int64) error {
	switch pc.Kind {
	case debuginfo.InMemory:
		l.check(t, pc.Addr, off, int64(len(b)))
		return l.p.Mem.Read(b, pc.Addr)
	case debuginfo.InRegister:
		w, _ := l.f.Regs.Get(pc.Reg)
		l.fault = l.f.Regs.Fault
		if l.live != nil && l.f.Regs.Dead {
			l.use = min(l.use, lately)
		}
		return put(b, w)
	}
	return put(b, pc.Value)
}

// check notes whether the n bytes at addr, at offset off in t, hold pointers that aren't
// live.
func (l *locator) check(t *gotypes.Type, addr uint64, off, n int64) {
	switch {
	case l.live != nil && t != nil:
		l.use = min(l.use, l.live.part(l.p, t, addr, off, n))
	case l.p.TablesErr() != nil && t != nil && len(t.PointerWords()) > 0:
		l.use = dead // as far as is known
	}
}

// put stores the low bytes of w in b.
func put(b []byte, w uint64) error {
	if len(b) > gotypes.Word {
		return fmt.Errorf("%d bytes in one register", len(b))
	}
	for i := range b {
		b[i] = byte(w >> (8 * i))
	}
	return nil
}
