package main

import "testing"

func TestLiteralIn(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"got example.com/m.TestName.func1.1.1, want example.com/m.TestName.func1.TestName.func1.1.2", "example.com/m.TestName.func1.1.1"},
		{`expected: "go.uber.org/fx_test.F.func2"`, "go.uber.org/fx_test.F.func2"},
		{"[m.(*T).Close.func1]", "m.(*T).Close.func1"},
		{"m.(*T[...]).Close.func1", "m.(*T[...]).Close.func1"},
		{"m.Map[...].func1 is it", "m.Map[...].func1"},
		{"it is m.init.func3.", "m.init.func3"},
		{"m.glob..func1", "m.glob..func1"},
		{"(gopkg.in/yaml%2ev3.F.func1)", "gopkg.in/yaml%2ev3.F.func1"},
		{"m.F.func1(0x1)\n\tm.go:3\ncreated by m.G.func1 in goroutine 7", ""},
		{"m.F.func1(0x1), m.F.func2", "m.F.func2"},
		{"m.F.function1, func1, a.func, m.F", ""},
	} {
		if got := literalIn(tt.text, func(string) bool { return true }); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
	inProgram := func(name string) bool { return name == "b.F.func1" }
	if got := literalIn("a.F.func1 or b.F.func1", inProgram); got != "b.F.func1" {
		t.Errorf("got %q, want the literal of the program", got)
	}
}
