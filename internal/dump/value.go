package dump

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// Value is a value in a dump. The zero Value isn't there. Methods that don't fit a value's
// kind return zero values; none panics.
type Value struct {
	core *Core
	typ  *Type
	addr uint64
	raw  json.RawMessage // as in the file; nil if there is no value
	rec  *notation.Value // the decoded object form or reference, nil for other values
	list notation.List   // of an array, struct, map or channel; for a map it may be a part
	text string          // decoded text of a string or of an array of bytes
	data bool            // text is valid: the value is a string or an array with text
	why  caveat.Reason   // why there is no value
	base *Value          // the array that [Value.Slice] made a slice of, nil for other values
	from int             // where in base the slice starts
	in   *notation.Forms // of the object that the value is in, nil if it is in none
	was  *Type           // the type that a converted value has in the dump, nil for others

	parts  []Value    // of a value that was made: fields, elements, or what it points to
	zero   bool       // a struct or array that was made, with only zeros
	sorted *sortedMap // of a map whose entries come in the order of their keys
	bare   bool       // a pointer that was made to be used: it is shown without what it points to
}

// decode returns raw as a value of type t, with its outermost level decoded. in has the forms
// of the object that raw is in, nil if it is in none.
func (c *Core) decode(t *Type, raw json.RawMessage, addr uint64, in *notation.Forms) Value {
	v := c.parse(t, raw, addr, in)
	if k := t.kind; v.list.Given() && (k == reflect.Pointer || k == reflect.Slice || k == reflect.Map ||
		k == reflect.Chan || k == reflect.Interface) {
		v.reference()
	}
	if t.kind == reflect.Invalid && t.rec.Kind != "" && v.why.Kind == caveat.None {
		v.why = caveat.Reason{Kind: caveat.UnknownKind, Text: t.rec.Kind}
	}
	if v.why.Kind == caveat.None && !v.fits() {
		v.why = caveat.Reason{Kind: caveat.Damaged, Text: "no " + t.kind.String()}
	}
	return v
}

// reference decodes the list form of a reference.
func (v *Value) reference() {
	decode := notation.List.Reference
	if v.core.file.Old() {
		decode = notation.List.OldReference
	}
	var err error
	if v.rec, err = decode(v.list, v.typ.kind); err != nil {
		v.why = damaged(err)
	}
	v.list = notation.List{}
	if v.core.file.Old() || v.rec == nil || v.rec.Object == 0 {
		return
	}
	if v.rec.Addr, err = v.core.file.Address(v.rec.Object); err != nil {
		v.why = ofRecord(err, v.rec.Object)
	}
}

// parse is decode for what may not be a value of the type: the elements that a slice, map or
// channel refers to.
func (c *Core) parse(t *Type, raw json.RawMessage, addr uint64, in *notation.Forms) Value {
	v := Value{core: c, typ: t, addr: addr, raw: raw, in: in}
	if len(raw) == 0 {
		v.why = notStored
		return v
	}
	form, err := in.Parse(raw)
	v.rec, v.list, v.text, v.data = form.Object, form.List, form.Text, form.IsText
	if v.rec != nil {
		v.why = v.rec.Reason
	}
	if err != nil {
		v.why = damaged(err)
	}
	return v
}

// notStored is the reason if the dump doesn't hold something, and no record says why.
var notStored = caveat.Reason{Kind: caveat.NotStored}

// damaged returns the reason for a value that can't be decoded. Its text is cut, as it may quote
// undecodable text of any length.
func damaged(err error) caveat.Reason {
	return caveat.Reason{Kind: caveat.Damaged, Text: fmt.Sprintf("%.300v", err)}
}

// fits reports whether what was written is a value of the type's kind. A wrong value would be
// worse than none.
func (v Value) fits() bool {
	var err error
	switch k := v.Kind(); k {
	case reflect.Bool:
		return string(v.raw) == "true" || string(v.raw) == "false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, err = strconv.ParseInt(string(v.raw), 10, bits(k))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		_, err = strconv.ParseUint(string(v.raw), 10, bits(k))
	case reflect.UnsafePointer:
		_, err = strconv.ParseUint(string(v.raw), 10, 64)
		return err == nil || v.IsNil()
	case reflect.Float32, reflect.Float64:
		_, err = parseFloat(v.raw, bits(k))
	case reflect.Complex64, reflect.Complex128:
		if v.list.Len() != 2 {
			return false
		}
		_, err = parseFloat(v.list.At(0), bits(k))
		_, err2 := parseFloat(v.list.At(1), bits(k))
		return err == nil && err2 == nil
	case reflect.String:
		return v.data
	case reflect.Struct:
		return v.raw[0] == '[' && v.list.Len() <= v.typ.NumField()
	case reflect.Array:
		return v.data && (v.Redacted() || int64(len(v.text)) <= v.Len()) ||
			v.list.Given() && int64(v.list.Len()) <= v.Len()
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Interface:
		return v.rec != nil || v.IsNil()
	}
	return err == nil
}

