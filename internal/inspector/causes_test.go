package inspector

import "testing"

func TestCauses(t *testing.T) {
	const types = `{"type":{"id":1,"name":"error","kind":"interface","size":16}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"fmt.wrapError","kind":"struct","fields":[{"name":"msg","type":2},{"name":"err","type":1}]}}
{"type":{"id":4,"name":"*fmt.wrapError","kind":"ptr","elem":3}}
{"type":{"id":5,"name":"[]error","kind":"slice","elem":1}}
{"type":{"id":6,"name":"errors.joinError","kind":"struct","fields":[{"name":"errs","type":5}]}}
{"type":{"id":7,"name":"main.mine","kind":"struct","fields":[{"name":"err","type":1}]}}
[1,3,["outer: inner",[2,"inner"]]]
[2,5,[[2,"a"],[2,"b"]]]
[3,3,["only",null]]
[4,3,["round",[4,[64,4]]]]`
	tests := []struct {
		name  string
		typ   int
		value string
		want  int
	}{
		{"wrapped", 1, "[4,[16,1]]", 1},
		{"a struct", 3, `["x",[2,"y"]]`, 1},
		{"joined", 6, "[[32,2,2]]", 2},
		{"joined, not in the dump", 6, `[{"p":32,"len":2,"x":"depth limit"}]`, 0},
		{"nothing", 1, "[4,[48,3]]", 0},
		{"itself, in a forged dump", 1, "[4,[64,4]]", 1},
		{"a type of the program's", 7, `[[2,"y"]]`, 0},
		{"a text", 2, `"x"`, 0},
		{"nil", 1, "null", 0},
	}
	for _, tt := range tests {
		in := read(t, `"goroutine":1`, types, withX(tt.typ, tt.value))
		f, _, err := in.Frame()
		if err != nil {
			t.Fatal(err)
		}
		causes := Causes(f.Variable("x").Value)
		if len(causes) != tt.want {
			t.Errorf("%s: got %d causes, want %d", tt.name, len(causes), tt.want)
		}
		for i, c := range causes {
			if !c.Valid() {
				t.Errorf("%s: got cause %d without a value", tt.name, i)
			}
		}
	}
}
