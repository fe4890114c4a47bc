package inspector

import (
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

// Names returns the names of the variables in the selected frame and its package. If of
// isn't empty, it returns the names of that expression's fields, or of that package's
// variables.
func (in *Inspector) Names(of string) (names []string) {
	f, pkg := in.frameOrNone()
	if of == "" {
		names = append(names, "panic")
		if f != nil {
			for _, v := range f.Vars() {
				names = append(names, v.Name)
			}
		}
	} else if v, ok := in.operandOf(of); ok {
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		t := v.Type()
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for i := range t.NumField() {
			name, _, _ := t.Field(i)
			names = append(names, name)
		}
		return names
	}
	globals, _ := in.Globals()
	for i := range globals {
		dot := strings.LastIndexByte(globals[i].Name, '.')
		if from := globals[i].Name[:max(dot, 0)]; of == "" && from == pkg ||
			of != "" && from[strings.LastIndexByte(from, '/')+1:] == of {
			names = append(names, globals[i].Name[dot+1:])
		}
	}
	return names
}
