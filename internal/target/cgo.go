package target

// InC makes the system stack of the thread that runs g unreadable. If C has called Go,
// that stack has frames of C; when the Go function panics, the runtime goes on where it
// was before the call, over those frames (runtime/cgocall.go, unwindm).
func (p *Process) InC(g *Goroutine) {
	at := g.addr
	for _, f := range [...]struct{ typ, field string }{{"runtime.g", "m"}, {"runtime.m", "g0"}} {
		off, err := p.Offset(f.typ, f.field)
		if err != nil {
			return
		}
		if at, _ = p.ReadWord(at + off); at == 0 {
			return
		}
	}
	off, err := p.Offset("runtime.g", "stack")
	if err != nil {
		return
	}
	if s, err := p.ReadPair(at + off); err == nil && s[0] < s[1] {
		p.layers.system = Range{s[0], s[1]}
	}
}
