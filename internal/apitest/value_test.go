package apitest

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"coredumpy"
)

type (
	celsius                   float64
	level                     int8
	flagset                   map[string]bool
	handler                   func(int) error
	pair[K comparable, V any] struct {
		Key   K
		Value V
	}
	tree[T any] struct {
		Left, Right *tree[T]
		Value       T
	}
	base struct {
		id   int
		Name string
	}
	derived struct {
		base
		*tree[string]
		hidden bool
		_      [3]byte
		Any    any
		Err    error
	}
	loop struct {
		Self *loop
		M    map[string]any
		S    []any
	}
)

func (c celsius) String() string { panic("String must not run") }
func (l level) Error() string    { panic("Error must not run") }

func handle(int) error { return nil }

func pointer[T any](v T) *T { return &v }

// checkValue dumps a value, and checks how it is printed.
func checkValue(t *testing.T, value any, wantText string) {
	t.Helper()
	d := take(t, coredumpy.Var("v", value))
	v := d.given(t, "v")
	if got := show(v); got != wantText {
		t.Errorf("%T: got %s, want %s", value, got, wantText)
	}
	if got, want := v.Kind(), reflect.TypeOf(value).Kind(); got != want {
		t.Errorf("%T: got kind %v, want %v", value, got, want)
	}
	if len(d.Head().Notes) > 1 || len(d.Head().Cut) > 0 {
		t.Errorf("%T: got notes %q and cuts %v, want one note on debug information at most",
			value, d.Head().Notes, d.Head().Cut)
	}
}

// All kinds of values are printed in the notation of Delve.
func TestValues(t *testing.T) {
	var nilError error
	var stringer fmt.Stringer = celsius(1.5)
	for _, tt := range []struct {
		value any
		want  string
	}{
		{true, "true"}, {false, "false"},
		{int(-1), "-1"}, {int8(math.MinInt8), "-128"}, {int16(math.MinInt16), "-32768"},
		{int32(math.MinInt32), "-2147483648"}, {int64(math.MinInt64), "-9223372036854775808"},
		{uint(1), "1"}, {uint8(math.MaxUint8), "255"}, {uint16(math.MaxUint16), "65535"},
		{uint32(math.MaxUint32), "4294967295"}, {uint64(math.MaxUint64), "18446744073709551615"},
		{uintptr(4096), "4096"}, {time.Duration(90), "90"}, {level(3), "3"}, {celsius(36.6), "36.6"},
		{float32(0.1), "0.1"}, {1e15, "1000000000000000"}, {math.Inf(1), "+Inf"}, {math.Inf(-1), "-Inf"},
		{math.NaN(), "NaN"}, {math.Copysign(0, -1), "-0"},
		{complex64(1 + 2i), "(1 + 2i)"}, {complex(math.NaN(), math.Inf(1)), "(NaN + +Infi)"},
		{"", `""`}, {"plain", `"plain"`},
		{"quote\" line\n tab\t nul\x00 日本 \U0001f600", `"quote\" line\n tab\t nul\x00 日本 😀"`},
		{"bad \xff\xc3", `"bad \xff\xc3"`},
		{[]int(nil), "[]int len: 0, cap: 0, nil"}, {[]int{}, "[]int len: 0, cap: 0, []"},
		{make([]int, 2, 5), "[]int len: 2, cap: 5, [0,0]"},
		{[]string{"a", "b"}, `[]string len: 2, cap: 2, ["a","b"]`},
		{[][]int{{1}, nil, {}}, "[][]int len: 3, cap: 3, [[1],nil,[]]"},
		{[]byte("hi"), "[]uint8 len: 2, cap: 2, [104,105]"},
		{[]rune("hi, é"), "[]int32 len: 5, cap: 5, [104,105,44,32,233]"},
		{[]int32{0, -1, 1 << 30, 0xd800}, "[]int32 len: 4, cap: 4, [0,-1,1073741824,55296]"},
		{[]int8{-1, 0, 1}, "[]int8 len: 3, cap: 3, [-1,0,1]"},
		{[]bool{true, false}, "[]bool len: 2, cap: 2, [true,false]"},
		{[3]int{1, 2, 3}, "[3]int [1,2,3]"}, {[0]int{}, "[0]int []"}, {[1]*int{pointer(7)}, "[1]*int [*7]"},
		{[2][2]bool{{true}}, "[2][2]bool [[true,false],[false,false]]"},
		{map[string]int(nil), "map[string]int nil"}, {map[string]int{}, "map[string]int []"},
		{map[string]int{"a": 1}, `map[string]int ["a": 1, ]`},
		{map[[2]int8]*bool{{1, 2}: pointer(true)}, "map[[2]int8]*bool [[1,2]: *true, ]"},
		{map[any]error{nil: nil}, "map[interface {}]error [nil: nil, ]"},
		{flagset{"x": true}, `coredumpy/internal/apitest.flagset ["x": true, ]`},
		{map[int]map[string][]int{1: {"a": {2}}}, `map[int]map[string][]int [1: ["a": [2], ], ]`},
		{pair[string, []int]{"k", []int{1}},
			`coredumpy/internal/apitest.pair[string,[]int] {Key: "k", Value: []int len: 1, cap: 1, [1]}`},
		{struct{}{}, "struct {} {}"}, {struct{ A, B int }{1, 2}, "struct { A int; B int } {A: 1, B: 2}"},
		{(*int)(nil), "*int nil"}, {pointer(5), "*5"}, {pointer(pointer("x")), `**"x"`},
		{(*derived)(nil), "*coredumpy/internal/apitest.derived nil"},
		{unsafe.Pointer(nil), "unsafe.Pointer(0x0)"},
		{&tree[int]{Left: &tree[int]{Value: 1}, Value: 2},
			"*coredumpy/internal/apitest.tree[int] {Left: *coredumpy/internal/apitest.tree[int] {Left: *coredumpy/internal/apitest.tree[int] nil, Right: *coredumpy/internal/apitest.tree[int] nil, Value: 1}, Right: *coredumpy/internal/apitest.tree[int] nil, Value: 2}"},
		{&stringer, "*fmt.Stringer(coredumpy/internal/apitest.celsius) 1.5"}, {&nilError, "*error nil"},
		{errors.New("boom"), `*errors.errorString {s: "boom"}`},
		{make(chan int), "chan int 0/0"}, {(chan<- int)(nil), "chan<- int nil"},
		{(<-chan bool)(make(chan bool, 3)), "<-chan bool 0/3"},
		{(func())(nil), "nil"}, {handle, "coredumpy/internal/apitest.handle"},
		{handler(handle), "coredumpy/internal/apitest.handle"}, {io.Discard, "io.discard {}"},
	} {
		checkValue(t, tt.value, tt.want)
	}
}

