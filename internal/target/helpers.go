package target

import (
	"math"
	"reflect"
	"runtime"

	"coredumpy/internal/gotypes"
)

// Package testing keeps, for each test, where Helper was called: return addresses in
// the field helperPCs of testing.common, a map[uintptr]struct{} (testing.go, Go 1.24
// to 1.27).

const (
	maxParents = 64   // of a test
	maxHelpers = 4096 // functions of one test that have called Helper
	maxTestIn  = 4    // how deep a test may be nested in its wrappers
)

// Helpers adds to names the functions that called Helper of a test or of one of its
// parents. The test is the value of type t at addr, or that value points to it or embeds
// it. If there is no test in the value, Helpers adds none.
func (p *Process) Helpers(names map[string]bool, t *gotypes.Type, addr uint64) {
	p.helpers(names, t, addr, maxTestIn)
}

func (p *Process) helpers(names map[string]bool, t *gotypes.Type, addr uint64, depth int) {
	if t == nil || depth == 0 {
		return
	}
	switch t.Kind {
	case reflect.Interface:
		h, err := p.ReadPair(addr)
		if err != nil {
			return
		}
		if dyn, at, err := p.Dynamic(t, addr, h[0], h[1]); err == nil {
			p.helpers(names, dyn, at, depth)
		}
	case reflect.Pointer:
		if to, err := p.PointerAt(addr); err == nil && to != 0 && t.Elem() != nil && t.Elem().Kind == reflect.Struct {
			p.helpers(names, t.Elem(), to, depth)
		}
	case reflect.Struct:
		if t.Name == "testing.common" {
			p.helpersOf(names, t, addr)
			return
		}
		for _, f := range t.Fields() {
			if f.Embedded {
				p.helpers(names, f.Type, addr+uint64(f.Offset), depth-1)
			}
		}
	}
}

// helpersOf is Helpers for the testing.common at addr.
func (p *Process) helpersOf(names map[string]bool, common *gotypes.Type, addr uint64) {
	pcs, ok1 := common.Field("helperPCs")
	parent, ok2 := common.Field("parent")
	if !ok1 || !ok2 || pcs.Type.Kind != reflect.Map || pcs.Type.Key() == nil || pcs.Type.Key().Size != word {
		return
	}
	for range maxParents {
		if m, err := p.PointerAt(addr + uint64(pcs.Offset)); err == nil && m != 0 {
			// On an error, keep what was read before it.
			_ = p.MapEntries(pcs.Type, m, func(e *gotypes.Entry) bool {
				if name := p.funcAt(le64(e.Key)); name != "" {
					names[name] = true
				}
				return len(names) < maxHelpers
			})
		}
		to, err := p.PointerAt(addr + uint64(parent.Offset))
		if err != nil || to == 0 {
			return
		}
		addr = to
	}
}

// funcAt returns the name of the innermost function at a return address; "" if pc isn't
// one.
func (p *Process) funcAt(pc uint64) string {
	if p.Info != nil {
		if s := p.site(pc - 1); len(s.calls) > 0 {
			return s.calls[0].Name
		}
		return ""
	}
	if !p.Own || pc > math.MaxInt64 {
		return ""
	}
	f, _ := runtime.CallersFrames([]uintptr{uintptr(pc)}).Next()
	return f.Function
}
