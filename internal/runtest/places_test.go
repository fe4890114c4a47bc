package runtest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFrontPlaces checks that go commands are hooked wherever the temporary directory and
// the go command are.
func TestFrontPlaces(t *testing.T) {
	needLinux(t)
	dir := t.TempDir()
	for _, name := range []string{"a:b", "it's \"it\"", "\xff"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	where, err := filepath.Abs(front)
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(where, dir)
	if err != nil {
		t.Fatal(err)
	}
	const script = "#!/bin/sh\nPATH=${PATH#*:}\nexec go \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	sep := string(filepath.ListSeparator)
	for _, env := range []string{
		"TMPDIR=" + relative,
		"TMPDIR=" + filepath.Join(dir, "a:b"),
		"TMPDIR=" + filepath.Join(dir, "it's \"it\""),
		"TMPDIR=" + filepath.Join(dir, "\xff"),
		"PATH=" + relative + sep + os.Getenv("PATH"),
	} {
		for _, args := range [][]string{
			{"sh", "-c", "cd crashes && unset TMPDIR && exec go run ."},
			{"./crashes"},
		} {
			got, dumps := watchIn(t, front, []string{env}, args...)
			if len(dumps) != 1 || len(said(got.err)) > 0 || strings.Count(got.err, "panic: ") != 1 {
				t.Errorf("%q, %q: got %d dumps and %+v, want one", env, args, len(dumps), got)
			}
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if here, _ := filepath.Glob(filepath.Join(dir, "coredumpy*")); err != nil || len(left)+len(here) > 0 {
		t.Errorf("got %q, %q, %v left behind", left, here, err)
	}
}

// TestFrontGOROOT checks that commands below go generate get the real GOROOT, even if the
// name of the temporary directory isn't a clean path, and if they run coredumpy run
// themselves.
func TestFrontGOROOT(t *testing.T) {
	needLinux(t)
	dir := filepath.Join(t.TempDir(), "x")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	module := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module m\n",
		"m.go":   "package m\n\n//go:generate go env GOROOT\n//go:generate " + command + " run go env GOROOT\n",
	} {
		if err := os.WriteFile(filepath.Join(module, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := execute(t, module, nil, "go", "env", "GOROOT", "GOROOT")
	got, _ := watchIn(t, module, []string{"TMPDIR=" + filepath.Dir(dir) + "//x"}, "sh", "-c", "exec go generate")
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestGenerateScript has go generate run by a script in place of the go command: the
// variables that it sets are set below it, and so is GOROOT if it sets that.
func TestGenerateScript(t *testing.T) {
	needLinux(t)
	goroot := strings.TrimSpace(execute(t, root, nil, "go", "env", "GOROOT").out)
	module := t.TempDir()
	if err := os.CopyFS(module, os.DirFS(front)); err != nil {
		t.Fatal(err)
	}
	const directives = "package front\n\n//go:generate sh -c \"echo $DOLLAR{SCRIPT}\"\n//go:generate go run ./crashes\n"
	if err := os.WriteFile(filepath.Join(module, "front.go"), []byte(directives), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		sets  string
		dumps int
		said  string // after the name of the script
	}{
		{"SCRIPT=set", 1, ""},
		{"SCRIPT=set GOROOT=" + goroot, 0, " sets GOROOT: the go commands that it runs aren't hooked"},
	} {
		bin := t.TempDir()
		script := filepath.Join(bin, "go")
		text := fmt.Sprintf("#!/bin/sh\nexec env %s %s \"$@\"\n", tt.sets, filepath.Join(goroot, "bin", "go"))
		if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
		env := []string{"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}
		got, dumps := watchIn(t, module, env, "sh", "-c", "exec go generate")
		var want []string
		if tt.said != "" {
			want = []string{"coredumpy run: go generate: " + script + tt.said}
		}
		if lines := said(got.err); got.out != "set\n" || len(dumps) != tt.dumps || !slices.Equal(lines, want) {
			t.Errorf("%s: got %d dumps and %+v, want %d and %q", tt.sets, len(dumps), got, tt.dumps, want)
		}
	}
}

// TestExecFlag has run build a package and start its program by another one, which isn't
// the package's program.
func TestExecFlag(t *testing.T) {
	starts, _ := starter(t)
	within, err := filepath.Abs(filepath.Join(front, "crashes"))
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(within, starts)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range [][]string{
		{"-exec=env A=b", "./crashes"},
		{"-exec=" + starts, "./crashes"},
		{"-C=crashes", "-exec", relative, "."},
	} {
		got, dumps := watchIn(t, front, nil, slices.Concat([]string{"--"}, tt)...)
		if len(dumps) != 1 || len(said(got.err)) > 0 || got.state != "exit status 2" {
			t.Errorf("%q: got %d dumps and %+v, want one", tt, len(dumps), got)
		}
	}
	got, _ := watchIn(t, front, nil, "--", "-tags=x", ".")
	if want := `coredumpy run: build ".": not a main package; name the directory of a command` + "\n"; got.err != want {
		t.Errorf("got %q, want %q", got.err, want)
	}
}
