package notation

import (
	"encoding/json"
	"testing"

	"coredumpy/internal/caveat"
)

// Pending text is cut out of a value unchanged, wherever the value is cut.
func TestPending(t *testing.T) {
	value := append(Mark([]byte(`[1,`), StaleText, 300, 5), "\x00\"é\xff"...)
	value = AppendPending(append(value, ','), PlainPath, "/x.go")
	value = append(value, `,{"x":"depth limit"}]`...)
	type piece struct {
		before string
		kind   TextKind
		length uint64
		raw    string
	}
	want := []piece{{`[1,`, StaleText, 300, "\x00\"é\xff"}, {`,`, PlainPath, 5, "/x.go"}, {`,{"x":"depth limit"}]`, 0, 0, ""}}
	for _, limit := range []int{1 << 10, 1, 2, 7} {
		var got []piece
		before, rest := "", value
		for len(rest) > 0 {
			var text Text
			json, after, found := CutText(rest, limit, &text)
			before, rest = before+string(json), after
			if found {
				got = append(got, piece{before, text.Kind, text.Len, string(text.Raw)})
				before = ""
			}
		}
		got = append(got, piece{before: before})
		if len(got) != len(want) {
			t.Fatalf("limit %d: got %d pieces, want %d", limit, len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("limit %d, piece %d: got %q, want %q", limit, i, got[i], want[i])
			}
		}
	}
}

func TestReason(t *testing.T) {
	for _, why := range []caveat.Reason{{Kind: caveat.Limit, Text: "depth"}, {Kind: caveat.Reused}, {Kind: caveat.WrongSize, Text: `struct { F int "json:\"f\"" }`, N: -8}} {
		value := Reason(why)
		var text Text
		before, after, found := CutText(value, len(value), &text)
		if found {
			value = append(append(before[:len(before):len(before)], AppendString(nil, text.Raw)...), after...)
		}
		form, err := ParseForm(json.RawMessage(value))
		if err != nil || form.Object == nil || form.Object.Reason != why {
			t.Errorf("got %s and error %v, want the reason %+v", value, err, why)
		}
	}
}

func TestListOf(t *testing.T) {
	dst := append([]byte(`[0,`), '[')
	mark := len(dst) - 1
	for i := range int64(3) {
		dst = append(Comma(dst, i), '0'+byte(i))
	}
	dst = EndReason(ListOf(append(dst, ']'), mark, 9), caveat.Reason{Kind: caveat.Limit, Text: "elements"})
	if want := `[0,{"e":[0,1,2],"len":9,"x":["limit","elements"]}`; string(dst) != want {
		t.Errorf("got %s, want %s", dst, want)
	}
}
