package target

import (
	"debug/dwarf"
	"slices"

	"coredumpy/internal/gotypes"
)

// Package runtime/secret erases what a function given to Do leaves behind: its part of the
// stack, and what it allocates. The runtime marks such an allocation with a special record in
// its span. The names are those of Go 1.26 and 1.27 (runtime/secret/secret.go,
// runtime/secret.go, runtime/mheap.go).

// SecretDo is the function that runs another one in secret.
const (
	secretPackage = "runtime/secret"
	SecretDo      = secretPackage + ".Do"
)

// Secret reports whether the goroutine is inside of [SecretDo].
func (p *Process) Secret(g *Goroutine) bool {
	return p.gl != nil && p.gl.secret >= 0 && p.gl.secret+4 <= p.gl.size && le32(g.state[p.gl.secret:]) > 0
}

// SecretMemory reports whether addr is in an object that was allocated inside of [SecretDo].
func (p *Process) SecretMemory(addr uint64) bool {
	if p.spans == nil || len(p.spans.secret) == 0 {
		return false
	}
	s := find(p.spans.heap, addr)
	return s != nil && p.spans.secret[s.slot(addr)]
}

// slot returns the address of the object in the span that holds addr.
func (s *span) slot(addr uint64) uint64 { return addr - (addr-s.lo)%s.size }

// specialLayout holds the offsets of the field specials of runtime.mspan, and of the fields of
// runtime.special.
type specialLayout struct {
	specials, next, offset, kind int64
}

// specialLayout finds the fields, from the type of runtime.mspan. It returns nil in a program
// that has nothing secret.
func (p *Process) specialLayout(mspan dwarf.Offset) *specialLayout {
	if !slices.Contains(p.Info.Packages(), secretPackage) {
		return nil // without a search of all units for the function
	}
	if _, ok := p.Info.FuncByName(SecretDo); !ok {
		return nil
	}
	f, ok := p.Info.StructField(mspan, "specials")
	if !ok {
		return nil
	}
	typ, err := p.ElementOf(f.Type, 1)
	l := &specialLayout{specials: f.Offset}
	for name, off := range map[string]*int64{"next": &l.next, "offset": &l.offset, "kind": &l.kind} {
		if err == nil {
			*off, err = gotypes.FieldOffset(p.Info, "runtime.special", typ, [2]string{name})
		}
	}
	if err != nil {
		p.gErrs = append(p.gErrs, err)
		return nil
	}
	return l
}

// maxSpecials bounds how many records of a span are read: memory that is changing may form a
// cycle.
const maxSpecials = 1 << 20

// addSecrets notes the secret objects of the span s, whose first special record is at addr.
func (p *Process) addSecrets(t *spanTable, l *specialLayout, s *span, addr uint64) {
	raw := make([]byte, max(l.next, l.offset, l.kind)+word)
	for range maxSpecials {
		if addr == 0 || p.layers.base.Read(raw, addr) != nil {
			return
		}
		if off := le64(raw[l.offset:]); uint64(raw[l.kind]) == p.states.specialSecret && off < s.hi-s.lo {
			if t.secret == nil {
				t.secret = make(map[uint64]bool)
			}
			t.secret[s.slot(s.lo+off)] = true
		}
		addr = le64(raw[l.next:])
	}
}
