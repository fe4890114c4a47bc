package runtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// nextGo makes an unknown toolchain: the one of the tests under another path, with a
// version of its own, and with files of the packages runtime and testing as edit changes
// them. It returns the environment in which it is the go command.
func nextGo(t *testing.T, edit func(file, text string) string) []string {
	t.Helper()
	values := strings.Split(execute(t, root, nil, "go", "env", "GOROOT", "GOVERSION").out, "\n")
	goroot, version := values[0], strings.Fields(values[1])[0]
	farm := filepath.Join(t.TempDir(), "goroot")
	linkAll(t, goroot, farm, "src")
	linkAll(t, filepath.Join(goroot, "src"), filepath.Join(farm, "src"), "runtime", "testing")
	for _, pkg := range []string{"runtime", "testing"} {
		from, to := filepath.Join(goroot, "src", pkg), filepath.Join(farm, "src", pkg)
		linkAll(t, from, to)
		files, err := filepath.Glob(filepath.Join(from, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if text := edit(pkg+"/"+filepath.Base(file), string(b)); text != string(b) {
				replace(t, filepath.Join(to, filepath.Base(file)), text, 0o600)
			}
		}
	}
	replace(t, filepath.Join(farm, "VERSION"), "go1.99\n", 0o600)
	// The go command has its version compiled in.
	bin := filepath.Join(t.TempDir(), "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	replace(t, filepath.Join(bin, "go"),
		"#!/bin/sh\nif [ \"$1\" != env ]; then exec '"+filepath.Join(farm, "bin", "go")+"' \"$@\"; fi\n'"+
			filepath.Join(farm, "bin", "go")+"' \"$@\" | sed 's/\""+version+"/\"go1.99/'\n", 0o700)
	env := append(goEnv(t), "PATH="+bin+":"+os.Getenv("PATH"), "GOROOT="+farm, "GOTOOLCHAIN=local",
		"GOFLAGS=-buildvcs=false",
		"XDG_CACHE_HOME="+t.TempDir())
	// The standard library is compiled twice, or three times.
	cmd := exec.Command(command, "run", "go", "build", "-o", t.TempDir(), "./testdata/run/initial")
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%q: %v\n%s", cmd.Args, err, out)
	}
	return env
}

