package walk

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
	"coredumpy/internal/target"
	"coredumpy/internal/unsafely"
)

// ample returns limits that no test reaches by accident.
func ample() Limits {
	return Limits{Depth: 100, Elements: 10_000, String: 64 << 10, Objects: 100_000, Bytes: 1 << 28, Deadline: time.Now().Add(time.Minute)}
}

// secretNames returns the rules of these tests.
func secretNames() (Rules, map[string]bool) {
	learnt := map[string]bool{}
	return Rules{
		SecretName: func(name string) bool { return strings.Contains(strings.ToLower(name), "secret") },
		Learn:      func(text string) { learnt[text] = true },
	}, learnt
}

// walked is a walk and its result.
type walked struct {
	t    *testing.T
	p    *target.Process
	w    *Walker
	kept []any // what is walked, to prevent its collection
}

func start(t testing.TB, lim Limits, rules Rules) (*target.Process, *Walker) {
	t.Helper()
	old := debug.SetPanicOnFault(true)
	t.Cleanup(func() { debug.SetPanicOnFault(old) })
	p := target.Self()
	t.Cleanup(p.Close)
	return p, New(p, lim, rules)
}

func newWalk(t *testing.T, lim Limits, rules Rules) *walked {
	t.Helper()
	p, w := start(t, lim, rules)
	return &walked{t: t, p: p, w: w}
}

// place returns the type of the value in v, and its address.
func place(t testing.TB, p *target.Process, v *any) (*gotypes.Type, uint64) {
	t.Helper()
	var words [16]byte
	at := unsafely.AddrOf(v)
	if err := p.Mem.Read(words[:], at); err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	typ, addr, err := p.Dynamic(gotypes.TypeAny, at, le.Uint64(words[:]), le.Uint64(words[8:]))
	if err != nil {
		t.Fatal(err)
	}
	return typ, addr
}

// typeOf returns the type of T.
func typeOf[T any](w *walked) *gotypes.Type {
	w.t.Helper()
	var v any = new(T)
	typ, _ := place(w.t, w.p, &v)
	return typ.Elem()
}

// value walks v as a variable with that name.
func (w *walked) value(name string, v any) []byte {
	w.t.Helper()
	w.kept = append(w.kept, v)
	typ, addr := place(w.t, w.p, &v)
	value, _ := w.w.Value(name, typ, addr, false)
	return value
}

// as walks the memory of v, a struct, as if it held a T.
func as[T any](w *walked, name string, v any) []byte {
	w.t.Helper()
	w.kept = append(w.kept, v)
	_, addr := place(w.t, w.p, &v)
	value, _ := w.w.Value(name, typeOf[T](w), addr, false)
	return value
}

var (
	inObject = regexp.MustCompile(`"p":\d+,?`)
	typed    = regexp.MustCompile(`<[^<>]*>`)
)

// hunter is the redactor of these tests.
type hunter struct{}

func (hunter) Bytes(b []byte) ([]byte, bool) {
	out := strings.ReplaceAll(string(b), "hunter2", notation.Mask)
	return []byte(out), out != string(b)
}

func (h hunter) Unmarked(b []byte) ([]byte, bool) { return h.Bytes(b) }

func (h hunter) Stale(b []byte) ([]byte, bool) {
	if string(b) == "leftove" {
		return []byte(notation.Mask), true
	}
	return h.Bytes(b)
}

func (hunter) Path(path string) string { return strings.ReplaceAll(path, "hunter2", notation.Mask) }

func (hunter) Number([]byte, secrets.Rule) int { return 0 }

// render returns a value as the file has it, without addresses.
func (w *walked) render(value []byte) string {
	w.t.Helper()
	b := w.w.Render(nil, value, hunter{})
	if !json.Valid(b) || !utf8.Valid(b) {
		w.t.Errorf("got %q, want JSON", b)
	}
	return inObject.ReplaceAllString(string(b), "")
}

// ids returns what is expected, with ids of types in place of their names, as in <int>.
func (w *walked) ids(want string) string {
	w.t.Helper()
	names := w.types()
	return typed.ReplaceAllStringFunc(want, func(s string) string {
		return strconv.Itoa(slices.Index(names, s[1:len(s)-1]))
	})
}

// objects returns all objects, from id 1.
func (w *walked) objects() []string {
	w.t.Helper()
	var all []string
	for _, o := range w.w.Objects() {
		all = append(all, w.render(o.Value))
	}
	return all
}