// bits returns how many bits a number of a kind, or a part of it, has at most.
func bits(k reflect.Kind) int {
	switch k {
	case reflect.Int8, reflect.Uint8:
		return 8
	case reflect.Int16, reflect.Uint16:
		return 16
	case reflect.Int32, reflect.Uint32, reflect.Float32, reflect.Complex64:
		return 32
	}
	return 64
}

// Type returns the value's type: for an interface the static one.
func (v Value) Type() *Type {
	if v.typ == nil {
		return unknownType
	}
	return v.typ
}

// Kind returns the kind of the value's type.
func (v Value) Kind() reflect.Kind { return v.Type().kind }

// Addr returns the address of the memory that held the value, 0 if there was none or it isn't
// known.
func (v Value) Addr() uint64 { return v.addr }

// Reason says why there is no value, or why what the value refers to was not stored, or only
// in part, or not as it was at one moment. It is zero if there is no such problem. If a string
// was cut, only its length shows that.
func (v Value) Reason() caveat.Reason {
	if v.why.Kind != caveat.None {
		return v.why
	}
	switch v.Kind() {
	case reflect.Slice:
		if int64(v.Stored()) < v.Len() {
			return v.array().why
		}
	case reflect.Map, reflect.Chan:
		t := v.target()
		if t.why.Kind == caveat.None && t.list.Given() {
			n := int64(v.Stored())
			if t.rec != nil {
				n = max(n, t.rec.Len)
			}
			if n != v.Len() {
				return caveat.Reason{Kind: caveat.Changed, N: v.Len(), M: n}
			}
		}
		return t.why
	}
	return v.why
}

// Valid reports whether there is a value. A pointer, slice, map or channel whose target wasn't
// stored is nevertheless valid, and has a reason.
func (v Value) Valid() bool {
	if v.why.Kind == caveat.None {
		return v.raw != nil || v.rec != nil
	}
	return v.rec != nil && (v.rec.Addr != 0 || v.rec.Len != 0)
}

// IsNil reports whether the value is a nil pointer, slice, map, channel,
// function, interface or unsafe pointer.
func (v Value) IsNil() bool { return string(v.raw) == "null" }

// Bool returns the value of a bool.
func (v Value) Bool() bool { return string(v.raw) == "true" }

// Int returns the value of a signed integer.
func (v Value) Int() int64 {
	n, _ := strconv.ParseInt(string(v.raw), 10, 64)
	return n
}

// Uint returns the value of an unsigned integer, uintptr or unsafe.Pointer.
func (v Value) Uint() uint64 {
	n, _ := strconv.ParseUint(string(v.raw), 10, 64)
	return n
}

// parseFloat parses a float, or a part of a complex number.
func parseFloat(raw []byte, bits int) (float64, error) {
	return strconv.ParseFloat(strings.Trim(string(raw), `"`), bits)
}

// Float returns the value of a float.
func (v Value) Float() float64 { return v.float(v.raw) }

func (v Value) float(raw []byte) float64 {
	f, err := parseFloat(raw, bits(v.Kind()))
	if err != nil {
		return math.NaN()
	}
	return f
}

// Complex returns the value of a complex number.
func (v Value) Complex() complex128 {
	if v.list.Len() != 2 {
		return complex(math.NaN(), math.NaN())
	}
	return complex(v.float(v.list.At(0)), v.float(v.list.At(1)))
}

// Text returns the stored text of a string or of an array or slice of bytes, and whether there
// is any.
func (v Value) Text() (string, bool) {
	if v.Kind() == reflect.Slice {
		a := v.array()
		if a.Redacted() {
			return a.text, a.data
		}
		low := min(v.from, len(a.text))
		return a.text[low : low+v.clip(len(a.text)-low)], a.data
	}
	return v.text, v.data
}

// Redacted reports whether parts of the text were redacted.
func (v Value) Redacted() bool {
	if v.Kind() == reflect.Slice {
		v = v.array()
	}
	return v.rec != nil && v.rec.Redacted
}

// Pointer returns the address in a pointer, slice, map, channel, function or unsafe pointer.
func (v Value) Pointer() uint64 {
	if v.rec != nil {
		return v.rec.Addr
	}
	if k := v.Kind(); k == reflect.UnsafePointer || k == reflect.Uintptr {
		return v.Uint()
	}
	return 0
}

// Object returns the id of the object that the value refers to, 0 if there is none. Two values
// with the same object share memory.
func (v Value) Object() int {
	if v.rec == nil {
		return 0
	}
	return v.rec.Object
}
