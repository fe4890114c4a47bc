package debuginfo

import "debug/dwarf"

// Go's linker puts the types of all packages into one unit of package runtime
// (cmd/link/internal/ld, movetomodule), after its functions and variables.
// Types local to functions, .param0 and so on, are inside the functions.

// TypeByName returns the entry of a type by its qualified name, such as
// "runtime.g". It steps over the program's types until it finds it, at a few
// tens of nanoseconds each; where a type can be had from a variable, as that of
// runtime.allgs, that is cheaper.
func (f *File) TypeByName(name string) (off dwarf.Offset, ok bool) {
	f.eachType(func(s *scanner, d die) bool {
		// Of a named type there are two entries of that name, which make the
		// same Type: a typedef and the definition it refers to.
		if sameName(s.name(d), name) {
			off, ok = d.off, true
		}
		return !ok
	})
	return off, ok
}

// TypeByRuntimeType returns the entry of the type whose runtime type is at an
// offset from runtime.types, as Type.RuntimeType has it. The first call reads
// the program's types.
func (f *File) TypeByRuntimeType(rtype uint64) (dwarf.Offset, bool) {
	if rtype == 0 {
		return 0, false
	}
	if f.typeDIEs == nil {
		f.typeDIEs = map[uint64]dwarf.Offset{}
		f.eachType(func(s *scanner, d die) bool {
			if v, _, ok := s.number(d, attrGoRuntimeType); ok && v != 0 {
				if _, ok := f.typeDIEs[v]; !ok {
					f.typeDIEs[v] = d.off
				}
			}
			return true
		})
	}
	off, ok := f.typeDIEs[rtype]
	return off, ok
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
