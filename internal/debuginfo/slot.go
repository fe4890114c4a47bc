package debuginfo

import (
	"bytes"
	"debug/dwarf"
	"maps"
	"slices"
)

// When a value has two names, as after x := y, the compiler puts it where one of them has
// its place on the stack (cmd/compile/internal/ssa/stackalloc.go). The description of the
// other variable still points there after its last use, whatever the first one is set to.
// This file finds such places.

// slotOwner is a variable that has a place on the stack at some time.
type slotOwner struct {
	name string
	line int
	typ  dwarf.Offset
	home *scope // the function, or the inlined call
	list []byte // its location list, as it is in the file
}

// Sharer is a variable that shares its place on the stack with another one.
type Sharer struct {
	Name string
	Line int    // of its declaration; 0 of a parameter of an inlined function
	Func string // as Call.Name, of the function that declares it
}

// Sharers returns the variables with which a variable shares its place on the stack, if
// it is where expr says, an expression of its location list. It returns none if the
// variable has the place for itself. certain reports that they are of the same type. Then
// nothing else has the place: the compiler gives it to values that have one of these names
// (cmd/compile/internal/ssa/stackalloc.go). So it has held one value all the time, unless
// one of the variables was assigned again: a variable's list doesn't show that.
//
// A parameter of an inlined call with the same list counts as the variable that was
// passed: parameters are hardly ever assigned to.
func (c *Call) Sharers(v *Variable, expr []byte) (sharers []Sharer, certain bool) {
	if c.fn.slots == nil {
		c.fn.slots = c.fn.sharedSlots()
	}
	certain = true
	if len(c.fn.slots) == 0 {
		return nil, certain
	}
	list, _ := v.eachLocation(func([]byte) {})
	eachSlot(expr, func(slot int64) {
		for _, o := range c.fn.slots[slot] {
			if o.name == v.Name && o.line == v.DeclLine || o.line == 0 && bytes.Equal(o.list, list) {
				continue
			}
			sharers = append(sharers, Sharer{o.name, o.line, c.fn.name(o.home)})
			lent := c.scope.inlined() && c.fn.borrowedLines()[declaration{o.home, o.line}] // and passed to the call
			certain = certain && o.typ == v.Type && !lent
		}
	})
	return sharers, certain
}

// name returns the name of the function, or of the one that is inlined in a scope of it.
func (fn *Func) name(s *scope) string {
	if !s.inlined() {
		return fn.Name
	}
	name, _ := fn.unit.file.value(s.entry, dwarf.AttrName).(string)
	return name
}

// sharedSlots returns the places on the function's stack that more than one variable has.
// It never returns nil.
func (fn *Func) sharedSlots() map[int64][]slotOwner {
	owners := map[int64][]slotOwner{}
	var look func(s, home *scope)
	look = func(s, home *scope) {
		if s.inlined() {
			home = s
		}
		for _, e := range s.vars {
			v := fn.unit.variable(e, 0)
			o := slotOwner{name: v.Name, line: v.DeclLine, typ: v.Type, home: home}
			var slots []int64
			o.list, _ = v.eachLocation(func(expr []byte) {
				eachSlot(expr, func(slot int64) { slots = append(slots, slot) })
			})
			slices.Sort(slots)
			for _, slot := range slices.Compact(slots) {
				owners[slot] = append(owners[slot], o)
			}
		}
		for _, k := range s.kids {
			look(k, home)
		}
	}
	look(fn.scopes(), fn.scopes())
	maps.DeleteFunc(owners, func(_ int64, at []slotOwner) bool {
		return !slices.ContainsFunc(at, func(o slotOwner) bool { return o.name != at[0].name || o.line != at[0].line })
	})
	return owners
}

// each calls visit for the scope and all scopes in it.
func (s *scope) each(visit func(*scope)) {
	visit(s)
	for _, k := range s.kids {
		k.each(visit)
	}
}

// eachSlot calls visit for the places on the stack in an expression, as offsets from the
// call-frame address.
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

// InRegister reports whether the variable is ever in a register, even if for no
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
// returns the list as it is in the file; nil if there is none.
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