// A float keeps all its bits.
func TestValueFloats(t *testing.T) {
	values := []float64{0.1, 1.0 / 3, math.Pi, math.MaxFloat64, math.Nextafter(1, 2), 1e300,
		math.SmallestNonzeroFloat64, 1e21, 123456789.125}
	v := take(t, coredumpy.Var("v", values)).given(t, "v")
	for i, want := range values {
		if got := v.Index(i).Float(); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

// A struct keeps its unexported and embedded fields.
func TestValueStruct(t *testing.T) {
	s := derived{base: base{7, "seven"}, tree: &tree[string]{Value: "leaf"}, hidden: true, Any: base{8, "eight"},
		Err: io.EOF}
	v := take(t, coredumpy.Var("v", s)).given(t, "v")
	var got []string
	for i := range v.Type().NumField() {
		name, _, embedded := v.Type().Field(i)
		got = append(got, fmt.Sprint(name, " ", embedded, " ", show(v.Field(i))))
	}
	const pkg = "coredumpy/internal/apitest."
	want := []string{
		"base true " + pkg + `base {id: 7, Name: "seven"}`,
		"tree true *" + pkg + "tree[string] {Left: *" + pkg + "tree[string] nil, Right: *" + pkg +
			`tree[string] nil, Value: "leaf"}`,
		"hidden false true", "_ false [3]uint8 [0,0,0]",
		"Any false interface {}(" + pkg + `base) {id: 8, Name: "eight"}`,
		`Err false error(*errors.errorString) *{s: "EOF"}`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got fields\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A typed nil in an interface isn't nil.
func TestValueTypedNil(t *testing.T) {
	v := take(t, coredumpy.Var("v", []error{nil, (*os.PathError)(nil), level(9)})).given(t, "v")
	if a := v.Index(0); !a.IsNil() || a.Elem().Valid() {
		t.Errorf("got %s, want nil", show(a))
	}
	if b := v.Index(1); b.IsNil() || !b.Elem().IsNil() || b.Elem().Type().String() != "*io/fs.PathError" {
		t.Errorf("got %s of type %s, want a nil *io/fs.PathError", show(b), b.Elem().Type())
	}
	if c := v.Index(2).Elem(); c.Int() != 9 || c.Type().String() != "coredumpy/internal/apitest.level" {
		t.Errorf("got %s of type %s, want level 9", show(c), c.Type())
	}
}

// Cycles end, and a shared value is one object.
func TestValueSharing(t *testing.T) {
	noVariables(t)
	l := &loop{M: map[string]any{}, S: make([]any, 2)}
	l.Self, l.M["loop"], l.M["map"], l.S[0], l.S[1] = l, l, l.M, l.S, l
	n := 5
	shared := []*int{&n, &n}
	text := []byte("0123456789")
	d := take(t, coredumpy.Var("l", l), coredumpy.Var("again", l), coredumpy.Var("shared", shared),
		coredumpy.Var("text", text), coredumpy.Var("same", text[:10:10]))
	v := d.given(t, "l")
	for name, other := range map[string]coredumpy.Value{"Self": v.Elem().Field(0), "again": d.given(t, "again"),
		"S[1]": v.Elem().Field(2).Index(1).Elem()} {
		if other.Object() == 0 || other.Object() != v.Object() || other.Pointer() != v.Pointer() {
			t.Errorf("%s: got object %d at %#x, want %d at %#x",
				name, other.Object(), other.Pointer(), v.Object(), v.Pointer())
		}
	}
	m := v.Elem().Field(1)
	for i := range m.Stored() {
		key, elem := m.Entry(i)
		if want := map[string]int{"loop": v.Object(),
			"map": m.Object()}[must(key.Text())]; elem.Elem().Object() != want {
			t.Errorf("%s: got object %d, want %d", show(key), elem.Elem().Object(), want)
		}
	}
	s := d.given(t, "shared")
	if a, b := s.Index(0), s.Index(1); a.Object() == 0 || a.Object() != b.Object() || a.Elem().Int() != 5 {
		t.Errorf("got objects %d and %d, want one", a.Object(), b.Object())
	}
	if a, b := d.given(t, "text"), d.given(t, "same"); a.Object() != b.Object() {
		t.Errorf("got objects %d and %d for one array, want one", a.Object(), b.Object())
	}
	if n := d.Head().Objects; n > 8 {
		t.Errorf("got %d objects, want each once", n)
	}
}

func must(text string, ok bool) string { return text }

// A channel has its buffered values in order, and shows who waits.
func TestValueChannel(t *testing.T) {
	full := make(chan string, 3)
	for i := range 7 { // the buffer wraps around
		full <- fmt.Sprint(i)
		if i < 4 {
			<-full
		}
	}
	closed := make(chan int, 2)
	closed <- 1
	close(closed)
	empty := make(chan bool)
	for range 2 {
		go func() { full <- "later" }()
		go func() { <-empty }()
	}
	defer func() {
		for range 5 {
			<-full
		}
		close(empty)
	}()
	for runtime.Gosched(); ; time.Sleep(time.Millisecond) {
		d := take(t, coredumpy.Var("full", full), coredumpy.Var("closed", closed), coredumpy.Var("empty", empty))
		_, send, _ := d.given(t, "full").Waiting()
		recv, _, _ := d.given(t, "empty").Waiting()
		if send < 2 || recv < 2 {
			continue // they haven't got that far
		}
		v := d.given(t, "full")
		var got []string
		for i := range v.Stored() {
			got = append(got, must(v.Index(i).Text()))
		}
		if strings.Join(got, " ") != "4 5 6" || v.Len() != 3 || v.Cap() != 3 || send != 2 || recv != 2 {
			t.Errorf("got buffer %q, %d/%d, %d senders and %d receivers, want 4 5 6, 3/3, 2 and 2",
				got, v.Len(), v.Cap(), send, recv)
		}
		v = d.given(t, "closed")
		if _, _, isClosed := v.Waiting(); !isClosed || v.Stored() != 1 || v.Index(0).Int() != 1 {
			t.Errorf("got %s, closed %v, want one value in a closed channel", show(v), isClosed)
		}
		return
	}
}

// A func value shows which function it is.
func TestValueFunc(t *testing.T) {
	n := 3
	d := take(t, coredumpy.Var("f", handle), coredumpy.Var("closure", func() int { n++; return n }),
		coredumpy.Var("method", time.Now().String))
	for name, want := range map[string]string{"f": "coredumpy/internal/apitest.handle",
		"closure": "coredumpy/internal/apitest.TestValueFunc.func1", "method": "time.Time.String-fm"} {
		if got := d.given(t, name).Func(); got.Func != want ||
			name != "method" && (!strings.HasSuffix(got.File, "value_test.go") || got.Line == 0) {
			t.Errorf("%s: got %+v, want %s with file and line", name, got, want)
		}
	}
}

// A map has all its entries, whatever its size and the sizes of keys and elements.
func TestValueMaps(t *testing.T) {
	type wide [40]int
	for _, n := range []int{1, 7, 8, 9, 100, 1025, 9000} {
		small, big := map[int]int{}, map[wide]wide{}
		for i := range n {
			small[i] = i * i
			if n <= 1025 {
				big[wide{i}] = wide{39: i}
			}
		}
		for i := 0; i < n; i += 3 { // holes
			delete(small, i)
		}
		d := take(t, coredumpy.Var("small", small), coredumpy.Var("big", big))
		v := d.given(t, "small")
		if v.Stored() != len(small) || v.Len() != int64(len(small)) {
			t.Errorf("got %d of %d entries, want %d", v.Stored(), v.Len(), len(small))
		}
		for i := range v.Stored() {
			key, elem := v.Entry(i)
			if want, ok := small[int(key.Int())]; !ok || elem.Int() != int64(want) {
				t.Errorf("got entry %d: %d, want %d, %v", key.Int(), elem.Int(), want, ok)
			}
			delete(small, int(key.Int()))
		}
		v = d.given(t, "big")
		if v.Stored() != len(big) {
			t.Errorf("got %d entries with large keys, want %d", v.Stored(), len(big))
		}
		for i := range v.Stored() {
			key, elem := v.Entry(i)
			if got := elem.Index(39).Int(); got != key.Index(0).Int() {
				t.Errorf("got entry %d: %d, want the same", key.Index(0).Int(), got)
			}
		}
	}
}

// No method of the program runs, whatever is in the graph.
func TestNoMethodRuns(t *testing.T) {
	d, _ := crash(t, func() { panic(level(7)) }, coredumpy.Var("c", celsius(20)),
		coredumpy.Var("p", pointer(celsius(21))))
	if got := show(d.given(t, "c")); got != "20" {
		t.Errorf("got %s, want 20", got)
	}
	if got := show(d.current(t).Panic.Value); got != "interface {}(coredumpy/internal/apitest.level) 7" {
		t.Errorf("got panic value %s, want level 7", got)
	}
	if got := d.Head().Message; got != "apitest.level" {
		t.Errorf("got message %q, want the type: its text would need a method", got)
	}
}

// Wrapped and joined errors are complete.
func TestValueErrors(t *testing.T) {
	_, missing := os.Open("/no/such/file")
	err := fmt.Errorf("load: %w", errors.Join(missing, io.ErrUnexpectedEOF))
	d, _ := crash(t, func() { panic(err) })
	if got := d.Head().Message; got != err.Error() {
		t.Errorf("got message %q, want %q", got, err.Error())
	}
	d.wantText(t, "/no/such/file", "unexpected EOF")
	joined := d.current(t).Panic.Value.Elem().Elem().Field(1).Elem().Elem()
	if got := joined.Type().String(); got != "errors.joinError" {
		t.Fatalf("got %s inside the wrapper, want errors.joinError", got)
	}
	first := joined.Field(0).Index(0).Elem().Elem()
	if got := first.Type().String(); got != "io/fs.PathError" || show(first.Field(1)) != `"/no/such/file"` {
		t.Errorf("got %s %s, want the *fs.PathError", got, show(first))
	}
}

// The value that a reference leads to has its address there, although the file has it
// only once.
func TestAddresses(t *testing.T) {
	type point struct{ X, Y int }
	v := struct {
		P   *point
		S   []point
		Any any
	}{&point{1, 2}, []point{{3, 4}, {5, 6}}, point{7, 8}}
	d := take(t, coredumpy.Var("v", &v))
	got := d.given(t, "v")
	want := uint64(reflect.ValueOf(&v).Pointer())
	if got.Pointer() != want || got.Elem().Addr() != want {
		t.Errorf("got a struct at %#x, from a pointer to %#x, want %#x", got.Elem().Addr(), got.Pointer(), want)
	}
	p, s, boxed := got.Elem().Field(0), got.Elem().Field(1), got.Elem().Field(2)
	if want := uint64(reflect.ValueOf(v.P).Pointer()) + 8; p.Elem().Field(1).Addr() != want {
		t.Errorf("got a field behind a pointer at %#x, want %#x", p.Elem().Field(1).Addr(), want)
	}
	if want := uint64(reflect.ValueOf(&v.S[1].Y).Pointer()); s.Index(1).Field(1).Addr() != want {
		t.Errorf("got a field of an element at %#x, want %#x", s.Index(1).Field(1).Addr(), want)
	}
	if boxed.Elem().Addr() == 0 || boxed.Elem().Field(1).Addr() != boxed.Elem().Addr()+8 {
		t.Errorf("got a value in an interface at %#x, its field at %#x",
			boxed.Elem().Addr(), boxed.Elem().Field(1).Addr())
	}
}
