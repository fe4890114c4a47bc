package syntax

import (
	"fmt"
	"strings"
	"testing"
)

const originSource = `package main

func (s *Server) serve(id int, _ string, names ...string) {
	x := 1
	if id > 1 {
		x = 2
	}
	for i := range names {
		use(x, i)
		x++
	}
	x = 3
	var y, z = pair()
	fill(&y, z)
	y.f[2] = x
	f := func() { y = nil }
	f()
	{
		x := "inner"
		use(x)
	}
	use(y)
}

func one(a int) { use(a) }

func calls(s *Server) {
	s.serve(1, "a", "b", "c")
	s.serve(2, "", names...)
	s.other.serve(
		3,
		"x")
	one(one(4))
	go one(5)
	pair[int](6)
}
`

func TestSettings(t *testing.T) {
	f := Parse(originSource)
	for _, tt := range []struct {
		name string
		at   int
		want string
	}{
		{"x", 5, "4 x := 1"},
		{"x", 9, "6 x = 2; 4 x := 1; 10 x++ later"},
		{"x", 13, "12 x = 3; 10 x++; 6 x = 2; 4 x := 1"},
		{"x", 20, `19 x := "inner"`},
		{"y", 22, "15 y.f[2] = x part; 14 fill(&y, z) address; 13 y, z = pair(); 16 y = nil later"},
		{"i", 9, "8 for i := range names "},
		{"id", 9, ""},
		{"a", 25, ""},
		{"nosuch", 9, "unclear"},
		{"x", 100, "unclear"},
	} {
		var got []string
		settings, ok := f.Settings(tt.name, tt.at)
		for _, s := range settings {
			text := fmt.Sprint(s.Line, " ", originSource[s.Stmt.From:s.Stmt.To])
			for word, is := range map[string]bool{" part": s.Part, " address": s.Address, " later": s.Later} {
				if is {
					text += word
				}
			}
			got = append(got, text)
		}
		text := strings.Join(got, "; ")
		if !ok {
			text = "unclear"
		}
		if text != tt.want {
			t.Errorf("%s on line %d: got %q, want %q", tt.name, tt.at, text, tt.want)
		}
	}
}

func TestArguments(t *testing.T) {
	f := Parse(originSource)
	for _, tt := range []struct {
		name     string
		at       int
		function string
		called   int
		want     string
	}{
		{"s", 9, "main.(*Server).serve", 28, "0: s"},
		{"id", 9, "main.(*Server).serve", 28, "1: 1"},
		{"names", 9, "main.(*Server).serve", 28, `3: "b", "c"`},
		{"names", 9, "main.(*Server).serve", 29, "3: names"},
		{"s", 9, "main.(*Server).serve", 31, "0: s.other"},
		{"id", 9, "main.(*Server).serve", 31, "1: 3"},
		{"names", 9, "main.(*Server).serve", 31, "3: none"},
		{"a", 25, "main.one", 33, "1: no call"},
		{"a", 25, "main.one", 34, "1: 5"},
		{"a", 25, "main.pair", 35, "1: 6"},
		{"x", 13, "main.one", 34, "no parameter"},
	} {
		number, last, ok := f.Parameter(tt.name, tt.at)
		got := fmt.Sprint(number, ": ")
		call, found := f.CallOn(tt.called, tt.function)
		arg, has := call.Argument(number, last)
		switch {
		case !ok:
			got = "no parameter"
		case !found:
			got += "no call"
		case !has:
			got += "none"
		default:
			got += originSource[arg.From:arg.To]
		}
		if got != tt.want {
			t.Errorf("%s of %s, called on line %d: got %s, want %s", tt.name, tt.function, tt.called, got, tt.want)
		}
	}
	if _, ok := (*File)(nil).CallOn(1, "main.f"); ok {
		t.Error("a file that isn't there has a call")
	}
}
