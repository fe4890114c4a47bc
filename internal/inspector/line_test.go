package inspector

import (
	"testing"

	"coredumpy/internal/pretty"
)

func TestLine(t *testing.T) {
	in := read(t, `"goroutine":1`, partTypes, withX(2, `"größer 日本"`))
	f, _, err := in.Frame()
	if err != nil {
		t.Fatal(err)
	}
	for width, want := range map[int]string{
		100: `"größer 日本"`, 13: `"größer 日本"`, 12: `"größer 日…`, 8: `"größer…`, 1: "…", 0: "",
	} {
		got, cut := Line(f.Variable("x").Value, width, pretty.Options{String: 64})
		if got != want || cut != (width < 13) {
			t.Errorf("in %d columns: got %s, cut %v, want %s", width, got, cut, want)
		}
	}
}
