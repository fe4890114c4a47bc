package notation

import (
	"encoding/json"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

var listTests = []string{
	`[]`, `[ ]`, "[\n]", `null`, `[1]`, `[1,2]`, ` [ 1 , 2 ] `, `[[1,2],[3,[4,5]],{"a":[1,2],"b":3}]`, `["a,b","]","\"],[","\\"]`,
	`[null,"",{},[]]`, `["é,\u2028,","\ud800"]`, `[{"]":"}"},1.5e3]`,
}

func TestParseList(t *testing.T) {
	for _, text := range listTests {
		var want []json.RawMessage
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		l, err := ParseList(json.RawMessage(text))
		if err != nil || l.Len() != len(want) || !l.Given() {
			t.Errorf("ParseList(%s): got %d elements, %v, want %d", text, l.Len(), err, len(want))
			continue
		}
		for i := range want {
			if got := l.At(i); string(got) != string(want[i]) {
				t.Errorf("element %d of %s: got %s, want %s", i, text, got, want[i])
			}
			if got := l.From(i).At(0); string(got) != string(want[i]) {
				t.Errorf("first element from %d of %s: got %s, want %s", i, text, got, want[i])
			}
		}
		if rest := l.From(len(want) + 1); rest.Len() != 0 || !rest.Given() {
			t.Errorf("from the end of %s: got %d elements", text, rest.Len())
		}
	}
	if (List{}).Given() || (List{}).Len() != 0 {
		t.Error("no list: got one")
	}
}

// FuzzParseList compares with encoding/json. Parsing what isn't JSON, or isn't a reference,
// must not panic.
func FuzzParseList(f *testing.F) {
	for _, text := range listTests {
		f.Add([]byte(text))
	}
	f.Add([]byte(`]],{"`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := ParseList(raw)
		if err != nil {
			t.Fatal(err)
		}
		for k := reflect.Invalid; k <= reflect.UnsafePointer; k++ {
			l.Reference(k)
		}
		var got []string
		for i := range l.Len() {
			got = append(got, string(l.At(i)))
		}
		var want []json.RawMessage
		if json.Unmarshal(raw, &want) != nil {
			return
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q: got elements %q, want %q", raw, got, want)
		}
	})
}

func TestListIsCompact(t *testing.T) {
	raw := json.RawMessage("[" + strings.Repeat("0,", 1_000_000) + "0]")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l, err := ParseList(raw)
	runtime.ReadMemStats(&after)
	if err != nil || l.Len() != 1_000_001 {
		t.Fatalf("got %d elements, %v", l.Len(), err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 20*uint64(len(raw)) {
		t.Errorf("got %d bytes allocated for a list of %d", got, len(raw))
	}
	runtime.KeepAlive(l)
}
