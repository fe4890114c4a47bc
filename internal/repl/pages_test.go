package repl

import (
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

func pagesDump() string {
	var b strings.Builder
	b.WriteString(`{"coredumpy":{"version":1,"reason":"panic","goroutine":1,"arch":"amd64"}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"[]int","kind":"slice","size":24,"elem":1}}
{"type":{"id":3,"name":"string","kind":"string","size":16}}
{"type":{"id":4,"name":"map[int]string","kind":"map","size":8,"key":1,"elem":3}}
{"type":{"id":5,"name":"main.T","kind":"struct","size":32,"fields":[{"name":"List","type":2},{"name":"Name","type":3,"off":24}]}}
{"type":{"id":6,"name":"*main.T","kind":"ptr","size":8,"elem":5}}
{"type":{"id":7,"name":"uint8","kind":"uint8","size":1}}
{"type":{"id":8,"name":"[]uint8","kind":"slice","size":24,"elem":7}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[` +
		`{"name":"list","type":2,"value":[4096,1,9]},{"name":"m","type":4,"value":[4096,2,5]},{"name":"s","type":3,"value":"abcdefghij"},` +
		`{"name":"t","type":6,"value":[8192,3]},{"name":"part","type":2,"value":[4096,1,20]},{"name":"b","type":8,"value":[4096,4,10]}]}]}}
[1,2,[0,1,2,3,4,5,6,7,8]]
[2,4,[3,"c",1,"a",5,"e",2,"b",4,"d"]]
[3,5,[[4096,1,9],"klmnopqrst"]]
[4,8,"0123456789"]
`)
	return b.String()
}

// An empty line goes on where a value was cut, and then with its parts.
func TestPages(t *testing.T) {
	const prompt = "(coredumpy) "
	const limits = "config max-elements 4\nconfig max-string 6\n"
	for _, tt := range []struct {
		name, in string
		want     []string // after the line of limits, between prompts
	}{
		{"a list", "p list\n\n\n\n\n", []string{
			"[]int len: 9, cap: 9, [0,1,2,3,...+5 more]\n(Enter goes on with list[4:8])\n",
			"list[4:8] = []int len: 4, cap: 5, [4,5,6,7]\n(Enter goes on with list[8:9])\n",
			"list[8:9] = []int len: 1, cap: 1, [8]\n", "(that is all of it)\n", "(that is all of it)\n"}},
		{"as far as the dump has it", "p part\n\n\n\n", []string{
			"[]int len: 20, cap: 20, [0,1,2,3,...+16 more]\n(Enter goes on with part[4:8])\n",
			"part[4:8] = []int len: 4, cap: 16, [4,5,6,7]\n(Enter goes on with part[8:9])\n",
			"part[8:9] = []int len: 1, cap: 12, [8]\n", "(that is all of it)\n"}},
		{"a map", "p m\n\n", []string{
			"map[int]string [\n\t1: \"a\", \n\t2: \"b\", \n\t3: \"c\", \n\t4: \"d\", \n\t...+1 more\n]\n(Enter goes on with m[4:5])\n",
			"m[4:5] = map[int]string [\n\t5: \"e\", \n]\n"}},
		{"a text", "p s\n\n", []string{"\"abcdef...+4 more\"\n(Enter goes on with s[6:10])\n", "s[6:10] = \"ghij\"\n"}},
		{"parts", "p *t\n\n\n\n\n", []string{
			"main.T {\n\tList: []int len: 9, cap: 9, [0,1,2,3,...+5 more],\n\tName: \"klmnop...+4 more\",}\n(Enter goes on with (*t).List[4:8])\n",
			"(*t).List[4:8] = []int len: 4, cap: 5, [4,5,6,7]\n(Enter goes on with (*t).List[8:9])\n",
			"(*t).List[8:9] = []int len: 1, cap: 1, [8]\n(Enter goes on with (*t).Name[6:10])\n",
			"(*t).Name[6:10] = \"qrst\"\n", "(that is all of it)\n"}},
		{"bytes as text", "v b\n\n", []string{"[]byte \"012345...+4 more\"\n(Enter goes on with b[6:10])\n", "b[6:10] = []byte \"6789\"\n"}},
		{"something else between", "p list\np 1\n\n", []string{
			"[]int len: 9, cap: 9, [0,1,2,3,...+5 more]\n(Enter goes on with list[4:8])\n", "1\n", "1\n"}},
		{"what isn't cut", "p list[:2]\n\n", []string{"[]int len: 2, cap: 9, [0,1]\n", "[]int len: 2, cap: 9, [0,1]\n"}},
	} {
		core, err := dump.Read(strings.NewReader(pagesDump()))
		if err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		if err := Run(core, Options{In: strings.NewReader(limits + tt.in), Out: &out, Err: &errs, Prompt: true}); err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(out.String(), prompt+prompt+prompt) // behind that of limits
		for i, want := range tt.want {
			got, rest, _ := strings.Cut(text, prompt)
			if text = rest; got != want {
				t.Errorf("%s: %d: got %q, want %q", tt.name, i, got, want)
			}
		}
		if errs.Len() > 0 {
			t.Errorf("%s: got errors %q", tt.name, errs.String())
		}
	}
}
