package target

// InC makes the system stack of the thread that runs g unreadable. If C has called
// Go, frames of C's are on it; when that panics, the runtime goes on where it was
// before the call, over those frames (runtime/cgocall.go, unwindm).
func (p *Process) InC(g *Goroutine) {
	at := g.addr
	for _, f := range [...]struct{ typ, field string }{{"runtime.g", "m"}, {"runtime.m", "g0"}} {
		off, ok := p.offset(f.typ, f.field)
		if !ok {
			return
		}
		if at, _ = p.ReadWord(at + off); at == 0 {
			return
		}
	}
	off, ok := p.offset("runtime.g", "stack")
	if !ok {
		return
	}
	lo, err := p.ReadWord(at + off)
	hi, err2 := p.ReadWord(at + off + word)
	if err == nil && err2 == nil && lo < hi {
		p.layers.system = span{lo: lo, hi: hi}
	}
}
