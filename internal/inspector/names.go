package inspector

import (
	"path"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// operandOf returns the value of an expression before a dot: of one for many, the first that is
// valid.
func (in *Inspector) operandOf(expr string) (v dump.Value, ok bool) {
	if !IsRows(expr) {
		r, err := in.Evaluate(expr)
		return r.Value, err == nil
	}
	const most = 100 // elements to look at
	tried := 0
	in.Rows(expr, func(r *Row) bool {
		if tried++; r.Err == nil && r.Value.Valid() && !r.Value.IsNil() {
			v, ok = r.Value, true
		}
		return !ok && tried < most
	}, func(int, int) bool { return ok || tried >= most })
	return v, ok
}

// Names returns the names that an expression may have in the selected frame: of its variables, and of
// the variables and constants of its package. If of isn't empty, it returns what may follow that
// expression and a dot: fields, or captured variables of a func value; or the variables and constants
// of the package of that name.
func (in *Inspector) Names(of string) (names []string) {
	f, pkg := in.frameOrNone()
	if of == "" {
		names = append(names, "panic")
		if f != nil {
			for _, v := range f.Vars() {
				names = append(names, v.Name)
			}
		}
		for name := range in.results.named {
			names = append(names, name)
		}
	} else if v, ok := in.operandOf(of); ok {
		return fieldNames(v)
	}
	declared := func(name string) { // with its import path
		dot := strings.LastIndexByte(name, '.')
		if from := name[:max(dot, 0)]; of == "" && from == pkg ||
			of != "" && from[strings.LastIndexByte(from, '/')+1:] == of {
			names = append(names, name[dot+1:])
		}
	}
	globals, _ := in.Globals()
	for i := range globals {
		declared(globals[i].Name)
	}
	for _, k := range in.knownConstants() {
		declared(k.Name)
	}
	return names
}

// fieldNames returns the names that may follow a value and a dot.
func fieldNames(v dump.Value) (names []string) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	t := v.Type()
	switch t.Kind() {
	case reflect.Pointer:
		t = t.Elem()
	case reflect.Chan:
		return []string{"buf"}
	case reflect.Func:
		if _, ok := v.Receiver(); ok {
			return []string{"receiver"}
		}
		if t = v.Closure().Type(); t.Kind() != reflect.Struct {
			return nil
		}
	}
	for i := range t.NumField() {
		name, _, _ := t.Field(i)
		if name == ".this" { // of a method value: source can't have this name
			name = "receiver"
		}
		names = append(names, name)
	}
	return names
}

// maxKeys bounds how many keys Keys returns.
const maxKeys = 10_000

// Keys returns the keys of a map, in their order, as they are written in an expression.
func (in *Inspector) Keys(of string) (keys []string) {
	v, ok := in.operandOf(of)
	if !ok {
		return nil
	}
	for range maxIndirection {
		if k := v.Kind(); k != reflect.Interface && k != reflect.Pointer || !v.Valid() || v.IsNil() {
			break
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Map || !v.Valid() {
		return nil
	}
	v = v.Sorted()
	for i := range min(v.Stored(), maxKeys) {
		key, _ := v.Entry(i)
		if text := KeyLiteral(key); text != "" {
			keys = append(keys, text)
		}
	}
	return keys
}

// Places returns what Function finds from a file: the functions of the files beside it, and the names
// of all source files, with a colon.
func (in *Inspector) Places(file string) (places []string) {
	for _, other := range in.Sources() {
		places = append(places, path.Base(other)+":")
		if path.Dir(other) == path.Dir(file) {
			places = append(places, in.Syntax(other).Functions()...)
		}
	}
	return places
}
