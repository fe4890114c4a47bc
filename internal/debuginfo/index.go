package debuginfo

import (
	"cmp"
	"debug/dwarf"
	"slices"
	"sort"
)

// A unitIndex says where the functions and variables of a unit are.
//
// Go's linker puts all types of the program at the end of a unit of package runtime,
// whose functions are on every stack. So the index is made in two steps. The first goes
// up to the first type, which finds everything in what Go's linker writes. The rest is
// read only for a pc not found until then: another tool, dsymutil for one, may have
// changed the order.
type unitIndex struct {
	funcs []funcRange // by low
	vars  []dwarf.Offset
	names []dwarf.Offset // of constants
	known map[dwarf.Offset]*Func
	types scanner // at the first type, or at the end
	rest  scanner // where the second step starts
	whole bool
}

// A funcRange is a function with code.
type funcRange struct {
	low, high uint64
	off       dwarf.Offset
}

// indexed returns the unit's index, with at least the first step done.
func (u *unit) indexed() *unitIndex {
	if u.index == nil {
		u.index = &unitIndex{rest: u.scan(u.off, 0), known: map[dwarf.Offset]*Func{}}
		u.index.scan(true)
		u.index.types = u.index.rest
	}
	return u.index
}

// complete returns the unit's index, with both steps done.
func (u *unit) complete() *unitIndex {
	x := u.indexed()
	if !x.whole {
		x.scan(false)
	}
	return x
}

// search calls find with the unit's index after the first step, and if that returns
// false, once more with the complete index.
func (u *unit) search(find func(*unitIndex) bool) bool {
	if find(u.indexed()) {
		return true
	}
	return !u.index.whole && find(u.complete())
}

// scan adds the entries that follow, up to the first type or to the end.
func (x *unitIndex) scan(stopAtTypes bool) {
	for {
		before := x.rest
		d, ok := x.rest.next()
		if !ok {
			x.whole = true
			break
		}
		if d.depth != 1 {
			continue
		}
		switch d.abbrev.tag {
		case dwarf.TagSubprogram:
			x.addFunc(d)
			continue
		case dwarf.TagVariable:
			x.vars = append(x.vars, d.off)
			continue
		case dwarf.TagConstant:
			x.names = append(x.names, d.off)
			continue
		}
		if stopAtTypes && isTypeTag(d.abbrev.tag) {
			x.rest = before
			break
		}
	}
	slices.SortFunc(x.funcs, func(a, b funcRange) int { return cmp.Compare(a.low, b.low) })
}

// addFunc adds a function unless it is a declaration or abstract.
func (x *unitIndex) addFunc(d die) {
	low, _, ok := x.rest.number(d, dwarf.AttrLowpc)
	if !ok {
		return
	}
	high, isAddr, ok := x.rest.number(d, dwarf.AttrHighpc)
	if !ok {
		return
	}
	if !isAddr { // a constant means the size (DWARF 5, section 2.17.2)
		high += low
	}
	if low < high {
		x.funcs = append(x.funcs, funcRange{low, high, d.off})
	}
}

func (x *unitIndex) find(pc uint64) (funcRange, bool) {
	i := sort.Search(len(x.funcs), func(i int) bool { return x.funcs[i].low > pc })
	if i == 0 || pc >= x.funcs[i-1].high {
		return funcRange{}, false
	}
	return x.funcs[i-1], true
}

func isTypeTag(tag dwarf.Tag) bool {
	switch tag {
	case dwarf.TagBaseType, dwarf.TagTypedef, dwarf.TagPointerType, dwarf.TagStructType,
		dwarf.TagArrayType, dwarf.TagSubroutineType, dwarf.TagUnspecifiedType,
		dwarf.TagEnumerationType, dwarf.TagUnionType, dwarf.TagConstType, dwarf.TagVolatileType:
		return true
	}
	return false
}