// linkAll makes in the directory to links to all files in from, except some.
func linkAll(t *testing.T, from, to string, but ...string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if slices.Contains(but, e.Name()) {
			continue
		}
		if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

// replace puts a file in place of a link.
func replace(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	os.Remove(path)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// edited is an edit that replaces the matches of a regular expression in a file, or in
// all files of a package.
type edited struct{ file, before, after string }

// edits returns an edit that makes all the edits in list.
func edits(t *testing.T, list ...edited) func(file, text string) string {
	done := make([]bool, len(list))
	t.Cleanup(func() {
		for i, e := range list {
			if !done[i] {
				t.Errorf("got nothing like %s in %s", e.before, e.file)
			}
		}
	})
	return func(file, text string) string {
		for i, e := range list {
			before := regexp.MustCompile(e.before)
			if strings.HasPrefix(file, e.file) && before.MatchString(text) {
				text, done[i] = before.ReplaceAllString(text, e.after), true
			}
		}
		return text
	}
}

// said returns coredumpy's lines in a command's output.
func said(stderr string) (lines []string) {
	for _, line := range strings.Split(stderr, "\n") {
		if strings.HasPrefix(line, "coredumpy run: ") || strings.HasPrefix(line, "coredumpy test: ") {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestUnknownFlag checks that the go command's message about an unknown flag is shown,
// and that a flag that is newer than this module is accepted.
func TestUnknownFlag(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	want := execute(t, root, nil, "go", "run", "-nosuch", "./testdata/run/initial")
	got := execute(t, root, nil, command, "run", "--", "-nosuch", "./testdata/run/initial")
	if got != want || want.state != "exit status 2" {
		t.Errorf("got %+v, want %+v", got, want)
	}
	bin := t.TempDir()
	goroot, modcache, _ := strings.Cut(strings.TrimSpace(execute(t, root, nil, "go", "env", "GOROOT",
		"GOMODCACHE").out), "\n")
	if strings.HasPrefix(goroot, modcache) {
		t.Skip("the go command of a downloaded toolchain isn't looked for in PATH")
	}
	replace(t, filepath.Join(bin, "go"), `#!/bin/sh
for arg; do
	shift
	case $arg in -newflag|value) ;; *) set -- "$@" "$arg" ;; esac
done
exec '`+filepath.Join(goroot, "bin", "go")+`' "$@"
`, 0o700)
	env := append(goEnv(t), "PATH="+bin+":"+os.Getenv("PATH"))
	got, dumps := watch(t, env, "-O", "--", "-trimpath", "-newflag", "value", "./testdata/run/initial")
	if got.state != "exit status 1" || len(dumps) != 1 || !strings.HasSuffix(got.err, "exit status 2\n") {
		t.Errorf("got %d dumps and %+v, want one and what go run says", len(dumps), got)
	}
}

// TestNextGo runs programs and tests with a toolchain in which the places of two hooks
// have changed, and a name that a third one needs.
func TestNextGo(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	env := nextGo(t, edits(t,
		edited{"testing/testing.go", `(?m)^(func \(c \*common\) log\()s( string.*\{)$`, "${1}text${2} s := text"},
		edited{"runtime/signal_unix.go", `\tmp\.caughtsig\.set\(gp\)`, "\t(&mp.caughtsig).set(gp)"},
		edited{"runtime/", `\bargslice\b`, "argumentSlice"},
	))
	want := regexp.MustCompile(`^coredumpy run: go1\.99: not seen: ` +
		`fatal signals \(runtime/signal_unix\.go has no "mp\.caughtsig\.set\(gp\)" in "func sighandler\("\), ` +
		`calls of os\.Exit \(runtime/zcoredumpy_exit_linux\.go:[0-9:]* undefined: argslice\), ` +
		`the texts of tests' failures \(testing/testing\.go has no "func \(c \*common\) log\(s string"\)$`)
	for range 2 {
		got, dumps := watch(t, env, "./testdata/run/initial")
		if got.state != "exit status 2" || len(dumps) != 1 {
			t.Errorf("got %d dumps and %+v, want one", len(dumps), got)
		}
		if lines := said(got.err); len(lines) != 1 || !want.MatchString(lines[0]) {
			t.Errorf("got %q, want %q", lines, want)
		}
	}
	got, dumps := watch(t, env, "./testdata/run", "exit")
	if got.state != "exit status 4" || len(dumps) > 0 {
		t.Errorf("os.Exit: got %d dumps and %+v, want none and status 4", len(dumps), got)
	}
	got, dumps = watch(t, env, "go", "test", "-count=1", "-run=^TestNextFails$", "./internal/runtest/testdata/next")
	if got.state != "exit status 1" || len(dumps) != 1 || !strings.Contains(filepath.Base(dumps[0]), "TestNextFails") {
		t.Errorf("go test: got dumps %q and %+v, want one of the failure", dumps, got)
	}
	if lines := said(got.err); len(lines) != 1 || !want.MatchString(lines[0]) {
		t.Errorf("go test: got %q, want %q", lines, want)
	}
}

// TestNextGoTraced runs them with a toolchain in which the hook for panics doesn't
// compile.
func TestNextGoTraced(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	env := nextGo(t, edits(t, edited{"runtime/", `\bgogetenv\b`, "environ1"}))
	const how = `coredumpy run: go1.99: a program can't report its panics (runtime/zcoredumpy_core_linux.go:`
	for _, tt := range []struct {
		args  []string
		state string
		dumps int
	}{
		{[]string{"./testdata/run/initial"}, "exit status 2", 1},
		{[]string{"./testdata/run", "exit"}, "exit status 4", 0},
		{[]string{"go", "run", "./testdata/run/initial"}, "exit status 1", 1},
		{[]string{"go", "test", "-count=1", "-run=^TestNextFails$", "./internal/runtest/testdata/next"},
			"exit status 1", 0},
	} {
		got, dumps := watch(t, env, tt.args...)
		if got.state != tt.state || len(dumps) != tt.dumps {
			t.Errorf("%q: got %d dumps and %+v, want %d and %s", tt.args, len(dumps), got, tt.dumps, tt.state)
		}
		if lines := said(got.err); len(lines) != 1 || !strings.HasPrefix(lines[0], how) {
			t.Errorf("%q: got %q, want %q", tt.args, lines, how)
		}
	}
	// The message about a dump is part of the test's output.
	dir := t.TempDir()
	got := execute(t, root, env, command, "test", "-dir", dir, "-count=1", "-run=^TestNextPanics$",
		"./internal/runtest/testdata/next")
	dumps, err := filepath.Glob(filepath.Join(dir, "*"))
	if got.state != "exit status 1" || len(dumps) != 1 || err != nil || !strings.Contains(got.out, dumps[0]) ||
		len(said(got.err)) != 1 {
		t.Errorf("got dumps %q, %v and %+v, want one of the panic", dumps, err, got)
	}
}
