package debuginfo

import (
	"debug/dwarf"
	"strings"
)

// A Func is a function with code of its own.
type Func struct {
	Name       string // linker symbol style, as in DWARF: main.(*T).Method, main.F[go.shape.int], main.main.func1
	Entry, End uint64 // the code is Entry <= pc < End

	unit   *unit
	off    dwarf.Offset
	root   *scope // nil until needed
	strays []stray
	parts  []part                // see takeOutParts
	slots  map[int64][]slotOwner // see Call.Sharers; nil until needed

	borrowed map[declaration]bool // see Call.Borrowed; nil until needed
}

// Func returns the function whose code includes pc, a link-time address. It
// returns the same Func for all its addresses.
func (f *File) Func(pc uint64) (*Func, bool) {
	u := f.unitFor(pc)
	if u == nil {
		return nil, false
	}
	var r funcRange
	if !u.search(func(x *unitIndex) (ok bool) {
		r, ok = x.find(pc)
		return ok
	}) {
		return nil, false
	}
	fn := u.function(r)
	return fn, fn != nil
}

// function returns the Func at a range of the unit's index, nil if its entry
// cannot be read.
func (u *unit) function(r funcRange) *Func {
	if fn, ok := u.index.known[r.off]; ok {
		return fn
	}
	var fn *Func
	if e, err := u.file.entry(r.off); err == nil {
		name, _ := u.file.value(e, dwarf.AttrName).(string)
		fn = &Func{Name: name, Entry: r.low, End: r.high, unit: u, off: r.off}
	}
	u.index.known[r.off] = fn
	return fn
}

// FuncByName returns a function by its name in DWARF, such as "runtime.main". It searches
// the units of the package that the name starts with first, and all others only after
// that (a generic function is compiled where it is used).
func (f *File) FuncByName(name string) (*Func, bool) {
	if f.DWARFError() != nil {
		return nil, false
	}
	pkg := importPath(name)
	for _, own := range [...]bool{true, false} {
		for _, u := range f.units {
			if (u.isGo && u.name == pkg) != own {
				continue
			}
			var fn *Func
			if u.search(func(x *unitIndex) bool {
				fn = u.functionNamed(x.funcs, name)
				return fn != nil
			}) {
				return fn, true
			}
		}
	}
	return nil, false
}

// functionNamed returns the function of that name among ranges, or nil.
func (u *unit) functionNamed(ranges []funcRange, name string) *Func {
	for _, r := range ranges {
		// The scanner reads the name without a copy; only an instance of an abstract
		// entry has no name of its own.
		s := u.scan(r.off, 1)
		d, ok := s.next()
		if !ok {
			continue
		}
		if own := s.name(d); own != nil && string(own) != name {
			continue
		}
		if fn := u.function(r); fn != nil && fn.Name == name {
			return fn
		}
	}
	return nil
}

// FuncsBySuffix returns the functions of that name in all packages whose import path is
// the one in the name, or ends with it, as a vendored one does.
func (f *File) FuncsBySuffix(name string) []*Func {
	var found []*Func
	pkg := importPath(name)
	seen := map[string]bool{}
	for _, u := range f.units {
		if u.isGo && !seen[u.name] && (u.name == pkg || strings.HasSuffix(u.name, "/"+pkg)) {
			seen[u.name] = true
			if fn, ok := f.FuncByName(u.name + strings.TrimPrefix(name, pkg)); ok {
				found = append(found, fn)
			}
		}
	}
	return found
}
