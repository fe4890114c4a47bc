package dump

import (
	"fmt"
	"go/token"
	"math"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
	"coredumpy/internal/symbol"
)

// Expressions make values and types that the dump doesn't hold: 2*x, []byte(s), &x. They are
// like those in the dump, but have no address unless they are given one.

// TypesNamed returns the types that may have a name: those with the same name but for packages.
// Without a dump, in a nil Core, there are none.
func (c *Core) TypesNamed(name string) []*Type {
	if c == nil {
		return nil
	}
	if c.named == nil {
		c.named = map[string][]*Type{}
		for _, id := range c.file.Types() {
			t := c.typeOf(id)
			bare := symbol.BareType(t.String())
			c.named[bare] = append(c.named[bare], t)
		}
	}
	return c.named[symbol.BareType(name)]
}

// OnlyShort reports whether no other type in the dump has the same [symbol.ShortType].
func (t *Type) OnlyShort() bool {
	if t == nil || t.core == nil {
		return true
	}
	short := symbol.ShortType(t.String())
	for _, other := range t.core.TypesNamed(t.String()) {
		if other.String() != t.String() && symbol.ShortType(other.String()) == short {
			return false
		}
	}
	return true
}

// Expr returns an expression that means the type and no other in the dump, "" if that isn't
// sure. It has the basic types, those that a package declares, and arrays of these.
func (t *Type) Expr() string {
	switch {
	case t.kind == reflect.Array && strings.HasPrefix(t.String(), "["):
		elem := t.Elem().Expr()
		if elem == "" {
			return ""
		}
		return fmt.Sprintf("[%d]%s", t.Len(), elem)
	case t.String() == t.kind.String() && t.kind >= reflect.Bool && t.kind <= reflect.Complex128,
		t.String() == "string" && t.kind == reflect.String:
		return t.String()
	}
	short := symbol.ShortType(t.String())
	pkg, name, qualified := strings.Cut(short, ".")
	if !qualified || !token.IsIdentifier(pkg) || !token.IsIdentifier(name) {
		return ""
	}
	for _, other := range t.core.TypesNamed(name) {
		if other != t && symbol.SameName(short, other.String()) {
			return ""
		}
	}
	return short
}

// made returns the type in the dump that has the name and element type of t. If there is none,
// it keeps t for the next call. Without a dump it returns t.
func (c *Core) made(t *Type) *Type {
	if c == nil {
		return t
	}
	for _, known := range c.TypesNamed(t.String()) {
		if known.String() == t.String() && known.Kind() == t.kind && (t.elem == nil || known.Elem() == t.elem) &&
			(t.key == nil || known.Key() == t.key) {
			return known
		}
	}
	t.core = c
	bare := symbol.BareType(t.String())
	c.named[bare] = append(c.named[bare], t)
	return t
}

var basicSizes = map[reflect.Kind]int64{
	reflect.Bool: 1, reflect.Int8: 1, reflect.Uint8: 1, reflect.Int16: 2, reflect.Uint16: 2, reflect.Int32: 4,
	reflect.Uint32: 4, reflect.Float32: 4, reflect.Complex128: 16, reflect.String: 16,
}

// Basic returns the predeclared type of a kind. Words have 8 bytes.
func (c *Core) Basic(k reflect.Kind) *Type {
	size, ok := basicSizes[k]
	if !ok {
		size = 8
	}
	name := k.String()
	if k == reflect.UnsafePointer {
		name = "unsafe.Pointer"
	}
	return c.made(&Type{kind: k, rec: &corefile.Type{Name: name, Kind: k.String(), Size: size}})
}

// OfKind returns the predeclared type of a kind, in the dump of t.
func (t *Type) OfKind(k reflect.Kind) *Type { return t.core.Basic(k) }

// PointerTo returns the type *t.
func (c *Core) PointerTo(t *Type) *Type {
	rec := &corefile.Type{Name: "*" + t.String(), Kind: reflect.Pointer.String(), Size: 8}
	return c.made(&Type{kind: reflect.Pointer, elem: t, rec: rec})
}

