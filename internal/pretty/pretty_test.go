package pretty_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
)

// types holds the types of the test's values.
const types = `
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"string","kind":"string","size":16}}
{"type":{"id":3,"name":"[]string","kind":"slice","size":24,"elem":2}}
{"type":{"id":4,"name":"[3]string","kind":"array","size":48,"elem":2,"len":3}}
{"type":{"id":5,"name":"main.T","kind":"struct","size":16,"fields":[{"name":"A","type":1},{"name":"B","type":1}]}}
{"type":{"id":6,"name":"*main.T","kind":"ptr","size":8,"elem":5}}
{"type":{"id":7,"name":"error","kind":"interface","size":16}}
{"type":{"id":8,"name":"*errors.errorString","kind":"ptr","size":8,"elem":9}}
{"type":{"id":9,"name":"errors.errorString","kind":"struct","size":16,"fields":[{"name":"s","type":2}]}}
{"type":{"id":10,"name":"map[string]int","kind":"map","size":8,"key":2,"elem":1}}
{"type":{"id":11,"name":"chan int","kind":"chan","size":8,"elem":1}}
{"type":{"id":12,"name":"interface {}","kind":"interface","size":16}}
{"type":{"id":13,"name":"func()","kind":"func","size":8}}
{"type":{"id":14,"name":"[]uint8","kind":"slice","size":24,"elem":15}}
{"type":{"id":15,"name":"uint8","kind":"uint8","size":1}}
{"type":{"id":16,"name":"[5]uint8","kind":"array","size":5,"elem":15,"len":5}}
{"type":{"id":17,"name":"main.Node","kind":"struct","size":16,"fields":[{"name":"V","type":1},{"name":"Next","type":18}]}}
{"type":{"id":18,"name":"*main.Node","kind":"ptr","size":8,"elem":17}}
{"type":{"id":19,"name":"float64","kind":"float64","size":8}}
{"type":{"id":20,"name":"complex128","kind":"complex128","size":16}}
{"type":{"id":21,"name":"bool","kind":"bool","size":1}}
{"type":{"id":22,"name":"unsafe.Pointer","kind":"unsafe.Pointer","size":8}}
{"type":{"id":23,"name":"[]main.T","kind":"slice","size":24,"elem":5}}
{"type":{"id":24,"name":"main.Outer","kind":"struct","size":40,"fields":[{"name":"In","type":5},{"name":"S","type":23},{"name":"P","type":6}]}}
{"type":{"id":25,"name":"*net/http.Request","kind":"ptr","size":8,"elem":26}}
{"type":{"id":26,"name":"net/http.Request","kind":"struct","size":16,"fields":[{"name":"Method","type":2}]}}
{"type":{"id":27,"name":"[156]int","kind":"array","size":1248,"elem":1,"len":156}}
{"type":{"id":28,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"type":{"id":29,"name":"time.Time","kind":"struct","size":24,"fields":[{"name":"wall","type":30},{"name":"ext","type":31},{"name":"loc","type":32}]}}
{"type":{"id":30,"name":"uint64","kind":"uint64","size":8}}
{"type":{"id":31,"name":"int64","kind":"int64","size":8}}
{"type":{"id":32,"name":"*time.Location","kind":"ptr","size":8,"elem":0}}
{"type":{"id":33,"name":"[]error","kind":"slice","size":24,"elem":7}}
{"type":{"id":34,"name":"[2]error","kind":"array","size":32,"elem":7,"len":2}}
{"type":{"id":35,"name":"struct { main.x int }","kind":"struct","size":8,"fields":[{"name":"x","type":1}]}}
{"type":{"id":36,"name":"*interface {}","kind":"ptr","size":8,"elem":12}}
{"type":{"id":37,"name":"[]main.T","kind":"slice","size":24,"elem":5}}
{"type":{"id":38,"name":"[2]main.T","kind":"array","size":32,"elem":5,"len":2}}
{"type":{"id":39,"name":"struct {}","kind":"struct"}}
{"type":{"id":40,"name":"float32","kind":"float32","size":4}}
{"type":{"id":41,"name":"map[string]main.Outer","kind":"map","size":8,"key":2,"elem":24}}
{"type":{"id":42,"name":"[1]int","kind":"array","size":8,"elem":1,"len":1}}
{"type":{"id":43,"name":"[1][1][1][1][1][1]int","kind":"array","size":8,"elem":44,"len":1}}
{"type":{"id":44,"name":"[1][1][1][1][1]int","kind":"array","size":8,"elem":45,"len":1}}
{"type":{"id":45,"name":"[1][1][1][1]int","kind":"array","size":8,"elem":46,"len":1}}
{"type":{"id":46,"name":"[1][1][1]int","kind":"array","size":8,"elem":47,"len":1}}
{"type":{"id":47,"name":"[1][1]int","kind":"array","size":8,"elem":42,"len":1}}
[1,4,["a","b","c"],4096]
[2,5,[1,2],8192]
[3,9,["boom"],12288]
[4,10,{"e":["a",1],"len":1}]
[5,16,"hello",20480]
[6,17,[1,[24576,6]],24576]
[7,27,{"e":[1,2],"len":156},28672]
[8,16,{"s":"ab***redacted***","len":5,"red":true}]
[9,34,[[8,[12288,3]],null],32768]
[10,35,[3]]
[11,12,[36,[36864,11]],36864]
[12,38,[[1,2],[3,4]],40960]
[13,12,[12,45056,13],45056]
[14,10,{"e":["a",1,"b",2],"len":12000}]
[17,11,[1,2]]
[18,11,{"x":"bad address"}]
[19,28,{"e":[1],"len":4,"x":"bad address"}]
[15,41,{"e":["k",[[1,2],null,null]],"len":1}]
`

