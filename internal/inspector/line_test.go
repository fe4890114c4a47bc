package inspector

import "testing"

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"größe", 5, "größe"}, {"größe", 4, "grö…"}, {"abc", 0, ""},
		{"", 0, ""}, {"ab", 1, "…"},
	} {
		if got, cut := Cut(tt.text, tt.width); got != tt.want || cut != (got != tt.text) {
			t.Errorf("%q in %d characters: got %q, %v, want %q", tt.text, tt.width, got, cut, tt.want)
		}
	}
}

func TestLine(t *testing.T) {
	in := read(t, `"goroutine":1`, partTypes, withX(2, `"a text that is long"`))
	f, _, err := in.Frame()
	if err != nil {
		t.Fatal(err)
	}
	for width, want := range map[int]string{100: `"a text that is long"`, 9: `"a text …`} {
		if got := in.Line(f.Variable("x").Value, width); got != want {
			t.Errorf("in %d characters: got %s, want %s", width, got, want)
		}
	}
}