// SliceOf returns the type []t.
func (c *Core) SliceOf(t *Type) *Type {
	rec := &corefile.Type{Name: "[]" + t.String(), Kind: reflect.Slice.String(), Size: 24}
	return c.made(&Type{kind: reflect.Slice, elem: t, rec: rec})
}

// ArrayOf returns the type [n]t.
func (c *Core) ArrayOf(n int64, t *Type) *Type {
	rec := &corefile.Type{
		Name: fmt.Sprintf("[%d]%s", n, t.String()), Kind: reflect.Array.String(), Size: n * t.Size(), Len: n,
	}
	return c.made(&Type{kind: reflect.Array, elem: t, rec: rec})
}

// MapOf returns the type map[key]t.
func (c *Core) MapOf(key, t *Type) *Type {
	rec := &corefile.Type{
		Name: "map[" + key.String() + "]" + t.String(), Kind: reflect.Map.String(), Size: 8,
	}
	return c.made(&Type{kind: reflect.Map, elem: t, key: key, rec: rec})
}

// ChanOf returns the type of a channel of t. word is "chan ", "chan<- " or "<-chan ".
func (c *Core) ChanOf(word string, t *Type) *Type {
	rec := &corefile.Type{Name: word + t.String(), Kind: reflect.Chan.String(), Size: 8}
	return c.made(&Type{kind: reflect.Chan, elem: t, rec: rec})
}

func (t *Type) value(raw string) Value { return Value{core: t.core, typ: t, raw: []byte(raw)} }

// OfBool returns a value of a boolean type.
func (t *Type) OfBool(b bool) Value { return t.value(strconv.FormatBool(b)) }

// OfInt returns a value of a signed integer type.
func (t *Type) OfInt(n int64) Value { return t.value(strconv.FormatInt(n, 10)) }

// OfUint returns a value of an unsigned integer type, or an unsafe.Pointer.
func (t *Type) OfUint(n uint64) Value { return t.value(strconv.FormatUint(n, 10)) }

// OfFloat returns a value of a float type.
func (t *Type) OfFloat(f float64) Value { return t.value(floatText(f)) }

func floatText(f float64) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return strconv.Quote(strconv.FormatFloat(f, 'g', -1, 64))
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// OfComplex returns a value of a complex type.
func (t *Type) OfComplex(z complex128) Value {
	v := t.value("[" + floatText(real(z)) + "," + floatText(imag(z)) + "]")
	v.list, _ = notation.ParseList(v.raw)
	return v
}

// OfText returns a value of a string type.
func (t *Type) OfText(s string) Value {
	v := t.value(`""`)
	v.text, v.data = s, true
	return v
}

// OfParts returns a struct or array of the type, with these fields or elements.
func (t *Type) OfParts(parts []Value) Value {
	v := t.value("[]")
	v.parts = parts
	return v
}

// OfElements returns a slice of the type, with these elements.
func (t *Type) OfElements(elems []Value) Value {
	array := t.core.ArrayOf(int64(len(elems)), t.Elem()).OfParts(elems)
	v := t.value("[]")
	v.base, v.rec = &array, &notation.Value{Len: int64(len(elems)), Cap: int64(len(elems))}
	return v
}

// OfEntries returns a map of the type, with these keys and values.
func (t *Type) OfEntries(entries []Value) Value {
	v := t.value("[]")
	v.parts, v.rec = entries, &notation.Value{Len: int64(len(entries) / 2)}
	return v
}

// OfFunc returns the function with that name. Its type isn't known.
func (c *Core) OfFunc(name string, receiver *Value) Value {
	v := c.made(&Type{kind: reflect.Func, rec: &corefile.Type{Name: "func", Kind: reflect.Func.String()}}).value("[]")
	v.rec = &notation.Value{Func: name}
	if receiver != nil {
		v.parts = []Value{*receiver}
	}
	return v
}

// Receiver returns what a method value made by an expression is bound to.
func (v Value) Receiver() (receiver Value, ok bool) {
	if v.Kind() != reflect.Func || len(v.parts) == 0 {
		return v, false
	}
	return v.parts[0], true
}

