package walk

import (
	"slices"
	"strings"
	"testing"
)

// The numbers of a key are hidden wherever their memory is reached, whatever comes first, and
// nothing beside them is.
func TestMarkedMemory(t *testing.T) {
	type holder struct {
		Before int
		Box    [4]uint32
	}
	const hidden, one = `{"x":["redacted"]}`, `{"x":["redacted"]}`
	memory := &[6]uint32{71, 72, 73, 74, 75, 76}
	owner := &holder{7, [4]uint32{81, 82, 83, 84}}
	key := memory[1:5]
	for _, tt := range []struct {
		label string
		view  any
		key   any
		want  string // of the object that the view leads to
	}{
		{"the same slice", key, key, hidden},
		{"a part", key[1:3], key, hidden},
		{"more", memory[:], key, `[71,` + strings.Repeat(one+",", 4) + `76]`},
		{"the array", memory, key, `[71,` + strings.Repeat(one+",", 4) + `76]`},
		{"a number", &memory[2], key, one},
		{"a number beside it", &memory[5], key, "76"},
		{"another array", (*[4]uint32)(memory[1:5]), key, hidden},
		{"its owner", owner, owner.Box[:], `[7,` + hidden + `]`},
		{"a slice of an array", owner.Box[2:], &owner.Box, hidden},
		{"a copy", slices.Clone(key), key, "[72,73,74,75]"}, // see help secrets: not in a number
	} {
		for _, first := range []string{"view", "secret"} {
			rules, _ := secretNames()
			w := newWalk(t, ample(), rules)
			values := map[string]any{"view": tt.view, "secret": tt.key}
			names := []string{"view", "secret"}
			if first == "secret" {
				slices.Reverse(names)
			}
			for _, name := range names {
				w.value(name, values[name])
				if tt.label != "a part" { // in two runs
					w.w.Run()
				}
			}
			w.w.Run()
			id := 1
			if first == "secret" && w.w.Len() > 1 {
				id = 2
			}
			if got := w.render(w.w.Object(id).Value); got != tt.want {
				t.Errorf("%s, %s first: got %s, want %s", tt.label, first, got, tt.want)
			}
		}
	}
}

// A variable that was encoded before is encoded again.
func TestMarkedVariable(t *testing.T) {
	rules, _ := secretNames()
	w := newWalk(t, ample(), rules)
	view := &[4]uint32{81, 82, 83, 84}
	var v any = view
	pointer, at := place(t, w.p, &v)
	addr, err := w.p.ReadWord(at)
	if err != nil {
		t.Fatal(err)
	}
	value, _ := w.w.Value("view", pointer.Elem(), addr, true)
	if got := w.render(value); got != "[81,82,83,84]" {
		t.Fatalf("got %s before", got)
	}
	w.value("secret", view[:])
	w.w.Run()
	if got := w.render(w.w.Again(value, "view", w.w.TypeID(pointer.Elem()), addr, true)); got != `{"x":["redacted"]}` {
		t.Errorf("got %s", got)
	}
}

// Pieces that overlap become one.
func TestMarkedPieces(t *testing.T) {
	var m markedMemory
	for _, p := range []piece{{20, 30}, {50, 60}, {10, 22}, {70, 80}, {55, 75}, {5, 6}} {
		m.add(p)
	}
	if want := []piece{{5, 6}, {10, 30}, {50, 80}}; !slices.Equal(m.pieces, want) {
		t.Errorf("got %v, want %v", m.pieces, want)
	}
	for addr, want := range map[uint64]bool{4: false, 5: true, 6: false, 9: false, 10: true, 29: true, 30: false, 79: true, 80: false} {
		if got := m.overlaps(addr, 1); got != want {
			t.Errorf("overlaps(%d) = %t, want %t", addr, got, want)
		}
		if got := m.covers(addr, 1); got != want {
			t.Errorf("covers(%d) = %t, want %t", addr, got, want)
		}
	}
	if m.covers(29, 2) || !m.overlaps(29, 2) || !m.overlaps(0, 6) {
		t.Error("got a wrong answer at a border")
	}
}
