package debuginfo

import (
	"slices"
)

// When a value has two names, as x has that is set by x := y, the compiler puts it
// where one of them has its place on the stack (cmd/compile/internal/ssa/stackalloc.go).
// The description of the other goes on to point there after nothing uses it any more,
// whatever the first is set to. Such places are what is looked for here.

// SharesPlace reports whether a variable that is where expr says, an expression of its
// location list, is at a place on the stack that may be another's: of a variable of the
// function, or of what is inlined there, that is somewhere else at other times.
func (c *Call) SharesPlace(expr []byte) (shares bool) {
	if c.fn.slots == nil {
		c.fn.slots = c.fn.sharedSlots()
	}
	if len(c.fn.slots) == 0 {
		return false
	}
	eachSlot(expr, func(slot int64) {
		_, found := slices.BinarySearch(c.fn.slots, slot)
		shares = shares || found
	})
	return shares
}

// sharedSlots returns the places on the function's stack that variables have whose
// location lists differ, sorted and not nil. Variables with one list are one value.
func (fn *Func) sharedSlots() []int64 {
	shared := []int64{}
	owners := map[int64]*Variable{} // the first variable at a place
	fn.scopes().each(func(s *scope) {
		for _, e := range s.vars {
			v := fn.unit.variable(e, 0)
			v.eachLocation(func(expr []byte) {
				eachSlot(expr, func(slot int64) {
					if first, ok := owners[slot]; !ok {
						owners[slot] = &v
					} else if first.Name != v.Name || first.DeclLine != v.DeclLine {
						shared = append(shared, slot)
					}
				})
			})
		}
	})
	slices.Sort(shared)
	return slices.Clip(slices.Compact(shared))
}

// each calls visit for the scope and all in it.
func (s *scope) each(visit func(*scope)) {
	visit(s)
	for _, k := range s.kids {
		k.each(visit)
	}
}

// eachSlot calls visit for the places on the stack that an expression has, as offsets
// from the call-frame address.
func eachSlot(expr []byte, visit func(int64)) {
	for c := (cursor{data: expr}); !c.end(); {
		switch o, err := readOperation(&c); {
		case err != nil:
			return
		case o.code == opFbreg:
			visit(o.s)
		case o.code == opCallFrameCFA:
			visit(0)
		}
	}
}

// InRegister reports whether the variable is ever in a register, if only for no
// instruction.
func (v *Variable) InRegister() (found bool) {
	_, err := v.eachLocation(func(expr []byte) {
		for c := (cursor{data: expr}); !c.end(); {
			o, err := readOperation(&c)
			found = found || err != nil || opReg0 <= o.code && o.code <= opReg31 || o.code == opRegx
			if err != nil {
				return
			}
		}
	})
	return found || err != nil
}

// eachLocation calls visit for the expressions of the variable's location list, and
// returns the list as it is in the file; nil if it has none.
func (v *Variable) eachLocation(visit func(expr []byte)) (list []byte, err error) {
	defer recoverTo(&err)
	if v.entry == nil {
		return nil, nil
	}
	off, ok, err := v.list()
	if err != nil || !ok {
		return nil, err
	}
	data, err := v.unit.lists()
	if err != nil {
		return nil, err
	}
	if v.unit.version < 5 {
		r := listReader4{c: cursorAt(data, off)}
		for r.next() {
			visit(r.expr)
		}
		if !r.c.ok() {
			return nil, errTruncated
		}
		return data[off:r.c.pos], nil
	}
	for r := (listReader{c: cursorAt(data, off), base: v.unit.low, address: v.unit.address}); ; {
		kind, err := r.entry()
		switch {
		case err != nil:
			return nil, err
		case kind == lleEndOfList:
			return data[off:r.c.pos], nil
		case r.expr != nil:
			visit(r.expr)
		}
	}
}