// Zero returns the zero value of a type. Its parts, which may be many, are made when they are
// asked for.
func (t *Type) Zero() Value {
	switch k := t.Kind(); {
	case k == reflect.Bool:
		return t.OfBool(false)
	case k == reflect.String:
		return t.OfText("")
	case k >= reflect.Int && k <= reflect.Float64:
		return t.value("0")
	case k == reflect.Complex64 || k == reflect.Complex128:
		return t.OfComplex(0)
	case k == reflect.Struct || k == reflect.Array:
		v := t.value("[]")
		v.zero = true
		return v
	case k == reflect.Invalid:
		return Value{core: t.core, typ: t, why: notStored}
	}
	return t.value("null")
}

// Address returns a pointer to the value, of type t.
func (v Value) Address(t *Type) Value {
	p := t.value("[]")
	p.rec, p.parts, p.bare = &notation.Value{Addr: v.addr}, []Value{v}, true
	return p
}

// Followed returns the pointer, to be shown with what it points to.
func (v Value) Followed() Value {
	v.bare = false
	return v
}

// Entries returns the map with only its entries low to high, in the order of [Value.Entry].
func (v Value) Entries(low, high int64) Value {
	w := v
	if v.IsNil() {
		return w
	}
	stored := int64(v.Stored())
	w.parts, w.list, w.sorted = []Value{}, notation.List{}, nil
	for i := low; i < min(high, stored); i++ {
		key, value := v.Entry(int(i))
		w.parts = append(w.parts, key, value)
	}
	w.rec = &notation.Value{Addr: v.Pointer(), Len: high - low}
	if w.why = v.Reason(); high <= stored {
		w.why = caveat.Reason{}
	}
	return w
}

// Bare reports whether the value is a pointer that an expression made, such as &x: Delve
// doesn't show what such a pointer points to.
func (v Value) Bare() bool { return v.bare }

// PointerAt returns a pointer of type t to the memory at addr.
func (t *Type) PointerAt(addr uint64) Value {
	if addr == 0 {
		return t.value("null")
	}
	p := t.value("[]")
	p.rec, p.parts, p.bare = &notation.Value{Addr: addr}, []Value{t.core.at(addr, t.Elem())}, true
	return p
}

// As returns the value as one of type t, which has the same layout. What a pointer points to
// becomes a value of the type that t points to.
func (v Value) As(t *Type) Value {
	w := v
	w.typ = t
	if w.was == nil {
		w.was = v.typ
	}
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		target := v.Elem()
		if target.Valid() {
			target.typ = t.Elem()
		}
		w.parts, w.bare = []Value{target}, v.bare && t.Elem() != v.Type().Elem() // as in Delve
	}
	return w
}

// Without returns a value of type t that isn't there, for a reason.
func (t *Type) Without(why caveat.Reason) Value { return notThere(t, 0, why) }

// notThere returns a value that the dump doesn't hold, and why.
func notThere(t *Type, addr uint64, why caveat.Reason) Value {
	return Value{core: t.core, typ: t, addr: addr, why: why}
}

// OfBytes returns a slice of bytes of type t.
func (t *Type) OfBytes(text string) Value {
	array := t.core.ArrayOf(int64(len(text)), t.Elem()).value(`""`)
	array.text, array.data = text, true
	v := t.value("[]")
	v.base, v.rec = &array, &notation.Value{Len: int64(len(text)), Cap: int64(len(text))}
	return v
}

// OfShown returns a part of v, a slice or array of bytes with redacted parts: text is
// the part from low on, and limit bounds the capacity.
func (v Value) OfShown(text string, low, limit int64) Value {
	t, start := v.typ, v.Pointer()
	if v.Kind() == reflect.Array {
		t, start = t.core.SliceOf(t.Elem()), v.addr
	}
	array := t.core.ArrayOf(int64(len(text)), t.Elem()).value(`""`)
	array.text, array.data, array.addr = text, true, start+uint64(low)
	w := t.value("[]")
	w.base, w.rec = &array, &notation.Value{Addr: array.addr, Len: int64(len(text)), Cap: limit - low}
	return w
}

// OfDynamic returns an interface of type t that holds v.
func (t *Type) OfDynamic(v Value) Value {
	w := t.value("[]")
	w.rec, w.parts = &notation.Value{}, []Value{v}
	return w
}
