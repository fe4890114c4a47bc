package walk

import (
	"encoding/json"
	"reflect"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// value appends a value of type t, as it is in the file, by the rules.
func (s *Stored) value(dst []byte, t *gotypes.Type, raw json.RawMessage, c context) []byte {
	form, err := notation.ParseForm(raw)
	if err != nil || len(raw) == 0 {
		return s.w.absent(dst, damaged)
	}
	if form.Object != nil && !form.IsText && !form.List.Given() {
		return s.partial(dst, t, form.Object, c)
	}
	if t == nil {
		return s.w.absent(dst, typeUnknown)
	}
	c = c.typed(s.w.use(t))
	switch k := t.Kind; {
	case k <= reflect.Complex128 || k == reflect.UnsafePointer && string(raw) != "null":
		return s.scalar(dst, t, raw, form, c)
	case k == reflect.String && form.IsText:
		return s.text(dst, form, c.ofText())
	case k == reflect.Struct && raw[0] == '[':
		return s.structure(dst, t, form.List, c.inside())
	case k == reflect.Array && t.Elem() != nil:
		return s.items(dst, t.Elem(), form, c.inside())
	case string(raw) == "null" && k >= reflect.Chan && k != reflect.String && k != reflect.Struct:
		return append(dst, "null"...)
	case form.Object == nil && form.List.Given():
		return s.reference(dst, t, form.List, c)
	}
	return s.w.absent(dst, damaged)
}

// scalar appends a number or a bool.
func (s *Stored) scalar(dst []byte, t *gotypes.Type, raw []byte, form notation.Form, c context) []byte {
	bits, err := 8*int(max(0, min(t.Size, 8))), error(nil)
	switch k := t.Kind; {
	case k == reflect.Bool:
		if string(raw) == "true" || string(raw) == "false" {
			return append(dst, raw...)
		}
		return s.w.absent(dst, damaged)
	case k != reflect.Uintptr && k != reflect.UnsafePointer && c.hidesNumber(t):
		return s.hidden(dst, raw, k < reflect.Float32, c)
	case k <= reflect.Int64:
		_, err = strconv.ParseInt(string(raw), 10, bits)
	case k <= reflect.Uintptr || k == reflect.UnsafePointer:
		_, err = strconv.ParseUint(string(raw), 10, 64)
	case k <= reflect.Float64:
		if !float(raw) {
			return s.w.absent(dst, damaged)
		}
	case form.List.Len() != 2 || !float(form.List.At(0)) || !float(form.List.At(1)):
		return s.w.absent(dst, damaged)
	}
	if err != nil {
		return s.w.absent(dst, damaged)
	}
	return append(dst, raw...)
}

// hidden appends a secret, whose JSON tells it from others if exact is set.
func (s *Stored) hidden(dst, json []byte, exact bool, c context) []byte {
	why := caveat.Reason{Kind: caveat.Redacted}
	if !exact {
		json = nil
	}
	if s.redact != nil {
		why.N = int64(s.redact.Number(json, ruleOf(c.valueKind())))
	}
	return s.w.absent(dst, why)
}

// float reports whether a float is written so.
func float(raw []byte) bool {
	switch string(raw) {
	case `"NaN"`, `"+Inf"`, `"-Inf"`:
		return true
	}
	_, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && json.Valid(raw)
}

// structure appends a struct.
func (s *Stored) structure(dst []byte, t *gotypes.Type, fields notation.List, c context) []byte {
	if s.w.nesting++; s.w.nesting > maxNesting || fields.Len() > len(t.Fields()) {
		s.w.nesting--
		return s.w.absent(dst, damaged)
	}
	defer func() { s.w.nesting-- }()
	r := s.w.use(t)
	c = c.ofStruct(r)
	pair := secrets.NotSecret
	if r.pairs && r.name >= 0 && r.name < fields.Len() {
		pair = r.pair(s.meaning(t.Fields()[r.name].Type, fields.At(r.name)))
	} else if r.pairs && r.cookie {
		pair = secrets.Secret
	}
	dst = append(dst, '[')
	for i := range fields.Len() {
		dst = s.value(notation.Comma(dst, int64(i)), t.Fields()[i].Type, fields.At(i), c.ofField(r, i, pair))
	}
	return append(dst, ']')
}

// meaning is meaningOf for a value in the file.
func (s *Stored) meaning(t *gotypes.Type, raw []byte) meaning {
	if t == nil {
		return meaning{}
	}
	form, err := s.nameForm(t, raw)
	if err != nil || !form.IsText || form.Text == "" || len(form.Text) > maxName {
		return meaning{}
	}
	return s.w.nameMeaning([]byte(form.Text))
}

// nameForm returns the form of a text that may be a name: that of a string, of the characters
// that a slice refers to, or of the string in an interface. It isn't a text if there is none.
func (s *Stored) nameForm(t *gotypes.Type, raw []byte) (notation.Form, error) {
	form, err := notation.ParseForm(raw)
	switch {
	case err != nil || t.Kind == reflect.String:
		return form, err
	case t.Kind == reflect.Slice && mayName(t) && form.Object == nil && form.List.Len() > 0:
		v, err := s.decode(form.List, reflect.Slice)
		if err != nil {
			return notation.Form{}, err
		}
		rec, err := s.file.Object(v.Object)
		if err != nil {
			return notation.Form{}, err
		}
		return notation.ParseForm(rec.Value)
	case t.Kind == reflect.Interface && form.List.Len() == 2:
		v, err := s.decode(form.List, reflect.Interface)
		if err != nil || v.Value == nil {
			return notation.Form{}, err
		}
		if dyn := s.typeOf(v.Type); dyn != nil && dyn.Kind == reflect.String {
			return notation.ParseForm(v.Value)
		}
	}
	return notation.Form{}, nil
}

// decode decodes a reference of a kind.
func (s *Stored) decode(l notation.List, k reflect.Kind) (*notation.Value, error) {
	if s.file.Old() {
		return l.OldReference(k)
	}
	return l.Reference(k)
}

// reference appends a pointer, slice, map, channel or interface that refers to an object, or
// an interface that holds a value.
func (s *Stored) reference(dst []byte, t *gotypes.Type, l notation.List, c context) []byte {
	v, err := s.decode(l, t.Kind)
	if err != nil {
		return s.w.absent(dst, damaged)
	}
	elements := t.Kind != reflect.Pointer && t.Kind != reflect.Interface
	switch t.Kind {
	case reflect.Slice:
		c = c.inList()
	case reflect.Interface:
		if v.Value != nil {
			if s.w.nesting++; s.w.nesting > maxNesting {
				s.w.nesting--
				return s.w.absent(dst, damaged)
			}
			dst = append(strconv.AppendInt(append(dst, '['), int64(v.Type), 10), ',')
			dst = append(s.value(dst, s.typeOf(v.Type), v.Value, c), ']')
			s.w.nesting--
			return dst
		}
		c = c.inside()
	default:
		c = c.through(t)
	}
	if v.Object == 0 { // of a slice in format 1
		return notation.AppendEmpty(dst, v.Addr, v.Cap)
	}
	s.refer(v.Object, elements, v.Addr, c)
	switch t.Kind {
	case reflect.Map:
		return notation.AppendRef(dst, v.Object, v.Len)
	case reflect.Slice, reflect.Chan:
		return notation.AppendRef(dst, v.Object, v.Len, v.Cap)
	}
	return notation.AppendRef(dst, v.Object)
}

// partial appends what says why something is missing, a function, or a slice without
// elements. It keeps what belongs to such a value of type t, which may be nil.
func (s *Stored) partial(dst []byte, t *gotypes.Type, o *notation.Value, c context) []byte {
	kind := reflect.Invalid
	if t != nil {
		kind = t.Kind
	}
	refers := kind >= reflect.Chan && kind != reflect.String && kind != reflect.Struct
	m := members{dst: append(dst, '{'), first: len(dst) + 1}
	m.number("t", uint64(o.Type), kind == reflect.Interface && o.Type > 0)
	m.number("p", o.Addr, refers && o.Addr != 0)
	m.number("len", uint64(o.Len), o.Len > 0)
	m.number("cap", uint64(o.Cap), o.Cap > 0 && (kind == reflect.Slice || kind == reflect.Chan))
	if kind == reflect.Slice && o.Cap < 0 {
		m.dst = append(m.name("cap"), "-1"...)
	}
	if kind == reflect.Func {
		s.function(&m, o)
		if m.number("o", uint64(o.Object), o.Object > 0); o.Object > 0 {
			s.refer(o.Object, false, 0, c.through(t)) // o.Addr is that of the code
		}
	}
	if o.Reason.Kind != caveat.None {
		m.dst = o.Reason.AppendFact(m.name("x"), s.naming)
	}
	return append(m.dst, '}')
}

// function appends the name and the place of a function.
func (s *Stored) function(m *members, o *notation.Value) {
	if o.Func != "" {
		m.dst = s.naming(m.name("f"), o.Func)
	}
	if o.File == "" {
		return
	}
	file := o.File
	if s.redact != nil {
		file = s.redact.Path(file)
	}
	m.dst = notation.AppendString(m.name("file"), []byte(file))
	m.number("line", uint64(o.Line), o.Line > 0)
}

// members are the members of a JSON object, whose first one is at a place in dst.
type members struct {
	dst   []byte
	first int
}

// name appends the name of a member.
func (m *members) name(name string) []byte {
	if len(m.dst) > m.first {
		m.dst = append(m.dst, ',')
	}
	return append(append(append(m.dst, '"'), name...), `":`...)
}

// number appends a member that is a number, if it is given.
func (m *members) number(name string, n uint64, given bool) {
	if given {
		m.dst = strconv.AppendUint(m.name(name), n, 10)
	}
}

// naming appends a text that may name types, see notation.AppendNaming.
func (s *Stored) naming(dst []byte, text string) []byte {
	out := []byte(text)
	if s.redact != nil {
		out, _ = s.redact.Bytes(out)
	}
	return notation.AppendString(dst, out)
}
