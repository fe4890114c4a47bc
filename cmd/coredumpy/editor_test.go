package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The command edit starts the user's editor at the line of the file that is on this machine, and
// says if that has another text.
func TestEdit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the editor of the test is a shell script")
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	vi := write("vi", "#!/bin/sh\nprintf '%s|' \"$@\"\necho\n")
	same, other := write("same.go", "package a\n"), write("other.go", "package b\n")
	write("src/+!x.go", "package a\n")
	src, err := os.OpenRoot(filepath.Join(dir, "src"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	const text = "package a\n"
	for _, tt := range []struct{ visual, editor, path, want, err string }{
		{vi, "false", same, "+7|" + same + "|\n", ""},
		{"", vi + " -w", same, "-w|+7|" + same + "|\n", ""},
		{vi, "", other, "(" + other + " differs from the source in the dump: lines may be elsewhere)\n+7|" + other + "|\n", ""},
		{vi, "", "/build/+!x.go", "+7|" + filepath.Join(dir, "src", "+!x.go") + "|\n", ""},
		{vi, "", "+!x.go", "+7|" + filepath.Join(dir, "src", "+!x.go") + "|\n", ""},
		{vi, "", "/build/none.go", "", "/build/none.go is neither on this machine nor in " + src.Name()},
		{vi, "", dir, "", dir + " is neither on this machine nor in " + src.Name()},
		{"", "", same, "", "name your editor in the environment: VISUAL or EDITOR"},
		{"false", "", same, "", "false: exit status 1"},
	} {
		t.Setenv("VISUAL", tt.visual)
		t.Setenv("EDITOR", tt.editor)
		var out strings.Builder
		e := &fileEditor{src: src, stdout: &out, stderr: &out}
		message := ""
		if err := e.open(tt.path, text, 7); err != nil {
			message = err.Error()
		}
		if out.String() != tt.want || message != tt.err {
			t.Errorf("%s%s %s: got %q and error %q, want %q and %q", tt.visual, tt.editor, tt.path, out.String(),
				message, tt.want, tt.err)
		}
	}
}

func TestPlaceArguments(t *testing.T) {
	for _, tt := range []struct {
		editor string
		line   int
		want   string
	}{
		{"vim", 7, "+7 /x.go"}, {"/usr/bin/code", 7, "-g /x.go:7"}, {"hx", 7, "/x.go:7"}, {"goland", 7, "--line 7 /x.go"},
		{"vim", 0, "/x.go"},
	} {
		if got := strings.Join(placeArguments(tt.editor, "/x.go", tt.line), " "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.editor, got, tt.want)
		}
	}
}

// Only files of the user are looked for without being asked: a path of the dump may be on a machine
// of somebody else's.
func TestKnownFiles(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "home")
	for _, path := range []string{filepath.Join(home, "mine.go"), filepath.Join(dir, "other.go"), filepath.Join(dir, "src", "x", "a.go")} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("package a\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	src, err := os.OpenRoot(filepath.Join(dir, "src"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for path, want := range map[string]string{
		filepath.Join(home, "mine.go"):                    filepath.Join(home, "mine.go"),
		filepath.Join(home, "..", "home", "mine.go"):      filepath.Join(home, "mine.go"),
		filepath.Join(home, "none.go"):                    "",
		home + string(filepath.Separator) + "../other.go": "",
		filepath.Join(dir, "other.go"):                    "",
		"mine.go":                                         "",
		"/build/x/a.go":                                   filepath.Join(dir, "src", "x", "a.go"),
	} {
		got, ok := (&fileEditor{src: src}).known(path)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: got %q, %v, want %q", path, got, ok, want)
		}
	}
}
