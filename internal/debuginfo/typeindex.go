package debuginfo

import "debug/dwarf"

// Go's linker puts the types of all packages into one unit of package runtime
// (cmd/link/internal/ld, movetomodule), after its functions and variables.
// Types local to functions, .param0 and so on, are inside the functions.

// TypeByName returns the entry of a type by its qualified name, such as "runtime.g". It
// steps over the program's types until it finds it, at a few tens of nanoseconds each.
// Where a variable such as runtime.allgs has the type, taking it from there is cheaper.
func (f *File) TypeByName(name string) (off dwarf.Offset, ok bool) {
	f.eachType(func(s *scanner, d die) bool {
		// A named type has two entries of its name, which make the same Type: a typedef
		// and the definition that it refers to.
		if sameName(s.name(d), name) {
			off, ok = d.off, true
		}
		return !ok
	})
	return off, ok
}

// TypesByName does what TypeByName does for several names at once, at the cost of one.
// Names that aren't found are left out.
func (f *File) TypesByName(names ...string) map[string]dwarf.Offset {
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	found := map[string]dwarf.Offset{}
	f.eachType(func(s *scanner, d die) bool {
		if name := s.name(d); wanted[string(name)] {
			found[string(name)] = d.off
			delete(wanted, string(name))
		}
		return len(wanted) > 0
	})
	return found
}

// eachType calls visit for the program's types until it returns false.
func (f *File) eachType(visit func(*scanner, die) bool) {
	for _, u := range f.packageUnits("runtime") {
		s := u.indexed().types
		for {
			d, ok := s.next()
			if !ok {
				break
			}
			if d.depth == 1 && isTypeTag(d.abbrev.tag) && !visit(&s, d) {
				return
			}
		}
	}
}
