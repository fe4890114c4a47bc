package walk

import (
	"testing"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// A reason can name a type with tags, which may contain anything.
func TestReasonRedacted(t *testing.T) {
	w := &Walker{}
	for _, tt := range []struct{ why, want string }{
		{"depth limit", `{"x":["limit","depth"]}`},
		{`map of struct { F int "k:hunter2" } not known`, `{"x":["other","map of struct { F int \"k:***redacted***\" } not known"]}`},
	} {
		if got := string(w.Render(nil, notation.Reason(caveat.ParseReason(tt.why)), hunter{})); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.why, got, tt.want)
		}
	}
}

// Only if a value is missing as a whole is the reason returned beside it.
func TestMissing(t *testing.T) {
	rules, _ := secretNames()
	w := newWalk(t, ample(), rules)
	type account struct{ secret int }
	for _, tt := range []struct {
		name string
		v    any
		want caveat.Kind
	}{
		{"secret", 7, caveat.Redacted},
		{"n", 7, caveat.None},
		{"account", account{7}, caveat.None},
		{"accounts", []account{{7}}, caveat.None},
		{"nothing", (*int)(nil), caveat.None},
	} {
		typ, addr := place(t, w.p, &tt.v)
		if value, got := w.w.Value(tt.name, typ, addr, false); got != tt.want {
			t.Errorf("%s: got %s and kind %d, want kind %d", tt.name, w.render(value), got, tt.want)
		}
	}
	if value, got := w.w.Value("wild", typeOf[int](w), 8, false); got != caveat.NoMemory {
		t.Errorf("got %s and kind %d of memory that isn't there, want kind %d", w.render(value), got, caveat.NoMemory)
	}
}
