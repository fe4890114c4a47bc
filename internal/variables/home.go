package variables

import (
	"reflect"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
)

// hasHome reports whether a variable of optimised code is in memory as a whole, at a place
// that is its own, so that it has its current value there.
//
// The location alone doesn't say so: one piece in memory may be the only word of a variable
// that is kept. But some variables are never split into words:
//
//   - A variable whose address is taken, by a closure that assigns to it or otherwise, is a
//     stack object if it has pointers. The collector has a table of their places and sizes
//     (cmd/compile/internal/liveness, emitStackObjects), and no other variable ever has such
//     a place (cmd/compile/internal/ssa, IsMergeCandidate).
//   - A result is in memory if its address is taken or deferred calls can see it
//     (cmd/compile/internal/ssagen, addNamedValue).
//   - A type that the compiler can't split is in memory. If it has more than three words, it
//     may share its place with others. A parameter's place may be the caller's.
func (l *locator) hasHome(v *scopeVar, t *gotypes.Type, pieces []debuginfo.Piece) bool {
	if len(pieces) != 1 || !inMemory(pieces[0]) || pieces[0].Size >= 0 {
		return false
	}
	if l.live.object(pieces[0].Addr, t.Size) || v.Kind == debuginfo.Result && !l.f.Inlined {
		return true
	}
	return (v.Kind != debuginfo.Param || l.f.Inlined) && t.Size <= 3*gotypes.Word && !divisible(t)
}

// object reports whether a stack object begins at addr that has that size in bytes.
func (l *liveSet) object(addr uint64, size int64) bool {
	if l == nil {
		return false
	}
	for _, o := range l.objects {
		if o.lo == addr && o.hi-o.lo == uint64(size) {
			return true
		}
	}
	return false
}

// maxFields is how many fields the compiler splits a struct into.
const maxFields = 4

// divisible reports whether the compiler may keep parts of a value of type t apart
// (cmd/compile/internal/ssa/value.go, CanSSA), as it may if the type isn't known.
func divisible(t *gotypes.Type) bool {
	switch {
	case t == nil || t.Size == 0:
		return true
	case t.Kind == reflect.Array:
		return t.Len <= 1 && divisible(t.Elem())
	case t.Kind == reflect.Struct:
		fields := t.Fields()
		if len(fields) > maxFields && t.Size > gotypes.Word { // a pointer and nothing else is one word
			return false
		}
		for _, f := range fields {
			if !divisible(f.Type) {
				return false
			}
		}
	}
	return true
}
