package apitest

import (
	"fmt"
	"strings"
	"testing"
)

type (
	valued struct {
		Code  int
		Text  string
		Inner *valued
		any   any
		list  []string
		bytes []byte
		m     map[string]int
		f     func()
		small [2]bool
	}
	login struct {
		User, Password string
	}
	circle struct{ to *circle }
	round  struct{ to any }
	ratio2 float64
)

func (*valued) Error() string { return "valued" }
func (login) Error() string   { return "login failed" }
func (*circle) Error() string { return "circle" }
func (ratio2) Error() string  { return "ratio" }

// A summary has the value of a panic on one line, if the message doesn't show it.
func TestValueLine(t *testing.T) {
	ring := &circle{}
	ring.to = ring
	loop := &round{}
	loop.to = loop
	here := "coredumpy/internal/apitest."
	for _, tt := range []struct {
		value any
		want  string
	}{
		{"text", ""}, {7, ""}, {nil, ""}, {fmt.Errorf("wrapped: %w", ring), ""}, {code(3), ""}, {saying("x"), ""},
		{ratio2(0.5), here + "ratio2(0.5)"},
		{teller{"a\nb"}, here + `teller {Text: "a\nb"}`},
		{teller{strings.Repeat("x", 100)}, here + `teller {Text: "` + strings.Repeat("x", 64) + `"...+36 more}`},
		{&teller{"x"}, "*" + here + `teller {Text: "x"}`},
		{[]string{"a", "b"}, `[]string ["a", "b"]`},
		{[]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "[]int [1, 2, 3, 4, 5, 6, 7, 8, ...+2 more]"},
		{[]byte("bytes"), `[]uint8("bytes")`},
		{map[string]int{"a": 1}, "map[string]int {...}"},
		{struct{ N int }{5}, "struct { N int } {N: 5}"},
		{login{"ann", strings.Join([]string{"open", "sesame1"}, "")},
			here + `login {User: "ann", Password: "` + mask + `#1"}`},
		{ring, "*" + here + "circle {to: *" + here + "circle {to: *" + here + "circle {...}}}"},
		{&valued{Code: 1, Text: "t", any: 5, list: []string{"x"}, m: map[string]int{}},
			"*" + here +
				`valued {Code: 1, Text: "t", Inner: nil, any: interface {}(5), list: []string ["x"], bytes: nil, m: map[string]int {...}, f: nil, small: [2]bool [false, false]}`},
	} {
		d, _ := crash(t, func() { panic(tt.value) })
		if got := d.Head().Value; got != tt.want {
			t.Errorf("%T: got %s\nwant %s", tt.value, got, tt.want)
		}
	}
	for _, value := range []any{loop,
		&valued{Text: strings.Repeat("x", 60),
			list: []string{strings.Repeat("y", 60), strings.Repeat("z", 60), strings.Repeat("é", 30)}}} {
		d, _ := crash(t, func() { panic(value) })
		if got := d.Head().Value; len(got) > 300 || !strings.Contains(got, "...") {
			t.Errorf("got %s of %d bytes, want it cut", got, len(got))
		}
	}
}
