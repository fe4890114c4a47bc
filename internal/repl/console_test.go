package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
)

// A console for somebody else reads and writes no files.
func TestConsole(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"dump"}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	in, _ := inspector.New(core)
	var out strings.Builder
	sh := Console(in, Options{Out: &out, Err: &out})
	file := filepath.Join(t.TempDir(), "file")
	for _, command := range []string{"transcript " + file, "source " + file, "edit", "ed"} {
		if err := sh.Run(command); err == nil || !strings.Contains(err.Error(), "is for coredumpy load") {
			t.Errorf("%s: got error %v, want it refused", command, err)
		}
	}
	for _, command := range []string{"info |! touch " + file, "info >! " + file, "|! touch " + file} {
		if err := sh.Run(command); err == nil || !strings.Contains(err.Error(), "are for coredumpy load") {
			t.Errorf("%s: got error %v, want it refused", command, err)
		}
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("it has written a file")
	}
	if err := sh.Run("info"); err != nil {
		t.Errorf("info: %v", err)
	}
}

// A value in doubt is displayed with the doubt, and a name is an alias once it is one.
func TestDisplayAndAlias(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":1,"reason":"dump","goroutine":1}}
{"type":{"id":1,"name":"int","kind":"int","size":8}}
{"type":{"id":2,"name":"*int","kind":"ptr","size":8,"elem":1}}
{"type":{"id":3,"name":"map[*int]int","kind":"map","size":8,"key":2,"elem":1}}
{"goroutine":{"id":1,"status":"running","frames":[{"func":"main.f","vars":[` +
		`{"name":"a","type":1,"note":"a doubt","value":3},{"name":"m","type":3,"value":[32,1,2]}]}]}}
[1,3,[null,4,null,4]]
`))
	if err != nil {
		t.Fatal(err)
	}
	in, err := inspector.New(core)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	sh := Console(in, Options{Out: &out, Err: &out})
	for _, tt := range []struct{ command, want, err string }{
		{"display a", "a = 3\n(a doubt)\n", ""},
		{"display", "a = 3\n(a doubt)\n", ""},
		{"whereis a", "p a   3 (a doubt)\n", ""},
		{"find 3", "p a   3 (a: a doubt)\n(the dump lacks some values, see info: there may be other places)\n", ""}, // it has no end
		{"find 4", "p m   (in 2 parts that no expression names)\n" +
			"(the dump lacks some values, see info: there may be other places)\n", ""},
		{"alias p1 whatis", "", ""},
		{"alias p1 p", "", ""},
		{"p1 4", "4\n", ""},
		{"alias p q", "", "alias: p is a command already"},
		{"alias 'x q", "", `alias: "'x" is no name: it needs letters, digits, _ and - only`},
	} {
		out.Reset()
		err := sh.Run(tt.command)
		if out.String() != tt.want || err == nil != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("%s: got %q, %v, want %q, %s", tt.command, out.String(), err, tt.want, tt.err)
		}
	}
	if !sh.Knows("p1") {
		t.Error("the shell doesn't know the alias p1")
	}
}

// A transcript has commands, what they print, and their errors; others can't read it.
func TestTranscript(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":2,"reason":"dump"}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	var out, failed strings.Builder
	for range 2 {
		Run(core, Options{Out: &out, Err: &failed, Color: true, Commands: []string{
			"p 1", "transcript " + file, "p \"\\x1b\" + \"a\"", "p nope", "transcript -off", "p 2"}})
	}
	failed.Reset()
	dir := t.TempDir()
	t.Chdir(dir)
	Run(core, Options{Out: &out, Err: &failed, Commands: []string{"transcript -x file"}})
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 || !strings.Contains(failed.String(), "-x file") {
		t.Errorf("transcript -x: got files %v, %v, and error %q, want it refused", entries, err, failed.String())
	}
	text, err := os.ReadFile(file)
	one := "> p \"\\x1b\" + \"a\"\n\"\\x1ba\"\n> p nope\ncould not find symbol value for nope\n> transcript -off\n"
	if err != nil || string(text) != one+one {
		t.Errorf("got %q, %v, want %q twice", text, err, one)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("got %v, %v, want a file that only its owner may read", info, err)
	}
}
