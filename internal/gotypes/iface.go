package gotypes

import (
	"fmt"
	"reflect"
)

// Dynamic returns the dynamic type of an interface value, given its two words, and the
// address of the value in it. A nil interface has no type. A pointer is stored in the data
// word itself, so its address is that of the word: addr+8.
func (p *Process) Dynamic(t *Type, addr, tab, data uint64) (*Type, uint64, error) {
	if tab == 0 {
		return nil, 0, nil
	}
	typ, err := p.DescriptorIn(t, tab)
	if err != nil {
		return nil, 0, &NoneError{"method table", tab}
	}
	dyn, err := p.RuntimeType(typ)
	if err != nil {
		return nil, 0, err
	}
	if dyn.Kind == reflect.Interface {
		return nil, 0, &NoneError{"type of a value", typ}
	}
	if dyn.Direct {
		return dyn, addr + word, nil
	}
	return dyn, data, nil
}

// DescriptorIn returns the address of the dynamic type's descriptor, given the first
// word of an interface value of type t.
func (p *Process) DescriptorIn(t *Type, tab uint64) (uint64, error) {
	if t.Empty {
		return tab, nil
	}
	return p.ReadWord(tab + p.lay.types.itabType)
}

// Func is the code that a func value calls.
type Func struct {
	PC       uint64
	Name     string
	File     string
	Line     int
	Captured *Type // struct of the captured variables, at the func value's address; nil if none or unknown

	// If debug information doesn't tell whether the closure holds the last variable itself or a
	// pointer to it, it is undecided in Captured, but is the last field of both of these.
	Holding, Pointing *Type
}

// Func reads the func value that points to addr.
func (p *Process) Func(addr uint64) (*Func, error) {
	pc, err := p.ReadWord(addr)
	if err != nil {
		return nil, err
	}
	if f := p.funcs[pc]; f != nil {
		return f, nil
	}
	f := &Func{PC: pc}
	if f.Name, f.File, f.Line = p.Symbolize(pc); f.Name == "" {
		return nil, fmt.Errorf("no function at %#x", pc)
	}
	if p.Info != nil {
		p.captured(f)
	}
	p.funcs[pc] = f
	return f, nil
}