// want compares a variable and all objects with what they should be.
func (w *walked) want(value []byte, want string, objects ...string) {
	w.t.Helper()
	w.w.Run()
	if got, want := w.render(value), w.ids(want); got != want {
		w.t.Errorf("got %s, want %s", got, want)
	}
	for i := range objects {
		objects[i] = w.ids(objects[i])
	}
	if got := w.objects(); !reflect.DeepEqual(got, objects) && len(got)+len(objects) > 0 {
		w.t.Errorf("got objects\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(objects, "\n\t"))
	}
}

// types returns the names of the types by id.
func (w *walked) types() []string {
	w.t.Helper()
	names := []string{""}
	w.w.Types(func(t *corefile.Type) error {
		if t.ID != len(names) {
			w.t.Errorf("got type id %d, want %d", t.ID, len(names))
		}
		names = append(names, strings.ReplaceAll(t.Name, "coredumpy/internal/walk.", ""))
		return nil
	})
	return names
}

func TestScalars(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{true, "true"}, {false, "false"},
		{int8(-128), "-128"}, {int16(-1), "-1"}, {int32(math.MinInt32), "-2147483648"}, {int(-5), "-5"}, {int64(math.MinInt64), "-9223372036854775808"},
		{uint8(255), "255"}, {uint16(65535), "65535"}, {uint32(math.MaxUint32), "4294967295"}, {uint(7), "7"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{uintptr(1 << 60), "1152921504606846976"},
		{float32(0.1), "0.1"}, {1e300, "1e+300"}, {math.Copysign(0, -1), "-0"}, {math.NaN(), `"NaN"`}, {math.Inf(-1), `"-Inf"`},
		{complex64(complex(1.5, -2)), "[1.5,-2]"}, {complex(math.Inf(1), 0), `["+Inf",0]`},
		{"", `""`}, {"héllo\x00\n", `"héllo\u0000\n"`}, {"bad\xff", `{"b":"YmFk/w==","len":4}`},
		{time.Minute, "60000000000"},
		{struct{}{}, "[]"}, {struct {
			A int
			b string
		}{1, "x"}, `[1,"x"]`},
		{[0]int{}, "[]"}, {[3]int{1, 2, 3}, "[1,2,3]"}, {[2][2]bool{{true}}, "[[true,false],[false,false]]"},
		{[4]byte{'a', 'b', 0, 0}, `"ab\u0000\u0000"`}, {[3]int8{-1, 0, 1}, `{"b":"/wAB","len":3}`},
		{[]int(nil), "null"}, {[]int{}, `{}`}, {make([]int, 0, 9), `{"cap":9}`},
		{map[int]int(nil), "null"}, {(*int)(nil), "null"}, {(chan int)(nil), "null"}, {(func())(nil), "null"},
		{struct{ E error }{}, "[null]"}, {struct{ V any }{(*int)(nil)}, `[[<*int>,null]]`},
		{[4]rune{'a', 'b', 'c', 'd'}, "[97,98,99,100]"},
	} {
		w := newWalk(t, ample(), Rules{})
		w.want(w.value("v", tt.v), tt.want)
	}
}

type tree struct {
	Name        string
	Left, Right *tree
}

func TestReferences(t *testing.T) {
	n := 5
	for _, tt := range []struct {
		name    string
		v       any
		want    string
		objects []string
	}{
		{"pointer", &n, `[1]`, []string{"5"}},
		{"pointer to a pointer", func() any { p := &n; return &p }(), `[1]`, []string{`[2]`, "5"}},
		{"slice", []string{"a", "b"}, `[1,2]`, []string{`["a","b"]`}},
		{"bytes", []byte("text"), `[1,4]`, []string{`"text"`}},
		{"runes", []rune("text"), `[1,4]`, []string{`[116,101,120,116]`}},
		{"map", map[string]int{"k": 1}, `[1,1]`, []string{`["k",1]`}},
		{"empty map", map[string]int{}, `[1,0]`, []string{`[]`}},
		{"channel", func() any { c := make(chan int, 3); c <- 7; c <- 8; close(c); return c }(), `[1,2,3]`, []string{`{"e":[7,8],"len":2,"closed":true}`}},
		{"interface of a struct", struct{ V any }{tree{Name: "x"}}, `[[1]]`, []string{`["x",null,null]`}},
		{"interface of a string", struct{ V any }{"x"}, `[[<string>,"x"]]`, nil},
		{"interface of a slice", struct{ V any }{[]int{1}}, `[[<[]int>,[1,1]]]`, []string{`[1]`}},
		{"interface of a struct of a pointer", struct{ V any }{struct{ P *int }{&n}}, `[[1]]`, []string{`[[2]]`, "5"}},
		{"error", struct{ E error }{errors.New("bad 1")}, `[[<*errors.errorString>,[1]]]`, []string{`["bad 1"]`}},
		{"tree", &tree{"root", &tree{"left", nil, nil}, &tree{"right", nil, nil}}, `[1]`,
			[]string{`["root",[2],[3]]`, `["left",null,null]`, `["right",null,null]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWalk(t, ample(), Rules{})
			w.want(w.value("v", tt.v), tt.want, tt.objects...)
		})
	}
}

// What is shared is one object, however it is reached.
func TestSharing(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	shared := &tree{Name: "shared"}
	list := []int{1, 2, 3}
	m := map[string]*tree{"k": shared}
	a := w.value("a", []*tree{shared, shared})
	b := w.value("b", struct {
		P *tree
		V any
		M map[string]*tree
		L [2][]int
	}{shared, shared, m, [2][]int{list, list}})
	w.want(a, `[1,2]`,
		`[[2],[2]]`, `["shared",null,null]`, `["k",[2]]`, `[1,2,3]`)
	if got, want := w.render(b), w.ids(`[[2],[<*tree>,[2]],[3,1],[[4,3],[4,3]]]`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// A struct and its first field have the same address, but are two objects. So are
	// slices of different lengths.
	w = newWalk(t, ample(), Rules{})
	s := &struct{ First, Second int }{1, 2}
	w.want(w.value("v", struct {
		S any
		F *int
		L [2][]int
	}{s, &s.First, [2][]int{list[:2], list[:3]}}), `[[<*struct { First int; Second int }>,[1]],[2],[[3,2,3],[4,3]]]`,
		`[1,2]`, `1`, `[1,2]`, `[1,2,3]`)
}

func TestCycles(t *testing.T) {
	ring := &tree{Name: "a"}
	ring.Left = &tree{Name: "b", Left: ring}
	ring.Right = ring
	self := map[string]any{}
	self["me"] = self
	list := []any{1, nil}
	list[1] = list
	var box any
	box = &box
	type closure func() closure
	var f closure
	f = func() closure { return f }
	c := make(chan any, 1)
	c <- c
	for _, tt := range []struct {
		name    string
		v       any
		want    string
		objects []string
	}{
		{"pointers", ring, `[1]`, []string{`["a",[2],[1]]`, `["b",[1],null]`}},
		{"map", self, `[1,1]`, []string{`["me",[<map[string]interface {}>,[1,1]]]`}},
		{"slice", list, `[1,2]`, []string{`[[<int>,1],[<[]interface {}>,[1,2]]]`}},
		{"interface", box, `[1]`, []string{`[<*interface {}>,[1]]`}},
		{"channel", c, `[1,1]`, []string{`[[<chan interface {}>,[1,1]]]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWalk(t, ample(), Rules{})
			w.want(w.value("v", tt.v), tt.want, tt.objects...)
		})
	}
	w := newWalk(t, ample(), Rules{})
	v := w.value("f", f)
	w.w.Run()
	if got := w.render(v); !strings.Contains(got, `"f":"coredumpy/internal/walk.TestCycles.func`) {
		t.Errorf("got %s, want a closure of TestCycles", got)
	}
}

// Objects are ordered by their distance from the variables.
func TestBreadthFirst(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	deep := &tree{"1", &tree{"2", &tree{"3", nil, nil}, nil}, nil}
	w.value("a", deep)
	w.value("b", &tree{"one", &tree{"two", nil, nil}, nil})
	w.w.Run()
	var names []string
	for _, o := range w.objects() {
		names = append(names, strings.Split(o, `"`)[1])
	}
	if got, want := strings.Join(names, " "), "1 one 2 two 3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTypes(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	w.value("v", []map[string]*tree{{"k": nil}})
	w.w.Run()
	got := strings.Join(w.types()[1:], " ")
	if want := "[]map[string]*tree map[string]*tree string *tree"; got != want {
		t.Errorf("got types %s, want %s", got, want)
	}
}
