package capture

// The value of a panic on one line, for a summary: its contents say more than a type, and
// often more than the message that its method makes of it.
//
// Package pretty prints the same notation from a dump that is read back. It isn't used here,
// because every program that dumps itself would link what reads dumps, which is refused (see
// linktest), and because the file isn't written yet: the line is part of its first record.
// What they share is below both: package notation reads the values.

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
)

const (
	maxValueLine   = 240     // bytes of the line
	maxValueDepth  = 3       // nested structs
	maxValueText   = 64      // bytes of a string
	maxValueElems  = 8       // of a slice or an array
	maxValueRecord = 1 << 20 // bytes of an object that is decoded
)

// panicLine returns the value of the panic on one line, redacted, in the notation of
// package pretty, which prints from the whole dump; "" if the message says as much.
func (d *Dump) panicLine() string {
	if !d.open && !d.message.Bare && !d.strict.value {
		return ""
	}
	for _, g := range d.goroutines {
		if g.Panic != nil && g.ID == d.head.Goroutine {
			l := &valueLine{d: d, types: map[int]*corefile.Type{}}
			d.walker.Types(func(t *corefile.Type) error { l.types[t.ID] = t; return nil })
			l.value(g.Panic.Value, l.types[g.Panic.Type], 0)
			return l.String()
		}
	}
	return ""
}

// valueLine is such a line while it is written.
type valueLine struct {
	strings.Builder
	d     *Dump
	types map[int]*corefile.Type
	full  bool
	// stored returns the type and the value of an object in a file; nil if the walker has
	// the objects.
	stored func(id int) (typ int, value []byte)
}

// write writes a part of the line, "..." instead of what is too long.
func (l *valueLine) write(s string) {
	if left := maxValueLine - l.Len(); !l.full && len(s) > left {
		l.WriteString(strings.ToValidUTF8(s[:notation.MaskCut(s, left)], "") + "...")
		l.full = true
	}
	if !l.full {
		l.WriteString(s)
	}
}

// object returns the encoded value of an object, nil if there is none to show.
func (l *valueLine) object(id int) []byte {
	if l.stored != nil {
		_, value := l.stored(id)
		return value
	}
	if id < 1 || id > l.d.walker.Len() {
		return nil
	}
	return l.d.walker.Object(id).Value
}

// typeOf returns the id of an object's type, 0 if there is no such object.
func (l *valueLine) typeOf(id int) int {
	if l.stored != nil {
		typ, _ := l.stored(id)
		return typ
	}
	if id < 1 || id > l.d.walker.Len() {
		return 0
	}
	return int(l.d.walker.Object(id).Type)
}

// value writes a value as the walker has encoded it, after its type where that is
// informative.
func (l *valueLine) value(raw []byte, t *corefile.Type, depth int) {
	if t == nil || len(raw) == 0 || len(raw) > maxValueRecord {
		l.write("...")
		return
	}
	raw = l.d.walker.Render(nil, raw, l.d.redact)
	form, err := notation.ParseForm(raw)
	kind := t.ReflectKind()
	switch {
	case err != nil:
		l.write("...")
	case string(raw) == "null":
		l.write("nil")
	case form.Object != nil && form.Object.Reason.Kind == caveat.Redacted:
		l.write(string(notation.AppendMask(nil, int(form.Object.Reason.N))))
	case form.Object != nil && form.Object.Reason.Kind != caveat.None && !form.IsText:
		l.write("(" + form.Object.Reason.String() + ")")
	case form.IsText && (kind == reflect.String || kind == reflect.Slice || kind == reflect.Array):
		l.named(t, depth, quoted(form.Text))
	case kind == reflect.Struct && form.Object == nil:
		l.structure(form.List, t, depth)
	case kind == reflect.Array && form.Object == nil:
		l.list(form.List, t, depth)
	case (kind == reflect.Pointer || kind == reflect.Interface || kind == reflect.Slice) && form.List.Given():
		l.reference(form.List, t, depth)
	case kind == reflect.Slice && form.Object != nil && form.Object.Len == 0:
		l.write(l.name(t) + " []")
	case form.Object != nil || form.List.Given(): // cut, or of a kind that isn't shown on one line
		l.write(l.name(t) + " {...}")
	default:
		l.named(t, depth, string(raw))
	}
}

