package gotypes

import (
	"debug/dwarf"
	"fmt"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/debuginfo"
)

// DebugType returns the type at off in the debug information. If the type has a runtime
// descriptor, as most types of local variables have, it is read from that, so that a type
// is the same however it is reached.
func (p *Process) DebugType(off dwarf.Offset) (*Type, error) {
	if t := p.dtypes[off]; t != nil {
		return t, nil
	}
	if p.Info == nil || off == 0 {
		return nil, caveat.Reason{Kind: caveat.TypeUnknown}
	}
	d, err := p.Info.Type(off)
	if err != nil {
		return nil, fmt.Errorf("type not known: %w", err)
	}
	if d.RuntimeType != 0 && p.moduleTypes != 0 {
		if t, err := p.RuntimeType(p.moduleTypes + d.RuntimeType); err == nil {
			p.dtypes[off] = t
			return t, nil
		}
	}
	t := &Type{Name: d.Name, Kind: d.Kind, Size: d.Size, Len: d.Len, Empty: d.EmptyInterface}
	if want := sizeOf(t.Kind); want != 0 {
		t.Size = want
	}
	p.dtypes[off] = t
	p.addIndex(t)
	t.resolve = func() { p.completeDebug(t, d) }
	return t, nil
}

func (p *Process) completeDebug(t *Type, d *debuginfo.Type) {
	ref := func(off dwarf.Offset) *Type {
		r, err := p.DebugType(off)
		if err != nil {
			return nil
		}
		return r
	}
	if d.Elem != 0 {
		t.elem = ref(d.Elem)
	}
	if d.Key != 0 {
		t.key = ref(d.Key)
	}
	if t.Kind == reflect.Map && t.key != nil && t.elem != nil {
		t.maps = groupLayout(p.debugGroup(d), t.key, t.elem)
	}
	if t.Kind == reflect.Struct {
		t.fields = make([]Field, len(d.Fields))
		for i, f := range d.Fields {
			t.fields[i] = Field{Name: f.Name, Type: ref(f.Type), Offset: f.Offset, Embedded: f.Embedded}
		}
	}
}

// debugGroup returns the type of the groups of a map. The linker describes each type of
// maps as a pointer to the runtime's struct, with its own types of tables and groups
// (cmd/link/internal/ld/dwarf.go, synthesizemaptypes).
func (p *Process) debugGroup(d *debuginfo.Type) *Type {
	off := d.Underlying
	for _, field := range []string{"dirPtr", "groups", "data"} {
		for {
			t, err := p.Info.Type(off)
			if err != nil {
				return nil
			}
			if t.Kind != reflect.Pointer {
				break
			}
			off = t.Elem
		}
		f, ok := p.Info.StructField(off, field)
		if !ok {
			return nil
		}
		off = f.Type
	}
	t, err := p.DebugType(off)
	if err != nil || t.Kind != reflect.Pointer {
		return nil
	}
	return t.Elem()
}

// typeNamed returns the type of that name in the debug information; nil if there is none.
func (p *Process) typeNamed(name string) *Type {
	if t, known := p.named[name]; known || p.Info == nil {
		return t
	}
	var t *Type
	if off, ok := p.Info.TypeByName(name); ok {
		t, _ = p.DebugType(off)
	}
	if p.named == nil {
		p.named = map[string]*Type{}
	}
	p.named[name] = t
	return t
}
