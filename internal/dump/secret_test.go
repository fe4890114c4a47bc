package dump

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"coredumpy/internal/notation"
)

// hiding replaces parts of texts by numbered masks, as a capture does.
type hiding struct {
	random  *rand.Rand
	numbers map[string]int
}

// record returns a text as a dump may hold it: with some parts hidden, perhaps cut.
func (h *hiding) record(text string) string {
	var out []byte
	redacted := false
	for i := 0; i < len(text); {
		n := 1 + h.random.IntN(len(text)-i)
		if h.random.IntN(3) > 0 {
			out, i = append(out, text[i]), i+1
			continue
		}
		if h.numbers[text[i:i+n]] == 0 {
			h.numbers[text[i:i+n]] = len(h.numbers) + 1
		}
		number := h.numbers[text[i:i+n]]
		if h.random.IntN(4) == 0 || i+n < len(text) && '0' <= text[i+n] && text[i+n] <= '9' {
			number = 0
		}
		out, i, redacted = notation.AppendMask(out, number), i+n, true
	}
	if h.random.IntN(4) == 0 && len(out) > 0 {
		cut := notation.MaskCut(out, h.random.IntN(len(out)))
		if !redacted {
			return fmt.Sprintf(`{"s":%q,"len":%d}`, out[:cut], len(text))
		}
		return fmt.Sprintf(`{"s":%q,"red":true,"len":%d}`, out[:cut], len(text))
	}
	if redacted {
		return fmt.Sprintf(`{"s":%q,"red":true}`, out)
	}
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

// What SameHidden says of two texts is true of what was hidden.
func TestSameHidden(t *testing.T) {
	h := &hiding{rand.New(rand.NewPCG(5, 6)), map[string]int{}}
	core, err := Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"string","kind":"string","size":16}}
`))
	if err != nil {
		t.Fatal(err)
	}
	texts := core.TypesNamed("string")[0]
	said := map[bool]int{}
	for range 50_000 {
		var text [2]string
		for i := range text {
			for range h.random.IntN(5) {
				text[i] += string("ab1"[h.random.IntN(3)])
			}
		}
		if h.random.IntN(2) == 0 {
			text[1] = text[0]
		}
		a, b := h.record(text[0]), h.record(text[1])
		v, w := core.decode(texts, json.RawMessage(a), 0, nil), core.decode(texts, json.RawMessage(b), 0, nil)
		same, known := v.SameHidden(w)
		if !known {
			continue
		}
		said[same]++
		if same != (text[0] == text[1]) {
			t.Fatalf("%s and %s: got %t for %q and %q", a, b, same, text[0], text[1])
		}
		if n := v.Hidden(); n > 0 && h.numbers[text[0]] != n {
			t.Fatalf("%s: got the number %d for %q, want %d", a, n, text[0], h.numbers[text[0]])
		}
		if again, known := w.SameHidden(v); again != same || !known {
			t.Fatalf("%s and %s: got %t, and the other way round %t, %t", a, b, same, again, known)
		}
	}
	if said[true] < 200 || said[false] < 1000 {
		t.Errorf("got %d times equal and %d times different: too few are known", said[true], said[false])
	}
}

// A secret that was hidden before may be equal to one that was hidden later.
func TestSameHiddenSeries(t *testing.T) {
	core, err := Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"string","kind":"string","size":16}}
{"end":{"records":2,"kept":[3,5]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	texts := core.TypesNamed("string")[0]
	secret := func(n int) Value {
		return core.decode(texts, json.RawMessage(fmt.Sprintf(`{"s":"***redacted***#%d","red":true}`, n)), 0, nil)
	}
	for _, tt := range []struct {
		a, b        int
		same, known bool
	}{{1, 1, true, true}, {1, 3, false, true}, {3, 4, false, false}, {4, 5, false, true}, {5, 6, false, false},
		{1, 9, false, false}, {7, 9, false, true}, {7, 7, true, true}} {
		same, known := secret(tt.a).SameHidden(secret(tt.b))
		if same != tt.same || known != tt.known {
			t.Errorf("%d and %d: got %t, %t, want %t, %t", tt.a, tt.b, same, known, tt.same, tt.known)
		}
	}
}

// A large map finds a secret by its number.
func TestLookupHidden(t *testing.T) {
	var entries strings.Builder
	for i := range 300 {
		fmt.Fprintf(&entries, `{"s":"***redacted***#%d","red":true},%d,`, i+1, i)
	}
	core, err := Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"global":{"id":1,"name":"main.m","type":3,"value":[1,302]}}
{"objects":{"id":1}}
[3,[` + entries.String() + `"a",300,{"s":"***redacted***","red":true},301]]
{"objects":{"id":2}}
`))
	if err != nil {
		t.Fatal(err)
	}
	globals, err := core.Globals()
	if err != nil {
		t.Fatal(err)
	}
	m, texts := globals[0].Value, core.TypesNamed("string")[0]
	for _, tt := range []struct {
		key           string
		entry, unsure int
		ok            bool
	}{
		{`{"s":"***redacted***#7","red":true}`, 6, 0, true},
		{`{"s":"***redacted***#301","red":true}`, -1, 2, true},
		{`{"s":"***redacted***","red":true}`, -1, 0, false},
		{`"a"`, 300, 0, true},
		{`"b"`, -1, 301, true},
		{`"***redacted***#7"`, -1, 301, true},
	} {
		entry, unsure, ok := m.Lookup(core.decode(texts, json.RawMessage(tt.key), 0, nil))
		if entry != tt.entry || unsure != tt.unsure || ok != tt.ok {
			t.Errorf("%s: got %d, %d, %t, want %d, %d, %t", tt.key, entry, unsure, ok, tt.entry, tt.unsure, tt.ok)
		}
	}
}
