package target

import "strings"

// caught is a variable that a closure has captured by value, and uses still.
type caught struct {
	by     string // the closure's function
	entry  uint64 // its first instruction
	offset int64  // of the variable among what it captured
	v      Variable
}

// maxCaught bounds the variables that are compared with what a closure captured,
// in bytes.
const maxCaught = 1 << 10

// caught reports whether a closure that runs uses a variable that the frame
// itself won't use any more, such as the body of a loop over a func. What it
// captured by value never changes, and has been in use ever since. If the closure
// is in the frame it can't outlive it, and where the function runs only once it was
// made in this very call: then it has what the variable had. Optimised code may not
// know of all variables of a name.
func (l *locator) caught(v *Variable) bool {
	f := l.f
	if len(f.g.caught) == 0 || f.Optimized || !f.call.Unique(v.Name) {
		return false
	}
	frame := l.p.only(f)
	if frame == nil || v.Type.Size < 0 || v.Type.Size > maxCaught {
		return false
	}
	value := make([]byte, v.Type.Size)
	if l.p.Mem.Read(value, v.Addr) != nil {
		return false
	}
	for i := range f.g.caught {
		c := &f.g.caught[i]
		if c.v.Name == v.Name && c.v.Type == v.Type && literalOf(c.by, f.Func) &&
			l.p.Holds(c.v.Addr, value) && l.p.keeps(frame, c, value) {
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

// only returns the frame as the collector sees it if it is the function's only
// one on the stack; nil if it isn't, or if that isn't known.
func (p *Process) only(f *Frame) *physFrame {
	var found *physFrame
	for i := range f.g.phys {
		at := &f.g.phys[i]
		fn := p.site(at.pc - 1).fn
		switch {
		case fn == nil, fn.Name == f.Func && found != nil:
			return nil
		case fn.Name == f.Func:
			found = at
		}
		if i == len(f.g.phys)-1 && !outermost[fn.Name] {
			return nil
		}
	}
	return found
}

// keeps reports whether a frame has a closure on the stack: its code, and value
// among what it captured.
func (p *Process) keeps(frame *physFrame, c *caught, value []byte) bool {
	for at := frame.sp; at < frame.cfa; at += word {
		if code, err := p.ReadWord(at); err == nil && code == c.entry && p.Holds(at+uint64(c.offset), value) {
			return true
		}
	}
	return false
}
