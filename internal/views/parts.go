package views

import (
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/notation"
)

// fieldOf returns the field of a struct with that name, if it is in the dump.
func fieldOf(v dump.Value, name string) (field dump.Value, ok bool) {
	if v.Kind() != reflect.Struct || !v.Valid() {
		return field, false
	}
	for i := range min(v.Type().NumField(), v.Stored()) {
		if is, _, _ := v.Type().Field(i); is == name {
			return v.Field(i), true
		}
	}
	return field, false
}

// at returns the field that names lead to, such as "mu.state", if it has a value of that kind.
func at(v dump.Value, names string, k reflect.Kind) (field dump.Value, ok bool) {
	for name := range strings.SplitSeq(names, ".") {
		if v, ok = fieldOf(v, name); !ok {
			return v, false
		}
	}
	return v, v.Valid() && v.Kind() == k
}

// maxText bounds a text that a view is made of.
const maxText = 1 << 16

// wholeText returns a string. ok is false if the dump doesn't have all of it, or it is very long. In
// place of a secret the text has its mask.
func wholeText(v dump.Value) (text string, ok bool) {
	if v.Kind() != reflect.String {
		return "", false
	}
	if !v.Valid() {
		why := v.Reason()
		return string(notation.AppendMask(nil, int(why.N))), why.Kind == caveat.Redacted
	}
	text, ok = v.Text()
	return text, ok && len(text) <= maxText && (v.Redacted() || int64(len(text)) == v.Len())
}

// textAt is wholeText of a field.
func textAt(v dump.Value, name string) (text string, ok bool) {
	field, ok := fieldOf(v, name)
	if !ok {
		return "", false
	}
	return wholeText(field)
}

// textsAt returns several fields that are strings.
func textsAt(v dump.Value, names ...string) (texts []string, ok bool) {
	for _, name := range names {
		text, ok := textAt(v, name)
		if !ok {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// dynamic returns what interfaces hold and pointers point to, and how to get there in an
// expression. In a forged dump they may form a cycle.
func dynamic(v dump.Value) (of dump.Value, path string) {
	const most = 8
	for range most {
		switch {
		case v.Kind() == reflect.Interface && v.Valid() && !v.IsNil():
			v, path = v.Elem(), path+".(data)"
		case v.Kind() == reflect.Pointer && v.Valid() && !v.IsNil():
			v = v.Elem()
		default:
			return v, path
		}
	}
	return v, path
}

// isZero reports whether a value is certainly the zero value of its type. It looks at no
// parts of a struct or an array.
func isZero(v dump.Value) bool {
	switch k := v.Kind(); {
	case !v.Valid():
		return false
	case k == reflect.Bool:
		return !v.Bool()
	case k >= reflect.Int && k <= reflect.Int64:
		return v.Int() == 0
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return v.Uint() == 0
	case k == reflect.String:
		return v.Len() == 0 && !v.Redacted()
	}
	return v.IsNil()
}

// part is a part of a value that a view shows.
type part struct {
	name string
	of   dump.Value
}

// named returns a view with these parts of a value as children; they are its fields.
func named(text string, parts []part) View {
	if len(parts) == 0 && text != "" {
		return View{Text: text}
	}
	return View{Text: text, Form: Named, Len: len(parts), Child: func(i int) Child {
		return Child{Name: parts[i].name, Value: parts[i].of, Path: "." + parts[i].name}
	}}
}

// fieldsBut returns the fields of a struct that wanted accepts.
func fieldsBut(v dump.Value, wanted func(name string, of dump.Value) bool) (parts []part) {
	for i := range min(v.Type().NumField(), v.Stored()) {
		name, _, _ := v.Type().Field(i)
		if of := v.Field(i); name != "_" && wanted(name, of) {
			parts = append(parts, part{name, of})
		}
	}
	return parts
}

// inner returns a view that shows a part in place of the value.
func inner(v dump.Value, path string) View {
	return View{Form: Inner, Len: 1, Child: func(int) Child { return Child{Value: v, Path: path} }}
}

// quoted returns a text of the program in quotes, the start of a long one.
func (r *Reader) quoted(text string) string { return Quoted(text, r.longest, int64(len(text))) }