// value returns the value whose notation is raw and whose type has the id typ.
func value(t *testing.T, typ int, raw string) dump.Value {
	t.Helper()
	text := `{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"goroutines":1}}` + types +
		fmt.Sprintf(`{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[{"name":"v","type":%d,"value":%s}]}]}}`, typ, raw) +
		"\n" + `{"end":{"records":1}}` + "\n"
	core, err := dump.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	return g.Frames[0].Vars()[0].Value
}

func options() pretty.Options {
	return pretty.Options{
		String: 64, Elements: 64, Depth: 1,
	}
}

// The expected texts were compared with what Delve 1.27.2 shows for such values.
func TestLine(t *testing.T) {
	long := strings.Repeat("0", 200)
	tests := []struct {
		name string
		typ  int
		raw  string
		want string
	}{
		{"int", 1, `42`, `42`},
		{"negative", 1, `-1`, `-1`},
		{"bool", 21, `true`, `true`},
		{"float", 19, `1.5`, `1.5`},
		{"float32", 40, `0.1`, `0.1`},
		{"NaN", 19, `"NaN"`, `NaN`},
		{"Inf", 19, `"-Inf"`, `-Inf`},
		{"complex", 20, `[1,-2]`, `(1 + -2i)`},
		{"unsafe pointer", 22, `4660`, `unsafe.Pointer(0x1234)`},
		{"nil unsafe pointer", 22, `null`, `unsafe.Pointer(0x0)`},
		{"string", 2, `"a\u202e\u001b\"b"`, `"a\u202e\x1b\"b"`},
		{"not UTF-8", 2, `{"b":"/w==","len":1}`, `"\xff"`},
		{"long string", 2, `"` + long + `"`, `"` + long[:64] + `...+136 more"`},
		{"string cut in the dump", 2, `{"s":"abc","len":100}`, `"abc...+97 more"`},
		{"string cut between characters", 2, `"` + long[:63] + `éé"`, `"` + long[:63] + `...+4 more"`},
		{"redacted string", 2, `{"s":"a ***redacted***","red":true}`, `"a ***redacted***"`},
		{"redacted key", 2, `{"s":"***redacted***#17","red":true,"form":"64 hex"}`, `"***redacted***#17" (64 hex)`},
		{"redacted string whose number is cut", 2, `{"s":"` + long[:48] + `***redacted***#17","red":true}`,
			`"` + long[:48] + `***redacted***...+3 more"`},
		{"redacted string of a forged form", 2, `{"s":"***redacted***","red":true,"form":"` + long + `"}`, `"***redacted***"`},
		{"redacted number", 1, `{"x":["redacted"]}`, `***redacted***`},
		{"redacted number with a number", 1, `{"x":["redacted",17]}`, `***redacted***#17`},
		{"slice", 3, `[4096,1,3]`, `[]string len: 3, cap: 3, ["a","b","c"]`},
		{"empty slice", 3, `{"p":4096,"len":0,"cap":0}`, `[]string len: 0, cap: 0, []`},
		{"nil slice", 3, `null`, `[]string len: 0, cap: 0, nil`},
		{"slice beyond the dump's depth", 3, `{"p":4096,"len":3,"cap":3,"x":"depth limit"}`, `[]string len: 3, cap: 3, [... depth limit]`},
		{"slice of unreadable memory", 3, `{"p":4096,"len":3,"cap":3,"x":"bad address"}`, `[]string len: 3, cap: 3, [...] (unreadable bad address)`},
		{"slice cut in the dump", 28, `[28672,7,156]`, `[]int len: 156, cap: 156, [1,2,...+154 more]`},
		{"array", 4, `["a","b","c"]`, `[3]string ["a","b","c"]`},
		{"bytes", 14, `[20480,5,5,8]`, `[]uint8 len: 5, cap: 8, [104,101,108,108,111]`},
		{"redacted bytes", 14, `[1,8,5]`, `[]uint8 len: 5, cap: 5, "ab***redacted***"`},
		{"interfaces in a slice", 33, `[32768,9,2]`, `[]error len: 2, cap: 2, [*errors.errorString {s: "boom"},nil]`},
		{"struct", 5, `[1,2]`, `main.T {A: 1, B: 2}`},
		{"struct cut in the dump", 5, `[1]`, `main.T {A: 1,...+1 more}`},
		{"struct without fields", 39, `[]`, `struct {} {}`},
		{"pointer", 6, `[8192,2]`, `*main.T {A: 1, B: 2}`},
		{"nil pointer", 6, `null`, `*main.T nil`},
		{"pointer beyond the dump's depth", 6, `{"p":8192,"x":"depth limit"}`, `(*main.T)(0x2000) [... depth limit]`},
		{"wild pointer", 6, `{"p":8192,"x":"bad address"}`, `(*main.T)(0x2000) (unreadable bad address)`},
		{"import path", 25, `{"p":8192,"x":"depth limit"}`, `("*net/http.Request")(0x2000) [... depth limit]`},
		{"pointer to an object that isn't there", 6, `[8192,99]`, `(*main.T)(0x2000) (unreadable object 99: not in the dump)`},
		{"slice of elements that aren't there", 28, `[8192,99,3]`, `[]int len: 3, cap: 3, [...] (unreadable object 99: not in the dump)`},
		{"slice of another type's elements", 28, `[4096,14,3]`,
			`[]int len: 3, cap: 3, [...] (unreadable damaged in the dump: object 14 is of map[string]int, and not of []int)`},
		{"map of another type's entries", 41, `[4096,4,1]`,
			`map[string]main.Outer [...] (unreadable damaged in the dump: object 4 is of map[string]int, and not of map[string]main.Outer)`},
		{"chan of another type's elements", 11, `[4096,4,1,1]`,
			`chan int 1/1 (unreadable damaged in the dump: object 4 is of map[string]int, and not of chan int)`},
		{"matrix of more dimensions than one can see", 43, `[[[[[[1]]]]]]`, `[1][1][1][1][1][1]int [[[[[[...]]]]]]`},
		{"interface", 7, `[8,[12288,3]]`, `error(*errors.errorString) *{s: "boom"}`},
		{"nil interface", 12, `null`, `interface {} nil`},
		{"typed nil", 7, `[8,null]`, `error(*errors.errorString) nil`},
		{"number in an interface", 12, `[1,5]`, `interface {}(int) 5`},
		{"boxed struct", 12, `[5,8192,2]`, `interface {}(main.T) {A: 1, B: 2}`},
		{"map", 10, `[1,4,1]`, `map[string]int ["a": 1, ]`},
		{"empty map", 10, `{"p":1,"len":0}`, `map[string]int []`},
		{"nil map", 10, `null`, `map[string]int nil`},
		{"map cut in the dump", 10, `[1,14,12000]`, `map[string]int ["a": 1, "b": 2, ...+11998 more]`},
		{"map of structs of structs", 41, `[1,15,1]`, `map[string]main.Outer ["k": {In: main.T {...}, S: []main.T len: 0, cap: 0, nil, P: *main.T nil}, ]`},
		{"chan", 11, `{"p":1,"len":4,"cap":11}`, `chan int 4/11`},
		{"nil chan", 11, `null`, `chan int nil`},
		{"chan that was used meanwhile", 11, `[1,17,3,10]`, `chan int 3/10 (unreadable it changed while the dump was made: its length was 3, then 2)`},
		{"chan that can't be read", 11, `[1,18,3,10]`, `chan int 3/10 (unreadable bad address)`},
		{"slice that can't be read on", 28, `[1,19,4]`, `[]int len: 4, cap: 4, [1,...+3 more] (unreadable bad address)`},
		{"unreadable string", 2, `{"len":5,"x":"no memory at 0xdead"}`, `(unreadable no memory at 0xdead)`},
		{"func", 13, `{"p":1,"f":"main.f"}`, `main.f`},
		{"nil func", 13, `null`, `nil`},
		{"cycle", 18, `[24576,6]`, `*main.Node {V: 1, Next: *main.Node {V: 1, Next: *(*main.Node)(0x6000)}}`},
		{"interface that holds its address", 12, `[36,[36864,11]]`,
			`interface {}(*interface {}) **interface {}(*interface {}) ...`},
		{"optimized out", 1, `{"x":"optimized out"}`, `(optimized out)`},
		{"unreadable", 1, `{"x":"no location"}`, `(unreadable no location)`},
		{"no bool", 21, `1`, `(unreadable damaged in the dump: no bool)`},
		{"no int", 1, `1.5`, `(unreadable damaged in the dump: no int)`},
		{"too large an int", 1, `9223372036854775808`, `(unreadable damaged in the dump: no int)`},
		{"no unsigned int", 30, `-1`, `(unreadable damaged in the dump: no uint64)`},
		{"no float", 19, `"x"`, `(unreadable damaged in the dump: no float64)`},
		{"no complex", 20, `[1]`, `(unreadable damaged in the dump: no complex128)`},
		{"uint8 out of range", 15, `256`, `(unreadable damaged in the dump: no uint8)`},
		{"float32 out of range", 40, `1e39`, `(unreadable damaged in the dump: no float32)`},
		{"complex of other parts", 20, `[1,"x"]`, `(unreadable damaged in the dump: no complex128)`},
		{"struct of more fields than its type", 5, `[1,2,3]`, `(unreadable damaged in the dump: no struct)`},
		{"array of more elements than its type", 4, `["a","b","c","d"]`, `(unreadable damaged in the dump: no array)`},
		{"array of more bytes than its type", 16, `"abcdef"`, `(unreadable damaged in the dump: no array)`},
		{"no string", 2, `["x"]`, `(unreadable damaged in the dump: no string)`},
		{"no struct", 5, `{"e":[1,2]}`, `(unreadable damaged in the dump: no struct)`},
		{"no array", 4, `3`, `(unreadable damaged in the dump: no array)`},
		{"no slice", 3, `["a","b"]`, `(unreadable damaged in the dump: 2 parts, which no slice has)`},
		{"no pointer", 6, `4096`, `(unreadable damaged in the dump: no ptr)`},
		{"unknown type", 99, `5`, `(unknown ?)`},
		{"time", 29, `[0,63850154400,null]`, `time.Time(2024-05-01T10:00:00Z){wall: 0, ext: 63850154400, loc: *time.Location nil}`},
		{"time with clock reading", 29, `[14031232050682514410,2040619,null]`,
			`time.Time(2026-11-22T20:49:26.503434218Z, +2040619){wall: 14031232050682514410, ext: 2040619, loc: *time.Location nil}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := pretty.String(value(t, test.typ, test.raw), options()); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		name string
		typ  int
		raw  string
		want string
	}{
		{"pointer", 6, `[8192,2]`, "(*main.T)(0x2000)\n*main.T {A: 1, B: 2}"},
		{"map", 10, `[1,4,1]`, "map[string]int [\n\t\"a\": 1, \n]"},
		{"cut map", 10, `[1,14,12000]`, "map[string]int [\n\t\"a\": 1, \n\t\"b\": 2, \n\t...+11998 more\n]"},
		{"short strings", 3, `[4096,1,3]`, `[]string len: 3, cap: 3, ["a","b","c"]`},
		{"struct", 24, `[[1,2],[40960,12,2],[8192,2]]`, `main.Outer {
	In: main.T {A: 1, B: 2},
	S: []main.T len: 2, cap: 2, [
		(*main.T)(0xa000),
		(*main.T)(0xa010),
	],
	P: *main.T {A: 1, B: 2},}`},
		{"cut struct", 24, `[[1,2]]`, "main.Outer {\n\tIn: main.T {A: 1, B: 2},\n\t...+2 more}"},
		{"closure", 13, `{"p":1,"f":"main.main.func1","o":10}`, "main.main.func1 {\n\tx int = 3\n}"},
		{"interfaces", 33, `[32768,9,2]`, "[]error len: 2, cap: 2, [\n\t*errors.errorString {s: \"boom\"},\n\tnil,\n]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			if err := pretty.Lines(&b, value(t, test.typ, test.raw), options()); err != nil {
				t.Fatal(err)
			}
			if got := b.String(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// An interface can't hold an interface, but a forged dump can say so.
func TestForgedCycle(t *testing.T) {
	o := options()
	o.Depth = 1 << 30
	for name, v := range map[string]dump.Value{
		"interface in itself": value(t, 12, `[12,45056,13]`),
		"list in itself":      value(t, 18, `[24576,6]`),
	} {
		got := pretty.String(v, o)
		if !strings.Contains(got, "...") || len(got) > 1<<16 {
			t.Errorf("%s: got %d bytes, %.200s", name, len(got), got)
		}
	}
}

func TestBytes(t *testing.T) {
	o := options()
	o.Bytes = 20
	got := pretty.String(value(t, 3, `[4096,1,3]`), o)
	if len(got) > o.Bytes+len("...") || !strings.HasSuffix(got, "...") {
		t.Errorf("got %q, want at most %d bytes and ... at the end", got, o.Bytes)
	}
}

func TestNames(t *testing.T) {
	o := options()
	o.Name = strings.ToUpper
	got := pretty.String(value(t, 7, `[8,[12288,3]]`), o)
	if want := `ERROR(*ERRORS.ERRORSTRING) *{S: "boom"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// failing fails from the nth write on, and counts them.
type failing struct{ n, writes int }

func (f *failing) Write(p []byte) (int, error) {
	if f.writes++; f.writes >= f.n {
		return 0, io.ErrClosedPipe
	}
	return len(p), nil
}

func TestWriteError(t *testing.T) {
	w := &failing{n: 3}
	if err := pretty.Line(w, value(t, 3, `[4096,1,3]`), options()); err != io.ErrClosedPipe {
		t.Errorf("got error %v, want %v", err, io.ErrClosedPipe)
	}
	if w.writes != w.n {
		t.Errorf("got %d writes, want none after the one that failed, %d", w.writes, w.n)
	}
}
