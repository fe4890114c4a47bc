package walk

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/memory"
	"coredumpy/internal/unsafely"
)

// Headers as in memory that was never set. Memory at a wild address isn't read, and a wild
// length costs nothing.
type (
	stringHeader struct {
		Data uintptr
		Len  int
	}
	sliceHeader struct {
		Data     uintptr
		Len, Cap int
	}
	ifaceHeader struct{ Type, Data uintptr }
)

const wild = 0xdead_beef_0000

func TestLyingHeaders(t *testing.T) {
	for _, tt := range []struct {
		name string
		walk func(*walked) []byte
		want string
	}{
		{"string of 2^60", func(w *walked) []byte { return as[string](w, "v", stringHeader{wild, 1 << 60}) }, `{"x":["badText",1152921504606846976]}`},
		{"string of -1", func(w *walked) []byte { return as[string](w, "v", stringHeader{wild, -1}) }, `{"x":["badText",-1]}`},
		{"string of 2^40", func(w *walked) []byte { return as[string](w, "v", stringHeader{wild, 1 << 40}) }, `{"len":1099511627776,"x":["noMemory",`},
		{"string nowhere", func(w *walked) []byte { return as[string](w, "v", stringHeader{wild, 5}) }, `{"len":5,"x":["noMemory",`},
		{"string of nothing", func(w *walked) []byte { return as[string](w, "v", stringHeader{wild, 0}) }, `""`},
		{"slice of 2^60", func(w *walked) []byte { return as[[]int](w, "v", sliceHeader{wild, 1 << 60, 1 << 61}) }, `{"x":["badSlice",`},
		{"slice of -1", func(w *walked) []byte { return as[[]int](w, "v", sliceHeader{wild, -1, 5}) }, `{"x":["badSlice",-1,`},
		{"slice longer than itself", func(w *walked) []byte { return as[[]int](w, "v", sliceHeader{wild, 6, 5}) }, `{"x":["badSlice",6,5]}`},
		{"slice without address", func(w *walked) []byte { return as[[]int](w, "v", sliceHeader{0, 6, 6}) }, `[1,6]`},
		{"slice of 2^50", func(w *walked) []byte { return as[[]int](w, "v", sliceHeader{wild, 1 << 50, 1 << 50}) }, `[1,1125899906842624]`},
		{"bytes of 2^50", func(w *walked) []byte { return as[[]byte](w, "v", sliceHeader{wild, 1 << 50, 1 << 50}) }, `[1,1125899906842624]`},
		{"runes of 2^50", func(w *walked) []byte { return as[[]rune](w, "v", sliceHeader{wild, 1 << 50, 1 << 50}) }, `[1,1125899906842624]`},
		{"slice of nothing", func(w *walked) []byte { return as[[]struct{}](w, "v", sliceHeader{wild, 1 << 60, 1 << 62}) }, `[1,1152921504606846976,4611686018427387904]`},
		{"interface of no type", func(w *walked) []byte { return as[any](w, "v", ifaceHeader{wild, 1}) }, `{"x":["other","no type at`},
		{"interface of code", func(w *walked) []byte {
			return as[any](w, "v", ifaceHeader{reflect.ValueOf(TestLyingHeaders).Pointer(), 1})
		}, `{"x":["other","no type at`},
		{"interface without a method table", func(w *walked) []byte { return as[error](w, "v", ifaceHeader{wild, 1}) }, `{"x":["other","no method table at`},
		{"pointer to nothing", func(w *walked) []byte { return as[*int](w, "v", struct{ P uintptr }{wild}) }, `[1]`},
		{"map nowhere", func(w *walked) []byte { return as[map[int]int](w, "v", struct{ P uintptr }{wild}) }, `{"x":["noMemory",`},
		{"channel nowhere", func(w *walked) []byte { return as[chan int](w, "v", struct{ P uintptr }{wild}) }, `{"x":["noMemory",`},
		{"func nowhere", func(w *walked) []byte { return as[func()](w, "v", struct{ P uintptr }{wild}) }, `{"x":["noMemory",`},
		{"channel that is none", func(w *walked) []byte {
			return as[chan int](w, "v", struct{ P *[20]uint64 }{&[20]uint64{5, 3}})
		}, `{"x":["other","no channel at`},
		{"map that is none", func(w *walked) []byte {
			return as[map[int]int](w, "v", struct{ P *[20]uint64 }{&[20]uint64{5, 3, wild, 3}})
		}, `[1,5]`},
		{"bool of 7", func(w *walked) []byte { return as[bool](w, "v", struct{ B uint8 }{7}) }, `{"x":["badBool",7]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWalk(t, ample(), Rules{})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			v := tt.walk(w)
			w.w.Run()
			runtime.ReadMemStats(&after)
			if got := w.render(v); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 20<<20 {
				t.Errorf("got %d bytes allocated, want few", n)
			}
			for _, o := range w.objects() {
				// None of them leads anywhere, but elements of size 0 are at any address.
				if !strings.Contains(o, `"x":[`) || len(o) > 100_000 {
					t.Errorf("got object %.200s, want a reason", o)
				}
			}
		})
	}
}

// broken is memory with damaged type descriptors.
type broken struct {
	memory.Reader
	from   uint64
	offset uint64 // in the descriptor
	value  uint64
}

func (m *broken) Read(p []byte, addr uint64) error {
	err := m.Reader.Read(p, addr)
	if at := m.from + m.offset; err == nil && m.from != 0 && addr <= at && at+8 <= addr+uint64(len(p)) {
		binary.LittleEndian.PutUint64(p[at-addr:], m.value)
	}
	return err
}

type inner struct{ A, B, C, D uint64 }

type victim struct {
	Numbers [4]uint64
	Text    [16]byte
	M       map[string]inner
	L       []inner
	I       any
	P       *inner
	F       func(int) error
	C       chan inner
}

// Whatever a damaged type descriptor says, the walk ends, without a panic, and no value of
// that type costs more than the limits allow.
func TestBrokenTypes(t *testing.T) {
	values := []uint64{0, 1, 1 << 20, 1 << 40, 1 << 62, 1<<64 - 1}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[victim](), reflect.TypeFor[[4]uint64](), reflect.TypeFor[[16]byte](), reflect.TypeFor[map[string]inner](),
		reflect.TypeFor[[]inner](), reflect.TypeFor[inner](), reflect.TypeFor[*inner](), reflect.TypeFor[any](), reflect.TypeFor[chan inner](),
	} {
		self := uint64(reflect.ValueOf(typ).Pointer()) // of its descriptor
		for off := uint64(0); off < 112; off += 8 {
			for _, value := range append(values, self) {
				breakType(t, typ, self, off, value)
			}
		}
	}
}

func breakType(t *testing.T, typ reflect.Type, from, off, value uint64) {
	t.Helper()
	lim := ample()
	lim.Bytes, lim.Elements, lim.Objects = 1<<20, 100, 1000
	w := newWalk(t, lim, Rules{})
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%v with %#x at %d: panic: %v", typ, value, off, r)
		}
	}()
	var v any = &victim{
		M: map[string]inner{"a": {}}, L: []inner{{1, 2, 3, 4}}, I: inner{}, P: &inner{}, C: make(chan inner, 1),
		F: func(int) error { return nil },
	}
	w.p.Mem = &broken{Reader: w.p.Mem, from: from, offset: off, value: value}
	encoded, _ := w.w.Value("v", gotypes.TypeAny, unsafely.AddrOf(&v), false)
	got := w.render(encoded)
	w.w.Run()
	if all := got + strings.Join(w.objects(), ""); len(all) > 4<<20 {
		t.Errorf("%v with %#x at %d: got %d bytes", typ, value, off, len(all))
	}
	runtime.KeepAlive(v)
}

func TestManyFields(t *testing.T) {
	fields := make([]reflect.StructField, 10_000)
	for i := range fields {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: reflect.TypeFor[int]()}
	}
	v := reflect.New(reflect.StructOf(fields)).Elem()
	v.Field(9_999).SetInt(7)
	w := newWalk(t, ample(), Rules{})
	got := w.render(w.value("v", v.Interface()))
	if want := "[" + strings.Repeat("0,", 9_999) + "7]"; got != want {
		t.Errorf("got %d bytes ending in %s, want %d fields", len(got), got[len(got)-20:], len(fields))
	}
}

// Values that are too large to read at once are read in parts.
func TestLargeValues(t *testing.T) {
	type large struct {
		Text    [100_000]byte
		Numbers [20_000]int32
		Wide    [3][10_000]uint64
		Last    string
	}
	v := &large{Last: "end"}
	copy(v.Text[:], strings.Repeat("text", 25_000))
	v.Numbers[9_999], v.Wide[2][9_999] = 5, 6
	lim := ample()
	w := newWalk(t, lim, Rules{})
	w.value("v", v)
	w.w.Run()
	got := w.objects()[0]
	zeros := strings.Repeat("0,", 9_999)
	want := `[{"s":"` + strings.Repeat("text", lim.String/4) + `","len":100000},{"e":[` + zeros + `5],"len":20000,"x":["limit","elements"]},[[` + zeros + "0],[" + zeros + "0],[" + zeros + `6]],"end"]`
	if got != want {
		t.Errorf("got %d bytes, want %d", len(got), len(want))
	}
}

// An array whose elements have no size is as long as it says.
func TestNoSize(t *testing.T) {
	lim := ample()
	lim.Elements = 3
	w := newWalk(t, lim, Rules{})
	w.want(w.value("v", struct {
		A [2]struct{}
		B [1 << 40]struct{}
		C [5][0]int
		D [0][5]int
	}{}), `[[[],[]],{"e":[[],[],[]],"len":1099511627776,"x":["limit","elements"]},{"e":[[],[],[]],"len":5,"x":["limit","elements"]},[]]`)
}

// The internals of the runtime help nobody, and have no end.
func TestRuntimeInternals(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	w.value("v", reflect.ValueOf(new(runtime.MemStats)))
	timer := runtime.Frames{}
	w.value("w", &timer)
	w.w.Run()
	if n := w.w.Len(); n > 200 {
		t.Errorf("got %d objects, want few", n)
	}
}
