package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// printed returns what a command prints about a dump, with its error.
func printed(t *testing.T, text, command string) string {
	t.Helper()
	core, err := dump.Read(strings.NewReader(ended(text)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	Run(core, Options{Commands: []string{command}, Out: &out, Err: &out})
	return out.String()
}

// ended returns a dump with its end.
func ended(text string) string {
	return text + fmt.Sprintf(`{"end":{"records":%d}}`, strings.Count(text, "\n")) + "\n"
}

const findTypes = `{"coredumpy":{"version":2,"reason":"panic","goroutine":1,"arch":"amd64"}}
{"type":{"id":1,"name":"string","kind":"string","size":16}}
{"type":{"id":2,"name":"int","kind":"int","size":8}}
{"type":{"id":3,"name":"main.T","kind":"struct","size":8,"fields":[{"name":"n","type":2}]}}
{"type":{"id":4,"name":"*main.T","kind":"ptr","size":8,"elem":3}}
{"type":{"id":5,"name":"*int","kind":"ptr","size":8,"elem":2}}
{"type":{"id":6,"name":"[]*int","kind":"slice","size":24,"elem":5}}
{"type":{"id":7,"name":"[20]*int","kind":"array","size":160,"elem":5,"len":20}}
`

func frameOf(vars ...string) string {
	return `{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","pkg":"main","vars":[` +
		strings.Join(vars, ",") + "]}]}}\n"
}

// What is hidden may be what is looked for.
func TestFindHidden(t *testing.T) {
	hidden := findTypes + frameOf(`{"name":"a","type":1,"value":{"s":"***redacted***#1","red":true}}`,
		`{"name":"b","type":2,"value":{"x":["redacted",2]}}`, `{"name":"c","type":1,"value":"x"}`)
	for _, tt := range []struct{ text, command, want string }{
		{hidden, `find "token"`, "nowhere that can be read: 1 hidden value in the dump may be a text that is \"token\"\n"},
		{hidden, `find 17`, "nowhere that can be read: 1 hidden value in the dump may be the number 17\n"},
		{hidden, `find "x"`, "p c   \"x\"\n"},
		{findTypes + frameOf(`{"name":"c","type":1,"value":"x"}`), `find "y"`,
			"nowhere: the dump has no value that is a text that is \"y\"\n"},
	} {
		if got := printed(t, tt.text, tt.command); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.command, got, tt.want)
		}
	}
}

// A struct and its first field have one address: references to both are found.
func TestFindAddress(t *testing.T) {
	text := findTypes + frameOf(`{"name":"p","type":4,"value":[1]}`, `{"name":"q","type":5,"value":[2]}`) +
		"{\"objects\":{\"id\":1}}\n[3,[7],4096]\n[2,7,0]\n"
	got := printed(t, text, "find 4096")
	if !strings.Contains(got, "p p   ") || !strings.Contains(got, "p q   ") {
		t.Errorf("got %q, want p and q", got)
	}
}

// How many references there are isn't hidden by the limits of what is shown.
func TestRefsRest(t *testing.T) {
	list := strings.TrimSuffix(strings.Repeat("[1],", 20), ",")
	text := findTypes + frameOf(`{"name":"q","type":5,"value":[1]}`, `{"name":"array","type":7,"value":[`+list+`]}`,
		`{"name":"s","type":6,"value":[2,25,25]}`) +
		"{\"objects\":{\"id\":1}}\n[2,7,4096]\n[6,[" + list + ",[1],[1],[1],[1],[1]],4096]\n"
	got := printed(t, text, "refs q")
	for _, want := range []string{"p array[7]\n(array has more references to it)\n", "p s[9]\n",
		"(the last of these objects has more references to it: refs -v shows more)\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want it to contain %q", got, want)
		}
	}
	if got := printed(t, text, "refs -v q"); strings.Contains(got, "the last of these") || !strings.Contains(got, "p s[24]\n") {
		t.Errorf("refs -v: got %q, want all of s", got)
	}
}

// An object that can't be reached isn't taken for one whose way is too long to find.
func TestUnreached(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"coredumpy":{"version":2,"reason":"panic","goroutine":1}}
{"type":{"id":1,"name":"main.N","kind":"struct","size":16,"fields":[{"name":"next","type":2},{"name":"n","type":3}]}}
{"type":{"id":2,"name":"*main.N","kind":"ptr","size":8,"elem":1}}
{"type":{"id":3,"name":"int","kind":"int","size":8}}
` + frameOf(`{"name":"first","type":2,"value":[1]}`) + "{\"objects\":{\"id\":1}}\n")
	const long = 500
	for id := 1; id <= long; id++ {
		next := fmt.Sprintf("[%d]", id+1)
		if id == long {
			next = "null"
		}
		fmt.Fprintf(&b, "[1,[%s,%d],16]\n", next, 10_000+id)
	}
	b.WriteString("[1,[null,7],16]\n")
	for command, want := range map[string]string{
		"find 7":     "(in an object of main.N at 0x1f50, to which no expression leads)\n",
		"find 10500": "(in an object of main.N at 0x1f40, for which no expression was found, among as many as are tried)\n",
		"find 10002": "p first.next.n   10002\n",
	} {
		if got := printed(t, b.String(), command); got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}

// A comparison says which dump lacks values, and keys that look alike aren't taken for one.
func TestDiffLimits(t *testing.T) {
	head := `{"coredumpy":{"version":2,"reason":"panic","goroutine":1%s}}` + "\n"
	rest := strings.Join(strings.Split(findTypes, "\n")[1:], "\n") + frameOf(`{"name":"c","type":1,"value":"x"}`)
	file := filepath.Join(t.TempDir(), "other.dump")
	cut := ended(fmt.Sprintf(head, `,"cut":[{"limit":"depth","count":3}]`) + rest)
	if err := os.WriteFile(file, []byte(cut), 0o600); err != nil {
		t.Fatal(err)
	}
	got := printed(t, fmt.Sprintf(head, "")+rest, "diff "+file)
	if want := "(other.dump lacks some values, by a limit or by damage: they aren't compared)\n"; !strings.HasSuffix(got, want) ||
		strings.Contains(got, "(this dump lacks") {
		t.Errorf("got %q, want it to end in %q", got, want)
	}
}
