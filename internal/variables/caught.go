package variables

import (
	"strings"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// caught is a variable that a closure has captured by value and still uses.
type caught struct {
	by     string // the closure's function
	entry  uint64 // its first instruction
	offset int64  // of the variable in the closure
	v      Variable
}

// maxCaught bounds the size in bytes of a variable that is compared with a captured one.
const maxCaught = 1 << 10

// caught reports whether a running closure uses a variable that the frame itself won't use
// any more, as the body of a loop over a func may. A value captured by a closure never
// changes, and has been in use ever since. A closure in the frame can't outlive it; if the
// function is on the stack only once, the closure was made in this very call, so it has
// the variable's value. Optimised code is left out: its debug information may not list all
// variables of a name.
func (l *locator) caught(v *Variable) bool {
	f := l.f
	if len(l.g.caught) == 0 || f.Optimized || !f.Call.Unique(v.Name) {
		return false
	}
	frame := only(l.p, f)
	if frame == nil || v.Type.Size < 0 || v.Type.Size > maxCaught {
		return false
	}
	value := make([]byte, v.Type.Size)
	if l.p.Mem.Read(value, v.Addr) != nil {
		return false
	}
	for i := range l.g.caught {
		c := &l.g.caught[i]
		if c.v.Name == v.Name && c.v.Type == v.Type && literalOf(c.by, f.Func) &&
			l.p.Holds(c.v.Addr, value) && keeps(l.p, frame, c, value) {
			return true
		}
	}
	return false
}

// literalOf reports whether inner is the name of a func literal or loop body in
// the function outer.
func literalOf(inner, outer string) bool {
	rest, ok := strings.CutPrefix(inner, outer)
	return ok && strings.LastIndexAny(rest, ".-") == 0
}

// only returns the frame as the collector sees it, if it is the function's only frame on
// the stack; nil if it isn't, or if that isn't known.
func only(p *target.Process, f *target.Frame) *target.PhysFrame {
	var found *target.PhysFrame
	for i := range f.G.Phys {
		at := &f.G.Phys[i]
		fn := p.FuncAt(at.PC - 1)
		switch {
		case fn == nil, fn.Name == f.Func && found != nil:
			return nil
		case fn.Name == f.Func:
			found = at
		}
		if i == len(f.G.Phys)-1 && !target.Outermost(fn.Name) {
			return nil
		}
	}
	return found
}

// keeps reports whether a frame has the closure on the stack: its code, and value among
// the captured values.
func keeps(p *target.Process, frame *target.PhysFrame, c *caught, value []byte) bool {
	for at := frame.SP; at < frame.CFA; at += gotypes.Word {
		if code, err := p.ReadWord(at); err == nil && code == c.entry && p.Holds(at+uint64(c.offset), value) {
			return true
		}
	}
	return false
}