// named writes a short value, at the top with its type, as the runtime does: main.Code(4).
func (l *valueLine) named(t *corefile.Type, depth int, text string) {
	if depth == 0 && t.Name != t.Kind {
		text = l.name(t) + "(" + text + ")"
	}
	l.write(text)
}

// name returns the name of a type without secrets.
func (l *valueLine) name(t *corefile.Type) string { return l.d.name(t.Name) }

// quoted returns a text in quotes, cut to maxValueText.
func quoted(s string) string {
	if len(s) <= maxValueText {
		return strconv.Quote(s)
	}
	kept := strings.ToValidUTF8(s[:notation.MaskCut(s, maxValueText)], "")
	return strconv.Quote(kept) + "...+" + strconv.Itoa(len(s)-len(kept)) + " more"
}

func (l *valueLine) structure(fields notation.List, t *corefile.Type, depth int) {
	l.write(l.name(t) + " {")
	if depth == maxValueDepth && fields.Len() > 0 {
		l.write("...}")
		return
	}
	for i := 0; i < min(fields.Len(), len(t.Fields)) && !l.full; i++ {
		if i > 0 {
			l.write(", ")
		}
		l.write(t.Fields[i].Name + ": ")
		l.value(fields.At(i), l.types[t.Fields[i].Type], depth+1)
	}
	l.write("}")
}

func (l *valueLine) list(elems notation.List, t *corefile.Type, depth int) {
	l.write(l.name(t) + " [")
	for i := 0; i < elems.Len() && !l.full; i++ {
		if i > 0 {
			l.write(", ")
		}
		if i == maxValueElems || depth == maxValueDepth {
			l.write("...+" + strconv.Itoa(elems.Len()-i) + " more")
			break
		}
		l.value(elems.At(i), l.types[t.Elem], depth+1)
	}
	l.write("]")
}

// reference writes what a pointer, an interface or a slice refers to.
func (l *valueLine) reference(parts notation.List, t *corefile.Type, depth int) {
	kind := t.ReflectKind()
	v, err := parts.Reference(kind)
	if err != nil {
		l.write("...")
		return
	}
	switch kind {
	case reflect.Interface:
		raw, inside := []byte(v.Value), v.Type
		if raw == nil {
			raw, inside = l.object(v.Object), l.typeOf(v.Object)
		}
		if depth > 0 {
			l.write(l.name(t) + "(")
			defer l.write(")")
			depth++
		}
		l.inner(raw, l.types[inside], depth)
	case reflect.Pointer:
		l.write("*")
		l.inner(l.object(v.Object), l.types[t.Elem], depth)
	case reflect.Slice:
		raw := l.object(v.Object)
		form, err := notation.ParseForm(json.RawMessage(l.d.walker.Render(nil, clipped(raw), l.d.redact)))
		switch {
		case raw == nil || err != nil || !form.List.Given() && !form.IsText:
			l.write(l.name(t) + " len: " + strconv.FormatInt(v.Len, 10))
		case form.IsText:
			l.named(t, depth, quoted(form.Text))
		default:
			l.list(form.List, t, depth)
		}
	}
}

// inner writes a value that another one refers to. Its depth is limited: references may
// form a cycle.
func (l *valueLine) inner(raw []byte, t *corefile.Type, depth int) {
	if depth > maxValueDepth || l.full {
		l.write("...")
		return
	}
	if t != nil {
		if kind := t.ReflectKind(); kind == reflect.Pointer || kind == reflect.Interface {
			depth++
		}
	}
	l.value(raw, t, depth)
}

// clipped returns a value if it isn't too long to decode, otherwise nil.
func clipped(raw []byte) []byte {
	if len(raw) > maxValueRecord {
		return nil
	}
	return raw
}
