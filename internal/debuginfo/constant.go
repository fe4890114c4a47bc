package debuginfo

import (
	"debug/dwarf"
	"strings"
)

// Constant is a named constant of an integer type. Value is its 64 bits.
type Constant struct {
	Name  string // without the package
	Value int64
	Type  dwarf.Offset
}

// Constants returns the constants of the named type that the type's package declares, in
// the order of their declarations: the compiler describes those of packages, and no
// others. A function may have a type of the same name, to which they don't belong.
func (f *File) Constants(typeName string) []Constant {
	dot := strings.LastIndexByte(typeName, '.')
	if dot < 0 {
		return nil
	}
	var found []Constant
	is := map[dwarf.Offset]bool{}
	for _, u := range f.packageUnits(typeName[:dot]) {
		for _, off := range u.complete().names {
			e, err := f.entry(off)
			if err != nil {
				continue
			}
			typ, _ := f.value(e, dwarf.AttrType).(dwarf.Offset)
			wanted, known := is[typ]
			if !known {
				t, err := f.Type(typ)
				wanted = err == nil && t.Name == typeName
				is[typ] = wanted
			}
			name, _ := f.value(e, dwarf.AttrName).(string)
			value, ok := f.value(e, dwarf.AttrConstValue).(int64)
			if name = name[strings.LastIndexByte(name, '.')+1:]; wanted && ok && name != "" && name != "_" {
				found = append(found, Constant{name, value, typ})
			}
		}
	}
	return found
}

// PackageConstants returns the constants that a package declares, in the order of their
// declarations. Untyped ones have type int if they fit.
func (f *File) PackageConstants(pkg string) []Constant {
	var found []Constant
	for _, u := range f.packageUnits(pkg) {
		for _, off := range u.complete().names {
			e, err := f.entry(off)
			if err != nil {
				continue
			}
			typ, _ := f.value(e, dwarf.AttrType).(dwarf.Offset)
			name, _ := f.value(e, dwarf.AttrName).(string)
			value, ok := f.value(e, dwarf.AttrConstValue).(int64)
			if name = name[strings.LastIndexByte(name, '.')+1:]; ok && name != "" && name != "_" {
				found = append(found, Constant{name, value, typ})
			}
		}
	}
	return found
}

// ConstantsByName returns the values of integer constants by their qualified names, such
// as "runtime._Gwaiting". Those that don't exist are left out.
func (f *File) ConstantsByName(names ...string) map[string]int64 {
	packages, found := map[string]map[string]bool{}, map[string]int64{}
	for _, name := range names {
		pkg := name[:max(strings.LastIndexByte(name, '.'), 0)]
		if packages[pkg] == nil {
			packages[pkg] = map[string]bool{}
		}
		packages[pkg][name] = true
	}
	for pkg, wanted := range packages {
		for _, u := range f.packageUnits(pkg) {
			for _, off := range u.indexed().names {
				s := u.scan(off, 1)
				d, ok := s.next()
				if !ok || !wanted[string(s.name(d))] {
					continue
				}
				if v, _, ok := s.number(d, dwarf.AttrConstValue); ok {
					found[string(s.name(d))] = int64(v)
				}
			}
		}
	}
	return found
}
