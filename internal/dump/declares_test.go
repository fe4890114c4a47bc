package dump

import "testing"

// A function that the dump has the source of is found; a name that is no function, or more of
// them than anybody asks for, cost no more than finding nothing.
func TestDeclares(t *testing.T) {
	c := frame(t, "", "package main\n\nfunc f() {\n\t_ = 1 // here\n}\n").core
	for _, tt := range []struct {
		name string
		want funcPlace
	}{
		{"main.f", funcPlace{"/src/main.go", 3}}, {"main.f.func1", funcPlace{"/src/main.go", 0}}, {"main.g", funcPlace{}},
		{"func1", funcPlace{}}, {"main.func1", funcPlace{}}, {"", funcPlace{}}, {".1", funcPlace{}},
	} {
		if got := c.declares(tt.name); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	c.searched = maxSearched
	if got := c.declares("main.f.func2"); got != (funcPlace{}) {
		t.Errorf("after too many: got %v, want none", got)
	}
}
