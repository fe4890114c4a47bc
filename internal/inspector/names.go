package inspector

import (
	"reflect"
	"strings"
)

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
	} else if r, err := in.Evaluate(of); err == nil {
		v := r.Value
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
