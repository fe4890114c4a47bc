package target

import (
	"debug/dwarf"
	"fmt"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/gotypes"
)

// gLayout holds the offsets of the fields of runtime.g that we read. They come from the
// debug information, as in every Go debugger; the field names are those of Go 1.24 to
// 1.27.
type gLayout struct {
	allgs uint64 // address of runtime.allgs

	size           int64
	lo, hi, sp, pc int64
	status, goid   int64

	// Stacks can be read without the following. -1 is a field that isn't there.
	syscallsp, syscallpc          int64
	lr, waitsince, waitreason     int64
	parent, gopc, startpc, labels int64
	seq, panics, secret           int64
	m, procid, gsignal            int64 // the latter two in runtime.m

	blocked blockedLayout
}

// neededFields is how many of the fields, counted from the first, must be there.
const neededFields = 6

// gField is a field of runtime.g, or a field of one of its fields.
type gField struct {
	offset *int64 // gets its offset
	path   [2]string
}

func (l *gLayout) fields() []gField {
	return []gField{
		{&l.lo, [2]string{"stack", "lo"}}, {&l.hi, [2]string{"stack", "hi"}},
		{&l.sp, [2]string{"sched", "sp"}}, {&l.pc, [2]string{"sched", "pc"}},
		{&l.status, [2]string{"atomicstatus"}}, {&l.goid, [2]string{"goid"}},
		{&l.syscallsp, [2]string{"syscallsp"}}, {&l.syscallpc, [2]string{"syscallpc"}},
		{&l.lr, [2]string{"sched", "lr"}},
		{&l.waitsince, [2]string{"waitsince"}}, {&l.waitreason, [2]string{"waitreason"}},
		{&l.parent, [2]string{"parentGoid"}}, {&l.gopc, [2]string{"gopc"}},
		{&l.startpc, [2]string{"startpc"}}, {&l.labels, [2]string{"labels"}},
	}
}

// gLayout returns the layout of runtime.g, looked up once.
func (p *Process) gLayout() (*gLayout, error) {
	if p.gl != nil {
		return p.gl, nil
	}
	if p.Info == nil {
		return nil, p.InfoErr
	}
	addr, typ, err := p.Global("runtime.allgs")
	if err != nil {
		return nil, err
	}
	g, err := p.ElementOf(typ, 2) // []*g, *g
	if err != nil {
		return nil, err
	}
	t, err := p.Info.Type(g)
	if err != nil {
		return nil, err
	}
	l := &gLayout{allgs: addr, size: t.Size}
	if err := p.findFields(l, g); err != nil {
		return nil, err
	}
	p.gl = l
	return l, nil
}

// findFields finds the fields of a layout in the type at g in the debug information.
func (p *Process) findFields(l *gLayout, g dwarf.Offset) error {
	for i, f := range l.fields() {
		var err error
		*f.offset, err = gotypes.FieldOffset(p.Info, "runtime.g", g, f.path)
		switch {
		case err == nil && *f.offset+word > l.size:
			return fmt.Errorf("runtime.g not recognised: field %s at %d of %d bytes", f.path[0], *f.offset, l.size)
		case err != nil && i < neededFields:
			return err
		case err != nil:
			p.gErrs = append(p.gErrs, err)
		}
	}
	// trackingSeq counts how often the goroutine has stopped running, modulo 256.
	l.seq, _ = gotypes.FieldOffset(p.Info, "runtime.g", g, [2]string{"trackingSeq"})
	l.panics, _ = gotypes.FieldOffset(p.Info, "runtime.g", g, [2]string{"_panic"})
	l.secret, _ = gotypes.FieldOffset(p.Info, "runtime.g", g, [2]string{"secret"}) // since Go 1.26
	l.blocked = newBlockedLayout(p.Info, g, l.size)
	p.gErrs = append(p.gErrs, l.blocked.err, l.threads(p.Info, g))
	return nil
}

// threads finds the fields that lead from a goroutine to its thread.
func (l *gLayout) threads(info *debuginfo.File, g dwarf.Offset) error {
	l.m = -1
	f, ok := info.StructField(g, "m")
	if !ok {
		return fmt.Errorf("runtime.g not recognised: no field m")
	}
	t, err := info.Type(f.Type)
	if err != nil {
		return err
	}
	if l.procid, err = gotypes.FieldOffset(info, "runtime.m", t.Elem, [2]string{"procid"}); err != nil {
		return err
	}
	if l.gsignal, err = gotypes.FieldOffset(info, "runtime.m", t.Elem, [2]string{"gsignal"}); err != nil {
		return err
	}
	l.m = f.Offset
	return nil
}
