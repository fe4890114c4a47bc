package repl

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/views"
)

// widestArgument is how wide the value of an argument may be in a row of a stack.
const widestArgument = 24

// callArguments returns the arguments of a frame's call, for a row of the stack: (id=3, o=*main.Order).
// It is "" if the dump has none. An argument without a value, or about which there are doubts, has
// its name only.
func (s *session) callArguments(f *dump.Frame) string {
	var texts []string
	vars := f.Vars()
	for i := range vars {
		v := &vars[i]
		if v.Role != dump.Argument || v.Shadowed || strings.HasPrefix(v.Name, "~") {
			continue
		}
		text := printable.Line(v.Name)
		if v.Value.Valid() && len(v.Doubts) == 0 {
			text += "=" + s.argument(v.Value)
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return ""
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// argument returns a value in a few characters: of what has parts, the type.
func (s *session) argument(v dump.Value) string {
	o := s.show.options(limits{String: widestArgument})
	o.Views, o.Bytes, o.Untyped = true, maxLine, true
	of := inspector.PartsOf(v, "").Of
	view, ok := views.NewReader(widestArgument).Of(of)
	typ := printable.Cut(name(views.TypeName(of.Type())), widestArgument)
	switch k := of.Kind(); {
	case v.IsNil():
		return "nil"
	case ok && view.Text != "":
		return printable.Cut(name(view.Text), widestArgument)
	case (k == reflect.Slice || k == reflect.Map) && of.Valid() && !of.IsNil():
		return fmt.Sprintf("%s(%d)", typ, of.Len())
	case k == reflect.Struct && v.Kind() != reflect.Struct:
		return printable.Cut("*"+typ, widestArgument)
	case (k == reflect.Struct || k == reflect.Array || k == reflect.Chan || k == reflect.Pointer) && !of.IsNil():
		return typ
	}
	text, _ := inspector.Line(of, widestArgument, o)
	return text
}
