package walk

import (
	"strings"
	"testing"

	"coredumpy/internal/notation"
)

// Memory that may hold something else is taken for a value only if it can be one.
func TestPlausible(t *testing.T) {
	n := 5
	for _, tt := range []struct {
		name string
		is   func(w *walked) bool
		want bool
	}{
		{"number", func(w *walked) bool { return couldBe[int](w, struct{ V uint64 }{1 << 63}) }, true},
		{"true", func(w *walked) bool { return couldBe[bool](w, struct{ V byte }{1}) }, true},
		{"bool of 2", func(w *walked) bool { return couldBe[bool](w, struct{ V byte }{2}) }, false},
		{"nil", func(w *walked) bool { return couldBe[*int](w, struct{ P *int }{}) }, true},
		{"pointer", func(w *walked) bool { return couldBe[*int](w, struct{ P *int }{&n}) }, true},
		{"string", func(w *walked) bool { return couldBe[string](w, struct{ S string }{"x"}) }, true},
		{"empty string", func(w *walked) bool { return couldBe[string](w, stringHeader{0, 0}) }, true},
		{"string of nil", func(w *walked) bool { return couldBe[string](w, stringHeader{0, 5}) }, false},
		{"slice", func(w *walked) bool { return couldBe[[]int](w, struct{ L []int }{[]int{1}}) }, true},
		{"slice longer than itself", func(w *walked) bool { return couldBe[[]int](w, sliceHeader{wild, 6, 5}) }, false},
		{"slice of 2^62", func(w *walked) bool { return couldBe[[]int](w, sliceHeader{wild, 1 << 62, 1 << 62}) }, false},
		{"interface", func(w *walked) bool { return couldBe[any](w, struct{ V any }{5}) }, true},
		{"nil interface", func(w *walked) bool { return couldBe[any](w, ifaceHeader{}) }, true},
		{"interface of no type", func(w *walked) bool { return couldBe[any](w, ifaceHeader{wild, 0}) }, false},
		{"struct", func(w *walked) bool { return couldBe[user](w, struct{ U user }{user{"a", "b"}}) }, true},
		{"struct of a bad string", func(w *walked) bool {
			return couldBe[user](w, struct {
				A string
				B stringHeader
			}{"a", stringHeader{0, 7}})
		}, false},
		{"array", func(w *walked) bool { return couldBe[[3]bool](w, struct{ A [3]byte }{[3]byte{0, 1, 0}}) }, true},
		{"array of a bad bool", func(w *walked) bool { return couldBe[[3]bool](w, struct{ A [3]byte }{[3]byte{0, 1, 3}}) }, false},
	} {
		if got := tt.is(newWalk(t, ample(), Rules{})); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// couldBe reports whether the memory of v, a struct, is plausible as a T.
func couldBe[T any](w *walked, v any) bool {
	w.t.Helper()
	typ, addr := place(w.t, w.p, &v)
	data := make([]byte, typ.Size)
	if err := w.p.Mem.Read(data, addr); err != nil {
		w.t.Fatal(err)
	}
	return w.w.plausible(typeOf[T](w), data)
}

// Where the heap isn't known, a variable that isn't used again is walked like any other.
func TestStaleWithoutHeap(t *testing.T) {
	w := newWalk(t, ample(), Rules{})
	var v any = user{"a", "b"}
	typ, addr := place(t, w.p, &v)
	value, _, doubt := w.w.Stale("v", typ, addr, addr, false)
	if doubt != Unsuspected {
		t.Errorf("got doubt %d, want none", doubt)
	}
	w.want(value, `["a","b"]`)
}

func TestNamed(t *testing.T) {
	rules, learnt := secretNames()
	w := newWalk(t, ample(), rules)
	if w.w.Named("colour", "blue") {
		t.Error("a colour is a secret")
	}
	if !w.w.Named("my secret", "p1") {
		t.Error("a secret isn't one")
	}
	wantLearnt(t, learnt, "p1")
}

func TestClip(t *testing.T) {
	lim := ample()
	lim.String = 10
	w := newWalk(t, lim, Rules{})
	redact := func(s string) string { return strings.ReplaceAll(s, "hunter2", notation.Mask) }
	for text, want := range map[string]string{
		"short":                   "short",
		"0123456789":              "0123456789",
		"0123456789a":             "0123456789...+1 more",
		"012345678é":              "012345678...+1 more",
		"is hunter2":              "is " + notation.Mask,
		strings.Repeat("x", 9999): "xxxxxxxxxx...+9989 more",
	} {
		if got := w.w.Clip(text, redact); got != want {
			t.Errorf("got %q of %q, want %q", got, text, want)
		}
	}
	if got := w.w.Clip("01234 hunter2 and more", redact); strings.Contains(got, "hu") || !strings.HasPrefix(got, "01234 ***r") {
		t.Errorf("got %q, want the secret gone", got)
	}
}

// A variable that isn't used again, and that isn't a channel, a map or an interface any more, says
// what became of it; one that is used says what is wrong.
func TestOtherKind(t *testing.T) {
	for _, tt := range []struct {
		kind, other any // the memory of other is taken for one of kind
		want        string
	}{
		{make(chan []*int), struct{ C *[16]uint64 }{&[16]uint64{1, 2, 3, 9}}, "no chan []*int at"},
		{map[int]int{}, struct{ M *[8]uint64 }{&[8]uint64{1 << 63, 1, 1, 1, 1}}, "no map at"},
		{[1]any{}, ifaceHeader{wild, 0}, "no type at"},
	} {
		for _, stale := range []bool{false, true} {
			w := newWalk(t, ample(), Rules{})
			typ, _ := place(t, w.p, &tt.kind)
			_, addr := place(t, w.p, &tt.other)
			got, _ := w.w.Value("v", typ, addr, false)
			if stale {
				got, _, _ = w.w.Stale("v", typ, addr, addr, false)
				tt.want = `"reused"`
			}
			if !strings.Contains(string(got), tt.want) {
				t.Errorf("%T, stale %v: got %s, want %q", tt.kind, stale, got, tt.want)
			}
		}
	}
}
