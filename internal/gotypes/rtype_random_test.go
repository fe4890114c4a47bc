package gotypes

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/unsafely"
)

// nameOf builds the name of a type from what reflect says about it, in the opposite way to
// typename.go.
func nameOf(t reflect.Type) string {
	if t.Name() != "" {
		name := strings.ReplaceAll(t.Name(), "%2e", ".")
		if t.PkgPath() == "" {
			return name
		}
		return t.PkgPath() + "." + name
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + nameOf(t.Elem())
	case reflect.Slice:
		return "[]" + nameOf(t.Elem())
	case reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), nameOf(t.Elem()))
	case reflect.Map:
		return "map[" + nameOf(t.Key()) + "]" + nameOf(t.Elem())
	case reflect.Chan:
		if elem := nameOf(t.Elem()); t.ChanDir() == reflect.BothDir && elem[0] == '<' {
			return "chan (" + elem + ")"
		}
		return t.ChanDir().String() + " " + nameOf(t.Elem())
	case reflect.Func:
		return "func" + signatureOf(t)
	case reflect.Interface:
		var methods []string
		for i := range t.NumMethod() {
			m := t.Method(i)
			methods = append(methods, qualified(m.PkgPath, m.Name)+signatureOf(m.Type))
		}
		return bracesOf("interface", methods)
	}
	var fields []string
	for i := range t.NumField() {
		f := t.Field(i)
		s := nameOf(f.Type)
		if !f.Anonymous {
			s = qualified(f.PkgPath, f.Name) + " " + s
		}
		if f.Tag != "" {
			s += " " + strconv.Quote(string(f.Tag))
		}
		fields = append(fields, s)
	}
	return bracesOf("struct", fields)
}

func qualified(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func bracesOf(word string, parts []string) string {
	if len(parts) == 0 {
		return word + " {}"
	}
	return word + " { " + strings.Join(parts, "; ") + " }"
}

func signatureOf(t reflect.Type) string {
	var in, out []string
	for i := range t.NumIn() {
		in = append(in, nameOf(t.In(i)))
	}
	if t.IsVariadic() {
		in[len(in)-1] = "..." + nameOf(t.In(len(in)-1).Elem())
	}
	for i := range t.NumOut() {
		out = append(out, nameOf(t.Out(i)))
	}
	s := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return s
	case 1:
		return s + " " + out[0]
	}
	return s + " (" + strings.Join(out, ", ") + ")"
}

// checker compares types read from memory with reflect's, each once.
type checker struct {
	t    *testing.T
	p    *Process
	seen map[reflect.Type]*Type
}

func (c *checker) read(want reflect.Type) *Type {
	c.t.Helper()
	got, err := c.p.RuntimeType(unsafely.TypeAddr(want))
	if err != nil {
		c.t.Fatalf("%v: %v", want, err)
	}
	c.compare(got, want)
	return got
}

func (c *checker) compare(got *Type, want reflect.Type) {
	c.t.Helper()
	if old := c.seen[want]; old != nil {
		if old != got {
			c.t.Errorf("%v: got a second Type for it", want)
		}
		return
	}
	c.seen[want] = got
	switch {
	case got == nil:
		c.t.Errorf("%v: got no type", want)
		return
	case got.Name == "sync/atomic.align64": // the compiler treats it specially; it is always beside 64 bits
	case got.Kind != want.Kind() || got.Size != int64(want.Size()) || got.align() != int64(want.Align()):
		c.t.Errorf("%v: got %v of %d bytes aligned to %d, want %v, %d, %d", want, got.Kind, got.Size, got.align(), want.Kind(), want.Size(), want.Align())
	case got.Name != nameOf(want):
		c.t.Errorf("%v: got name %q, want %q", want, got.Name, nameOf(want))
	}
	switch want.Kind() {
	case reflect.Array:
		if got.Len != int64(want.Len()) {
			c.t.Errorf("%v: got length %d", want, got.Len)
		}
		c.compare(got.Elem(), want.Elem())
	case reflect.Map:
		c.compare(got.Key(), want.Key())
		c.compare(got.Elem(), want.Elem())
		if l := ownLayoutOf(got.Key(), got.Elem()); *l != *got.maps {
			c.t.Errorf("%v: got layout %+v, its descriptor has %+v", want, *l, *got.maps)
		}
	case reflect.Pointer, reflect.Slice, reflect.Chan:
		c.compare(got.Elem(), want.Elem())
	case reflect.Struct:
		c.fields(got, want)
	case reflect.Interface:
		if got.Empty != (want.NumMethod() == 0) {
			c.t.Errorf("%v: got Empty %v", want, got.Empty)
		}
	}
	if want.Kind() != reflect.Interface && got.Direct != direct(want) {
		c.t.Errorf("%v: got Direct %v, want %v", want, got.Direct, !got.Direct)
	}
}

