package gotypes

import "reflect"

// Made makes a type that was read elsewhere than from a process. parts returns its element
// and key types and its fields; it is called when they are first asked for.
func Made(name string, kind reflect.Kind, size, length int64, parts func() (elem, key *Type, fields []Field)) *Type {
	t := &Type{Name: name, Kind: kind, Size: size, Len: length}
	t.resolve = func() { t.elem, t.key, t.fields = parts() }
	return t
}
