package notation

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestParseForm(t *testing.T) {
	for _, test := range []struct {
		raw, text string
		isText    bool
		elements  int
		object    bool
		fails     bool
	}{
		{raw: ``}, {raw: `42`}, {raw: `null`}, {raw: `true`},
		{raw: `"a\n"`, text: "a\n", isText: true},
		{raw: `""`, isText: true},
		{raw: `[1,[2,3]]`, elements: 2},
		{raw: `{"s":"abc","len":9}`, text: "abc", isText: true, object: true},
		{raw: `{"s":"","len":9}`, isText: true, object: true},
		{raw: `{"b":"/w==","len":1}`, text: "\xff", isText: true, object: true},
		{raw: `{"e":[1,2,3],"len":4}`, elements: 3, object: true},
		{raw: `{"e":null}`, object: true},
		{raw: `{"x":"optimized out"}`, object: true},
		{raw: `{"len":"4"}`, fails: true},
		{raw: `{"b":"?"}`, fails: true},
	} {
		f, err := ParseForm(json.RawMessage(test.raw))
		if f.Text != test.text || f.IsText != test.isText || f.List.Len() != test.elements || (f.Object != nil) != test.object || (err != nil) != test.fails {
			t.Errorf("ParseForm(%s): got %+v, %v", test.raw, f, err)
		}
		if given := test.elements > 0; f.List.Given() != given {
			t.Errorf("ParseForm(%s): got a list %v", test.raw, f.List.Given())
		}
	}
}

// A value that many others refer to is decoded once.
func TestForms(t *testing.T) {
	long := json.RawMessage(`[[` + strings.Repeat("1,", longForm) + `1],"` + strings.Repeat("x", longForm) + `",2]`)
	var forms Forms
	f, err := forms.Parse(long)
	if err != nil || f.List.Len() != 3 {
		t.Fatalf("got %d elements, %v", f.List.Len(), err)
	}
	for i, want := range []int{longForm + 1, 0, 0} {
		part, err := forms.Parse(f.List.At(i))
		if err != nil || part.List.Len() != want {
			t.Errorf("element %d: got %d elements, %v, want %d", i, part.List.Len(), err, want)
		}
	}
	if got := testing.AllocsPerRun(100, func() {
		forms.Parse(long)
		forms.Parse(f.List.At(0))
		forms.Parse(f.List.At(1))
	}); got != 0 {
		t.Errorf("the second time: got %v allocations, want 0", got)
	}
	if len(forms.of) != 3 {
		t.Errorf("got %d forms remembered, want those of the 3 long values", len(forms.of))
	}
	if f, err := (*Forms)(nil).Parse(long); err != nil || f.List.Len() != 3 {
		t.Errorf("outside an object: got %d elements, %v", f.List.Len(), err)
	}
}