func (c *checker) fields(got *Type, want reflect.Type) {
	c.t.Helper()
	if len(got.Fields()) != want.NumField() {
		c.t.Errorf("%v: got %d fields, want %d", want, len(got.Fields()), want.NumField())
		return
	}
	for i, f := range got.Fields() {
		w := want.Field(i)
		if f.Name != w.Name || f.Offset != int64(w.Offset) || f.Embedded != w.Anonymous {
			c.t.Errorf("%v: got field %+v, want %+v", want, f, w)
		}
		if f.Name == "v" && strings.HasPrefix(got.Name, "sync/atomic.Pointer[") {
			w.Type = want.Field(0).Type.Elem() // instead of unsafe.Pointer
		}
		c.compare(f.Type, w.Type)
	}
}

// direct reports whether an interface holds values of t in its data word: if so, the zero
// value's data word is nil, otherwise it points to zeros.
func direct(t reflect.Type) bool {
	zero := reflect.Zero(t).Interface()
	_, data := unsafely.Words(&zero)
	return data == 0
}

// basics are the types that random types are made of.
var basics = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int8](), reflect.TypeFor[uint16](), reflect.TypeFor[int32](), reflect.TypeFor[int](),
	reflect.TypeFor[uintptr](), reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](),
	reflect.TypeFor[complex128](), reflect.TypeFor[string](), reflect.TypeFor[any](), reflect.TypeFor[error](),
	reflect.TypeFor[myInt](), reflect.TypeFor[node](), reflect.TypeFor[time.Time](), reflect.TypeFor[http.Header](),
	reflect.TypeFor[pair[int8, string]](), reflect.TypeFor[struct{}](), reflect.TypeFor[myArray](), reflect.TypeFor[myIface](),
}

// typeMaker makes random types.
type typeMaker struct{ *rand.Rand }

func (m *typeMaker) make(depth int) reflect.Type {
	if depth == 0 || m.IntN(4) == 0 {
		return basics[m.IntN(len(basics))]
	}
	elem := m.make(depth - 1)
	switch m.IntN(8) {
	case 0:
		return reflect.PointerTo(elem)
	case 1:
		return reflect.SliceOf(elem)
	case 2:
		return reflect.ArrayOf(m.IntN(6), elem)
	case 3:
		if elem.Size() >= 1<<16 {
			elem = reflect.PointerTo(elem) // the largest element that a channel takes
		}
		return reflect.ChanOf(reflect.ChanDir(1+m.IntN(3)), elem)
	case 4:
		key := m.make(depth - 1)
		for !key.Comparable() {
			key = m.make(depth - 1)
		}
		return reflect.MapOf(key, elem)
	case 5:
		return m.function(depth)
	}
	return m.structure(depth)
}

func (m *typeMaker) function(depth int) reflect.Type {
	types := func(n int) []reflect.Type {
		list := make([]reflect.Type, n)
		for i := range list {
			list[i] = m.make(depth - 1)
		}
		return list
	}
	in := types(m.IntN(4))
	variadic := m.IntN(2) == 0
	if variadic {
		in = append(in, reflect.SliceOf(m.make(depth-1)))
	}
	return reflect.FuncOf(in, types(m.IntN(3)), variadic)
}

func (m *typeMaker) structure(depth int) reflect.Type {
	fields := make([]reflect.StructField, m.IntN(6))
	for i := range fields {
		f := &fields[i]
		f.Name, f.Type = string(rune('A'+i)), m.make(depth-1)
		switch m.IntN(4) {
		case 0:
			f.Tag = reflect.StructTag(fmt.Sprintf("json:\"%d\"", m.IntN(1000)))
		case 1:
			f.Name, f.PkgPath = string(rune('a'+i)), "example.com/some/where"
		}
	}
	return reflect.StructOf(fields)
}

// Types are read as reflect describes them, whatever they are made of.
func TestRandomTypes(t *testing.T) {
	seed := rand.Uint64()
	m := &typeMaker{rand.New(rand.NewPCG(seed, 0))}
	c := &checker{t, self(t), map[reflect.Type]*Type{}}
	for range 2000 {
		if c.read(m.make(4)); t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
	t.Logf("%d types", len(c.seen))
}

// So are types that the compiler made.
func TestTypes(t *testing.T) {
	c := &checker{t, self(t), map[reflect.Type]*Type{}}
	for _, tt := range typeNames {
		c.read(tt.typ)
	}
	c.read(reflect.TypeFor[*http.Server]()) // a few hundred types
	c.read(reflect.TypeFor[*testing.T]())
	if len(c.seen) < 250 {
		t.Errorf("got %d types, want more", len(c.seen))
	}
}

func TestNoType(t *testing.T) {
	p := self(t)
	zeros := make([]uint64, 100)
	for name, addr := range map[string]uint64{
		"zeros": addressOf(&zeros[0]), "in zeros": addressOf(&zeros[0]) + 4,
		"unaligned": unsafely.TypeAddr(basics[0]) + 1, "inside": unsafely.TypeAddr(basics[0]) + 8,
		// Nothing is at these addresses, see the tests of package memory.
		"nil": 0, "nil page": 8, "not canonical": 1 << 47, "kernel": 0xffff_8000_0000_0000,
		"top": math.MaxUint64 - 7, "synthetic": 0xc0de_0000_0000_0000,
	} {
		if got, err := p.RuntimeType(addr); err == nil {
			t.Errorf("%s: got type %q at %#x, want an error", name, got.Name, addr)
		}
	}
}
