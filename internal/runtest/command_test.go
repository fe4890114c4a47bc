// Package runtest has no code of its own. Its tests run programs, tests and other commands
// with coredumpy run, test and attach, and compare what those print and how they end with
// what happens without coredumpy.
package runtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// TestPackage has coredumpy run build programs itself, in place of go run, and before it.
func TestPackage(t *testing.T) {
	plain, _ := built(t)
	all := []struct {
		args    []string // of coredumpy run
		program string
		dumps   int
	}{
		{[]string{"./testdata/run", "divide"}, "run", 1},
		{[]string{"testdata/run/initial/main.go"}, "initial", 1},
		{[]string{"--", "-ldflags=-X=main.none=x", "coredumpy/testdata/run/variable"}, "variable", 1},
		{[]string{"./testdata/run/server"}, "server", 0},
	}
	for _, tt := range all[:longtest.Rounds(1, len(all))] {
		t.Run(tt.program, func(t *testing.T) {
			want := execute(t, root, nil, filepath.Join(plain, tt.program), tt.args[1:]...)
			got, dumps := watch(t, nil, tt.args...)
			if got.state != want.state || got.out != want.out || same(got.err) != same(want.err) ||
				len(dumps) != tt.dumps {
				t.Errorf("got %d dumps and %+v, want %d and %+v", len(dumps), got, tt.dumps, want)
			}
		})
	}
	t.Run("go run", func(t *testing.T) {
		longtest.Skip(t)
		args := []string{"go", "run", "-gcflags=-N -l", "./testdata/run/initial"}
		want := execute(t, root, nil, args[0], args[1:]...)
		got, dumps := watch(t, nil, args...)
		if got.state != want.state || got.out != want.out || same(got.err) != same(want.err) || len(dumps) != 1 {
			t.Errorf("got %d dumps and %+v, want one and %+v", len(dumps), got, want)
		}
	})
}

// TestBuildFails checks that the output and the exit status are those of go run.
func TestBuildFails(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":         "module example.com/m\n\ngo 1.24\n",
		"bad/main.go":    "package main\n\nfunc main() { undefined() }\n",
		"syntax/main.go": "package main\n\nfunc main() {\n",
		"import/main.go": "package main\n\nimport \"example.com/m/nowhere\"\n\nfunc main() { nowhere.F() }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, pkg := range []string{"./bad", "./syntax", "./import", "example.com/m/nothing", "nowhere"} {
		want := execute(t, dir, nil, "go", "run", pkg)
		got := execute(t, dir, nil, command, "run", pkg)
		if got.state != want.state || got.out != want.out || same(got.err) != same(want.err) ||
			want.state != "exit status 1" {
			t.Errorf("%s: got %+v, want %+v", pkg, got, want)
		}
	}
}

// TestNoHome runs with a build cache, but where there is no home directory, or one that
// can't be written, as in containers.
func TestNoHome(t *testing.T) {
	longtest.Skip(t)
	for _, env := range [][]string{{"HOME=", "XDG_CACHE_HOME="}, {"HOME=/dev/null", "XDG_CACHE_HOME="}} {
		if got, dumps := watch(t, append(goEnv(t), env...), "./testdata/run/initial"); got.state != "exit status 2" ||
			len(dumps) != 1 || len(said(got.err)) > 0 {
			t.Errorf("%q: got %d dumps and %+v, want one", env, len(dumps), got)
		}
	}
}

// TestRefused checks that one line says what is wrong.
func TestRefused(t *testing.T) {
	_, hooked := built(t)
	for _, tt := range []struct {
		env   []string
		args  []string
		state string
		want  string
	}{
		{nil, []string{"./nowhere"}, "exit status 1",
			`coredumpy run: run "./nowhere": no such file or directory; name an existing directory of a package or executable file`},
		{nil, []string{"nowhere.go"}, "exit status 1",
			`coredumpy run: run "nowhere.go": no such file or directory; name an existing .go file or a package`},
		{nil, []string{"./README.md"}, "exit status 1",
			`coredumpy run: run "./README.md": not an executable file, nor a package; chmod +x it, or name a directory`},
		{nil, []string{""}, "exit status 1",
			`coredumpy run: run "": name a package, like . or ./cmd/server, or an executable file`},
		{nil, []string{"./internal/eval"}, "exit status 1",
			`coredumpy run: build "./internal/eval": not a main package; name the directory of a command`},
		{nil, []string{"-nosuch", "."}, "exit status 2",
			`coredumpy run: flag provided but not defined: -nosuch; put flags of a go command after it: coredumpy run go run -race .; see coredumpy help run`},
		{[]string{"TMPDIR=/nowhere/at/all"}, []string{filepath.Join(hooked, "run"), "clean"}, "exit status 1",
			"coredumpy run: no directory for a socket: stat /nowhere/at/all: no such file or directory; set TMPDIR to a writable one"},
	} {
		// The go command keeps its own caches where they were.
		env := append(goEnv(t), tt.env...)
		got, dumps := watch(t, env, tt.args...)
		if got.state != tt.state || got.out != "" || len(dumps) > 0 || !strings.HasSuffix(got.err, tt.want+"\n") ||
			strings.Count(got.err, "\n") != 1 {
			t.Errorf("%q: got %d dumps and %+v, want %s and %q", tt.args, len(dumps), got, tt.state, tt.want)
		}
	}
}

func goEnv(t *testing.T) []string {
	t.Helper()
	names := []string{"GOCACHE", "GOMODCACHE", "GOPATH"}
	values := strings.Split(execute(t, root, nil, "go", append([]string{"env"}, names...)...).out, "\n")
	var env []string
	for i, name := range names {
		env = append(env, name+"="+values[i])
	}
	return env
}

// TestUnwatched runs programs in which no crash can be seen: a message says so, and they
// run as usual.
func TestUnwatched(t *testing.T) {
	needLinux(t)
	stripped := strippedServer(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{stripped},
			"coredumpy run: " + stripped + ": its own crashes aren't seen: no debug information in the executable; " +
				"build it with coredumpy run go build, or keep that in a file, see coredumpy help builds\n"},
		{[]string{"sh", "-c", "cat; echo no >&2; exit 3"}, noGoBelow},
		{[]string{"sh", "-c", "kill -TERM $$"}, noGoBelow},
		{[]string{"sh", "-c", "kill -ABRT $$"}, noGoBelow},
		{[]string{"sh", "-c", "kill -KILL $$"}, noGoBelow},
	} {
		want := execute(t, root, nil, tt.args[0], tt.args[1:]...)
		got, dumps := watch(t, nil, tt.args...)
		rest, ok := strings.CutPrefix(got.err, tt.want)
		if tt.want == noGoBelow { // it is known only at the end
			rest, ok = strings.CutSuffix(got.err, tt.want)
		}
		if !ok || got.out != want.out || withoutCore(got.state) != withoutCore(want.state) ||
			same(rest) != same(want.err) || len(dumps) > 0 {
			t.Errorf("%q: got %+v, want %+v and %q", tt.args, got, want, tt.want)
		}
	}
}

// TestEndsAtOnce runs a command that has ended before anyone waits for it.
func TestEndsAtOnce(t *testing.T) {
	needLinux(t)
	dir := t.TempDir()
	var wait sync.WaitGroup
	defer wait.Wait()
	for range 8 { // disturbing each other
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range longtest.Rounds(3, 25) {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				err := exec.CommandContext(ctx, command, "run", "-dir", dir, "sh", "-c", "kill -KILL $$").Run()
				if cancel(); ctx.Err() == context.DeadlineExceeded || err == nil {
					t.Errorf("got %v, %v, want it to end by a signal at once", err, ctx.Err())
					return
				}
			}
		}()
	}
}

// withoutCore removes the note that there is a core file: one is enough.
func withoutCore(state string) string { return strings.TrimSuffix(state, " (core dumped)") }

// TestPlaces checks that dumps are where the flags say.
func TestPlaces(t *testing.T) {
	_, hooked := built(t)
	program := filepath.Join(hooked, "run")
	for _, tt := range []struct {
		name  string
		flags []string
		want  string // a pattern
	}{
		{"default", nil, "*_divide_*.dump"},
		{"dir", []string{"-dir", "a/b"}, "a/b/*_divide_*.dump"},
		{"path", []string{"-path", "x.dump"}, "x.dump"},
		{"json", []string{"-path", "x.json"}, "x.json"},
	} {
		dir := t.TempDir()
		r := execute(t, dir, nil, command, slices.Concat([]string{"run"}, tt.flags, []string{program, "divide"})...)
		paths, err := filepath.Glob(filepath.Join(dir, tt.want))
		if err != nil || len(paths) != 1 || !strings.Contains(r.err, "\ncoredumpy load "+paths[0]+"\n") {
			t.Errorf("%s: got %q, %v, want one as %s\n%s", tt.name, paths, err, tt.want, r.err)
			continue
		}
		if _, err := coredumpy.Open(paths[0]); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestPlacesSpecial has dumps where a directory can't be made, has no room, or has a long name.
func TestPlacesSpecial(t *testing.T) {
	_, hooked := built(t)
	program := filepath.Join(hooked, "run")
	t.Run("nowhere", func(t *testing.T) {
		want := execute(t, root, nil, program, "divide")
		tmp := t.TempDir()
		got := execute(t, root, []string{"TMPDIR=" + tmp}, command, "run", "-dir", "/proc/nowhere", program, "divide")
		paths, err := filepath.Glob(filepath.Join(tmp, "coredumpy-*", "*_divide_*.dump"))
		if err != nil || len(paths) != 1 {
			t.Fatalf("got %q, %v, want one dump\n%s", paths, err, got.err)
		}
		said := "coredumpy run: panic: the dump is in " + paths[0] +
			" instead: mkdir /proc/nowhere: no such file or directory\n" +
			"Your frame stack is dumped, open it with\ncoredumpy load " + paths[0] + "\n"
		if rest, ok := strings.CutPrefix(got.err, said); got.state != want.state || !ok ||
			same(rest) != same(want.err) {
			t.Errorf("got %+v, want %q and %+v", got, said, want)
		}
	})
	t.Run("room", func(t *testing.T) { // the first of the crash stays
		dir, conf := t.TempDir(), filepath.Join(t.TempDir(), "conf.json")
		if err := os.WriteFile(conf, []byte(`{"MaxDumps": 2}`), 0o600); err != nil {
			t.Fatal(err)
		}
		var told []string
		for range 4 {
			r := execute(t, dir, nil, command, "run", "-conf", conf, program, "divide")
			_, path, _ := strings.Cut(r.err, "\ncoredumpy load ")
			path, _, _ = strings.Cut(path, "\n")
			told = append(told, path)
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*_divide_*.dump"))
		if err != nil || len(paths) != 2 || paths[0] != told[0] || paths[1] != told[3] {
			t.Errorf("got %q, %v, want the first and the last of %q", paths, err, told)
		}
	})
	t.Run("long", func(t *testing.T) { // too long for a socket's address
		long := filepath.Join(t.TempDir(), strings.Repeat("long", 25))
		if err := os.Mkdir(long, 0o700); err != nil {
			t.Fatal(err)
		}
		got, dumps := watch(t, []string{"TMPDIR=" + long}, program, "divide")
		left, err := os.ReadDir(long)
		if len(dumps) != 1 || err != nil || len(left) > 0 {
			t.Errorf("got %d dumps, and %v left behind, %v\n%s", len(dumps), left, err, got.err)
		}
	})
}

// TestSettings checks that the dump follows the flags and the settings.
func TestSettings(t *testing.T) {
	_, hooked := built(t)
	program := filepath.Join(hooked, "run")
	conf := filepath.Join(t.TempDir(), "conf.json")
	if err := os.WriteFile(conf, []byte(`{"MaxString": 2, "SecretNames": ["price"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		flags             []string
		kind, expr, value string
	}{
		{[]string{"-depth", "0"}, "nil", "o.ID", "*o is not in the dump: depth limit"},
		{[]string{"-depth", "1"}, "nil", "o.ID", "7"},
		{[]string{"-conf", conf}, "nilmap", "price", "***redacted***#N"},
		{[]string{"-conf", conf}, "nilmap", "name", `"pe...+1 more"`},
		{[]string{"-strict"}, "nilmap", "name", `"***redacted***#N"`},
		{[]string{"-strict", "-show-text", "main"}, "nilmap", "name", `"pen"`},
		{[]string{"-description", "to be \x1b seen"}, "nil", "id", "7"},
	} {
		_, dumps := watch(t, nil, slices.Concat(tt.flags, []string{program, tt.kind})...)
		if len(dumps) != 1 {
			t.Errorf("%q: got %d dumps, want one", tt.flags, len(dumps))
			continue
		}
		core, err := coredumpy.Open(dumps[0])
		if err != nil {
			t.Fatal(err)
		}
		wantValue(t, topFrame(t, core, ""), tt.expr, tt.value)
		if h := core.Head(); tt.flags[0] == "-description" && h.Description != tt.flags[1] {
			t.Errorf("got description %q, want %q", h.Description, tt.flags[1])
		}
	}
}

// TestMany has several programs crash in one run, not all of which are dumped.
func TestMany(t *testing.T) {
	_, hooked := built(t)
	program := filepath.Join(hooked, "run")
	script := program + " divide; " + program + " divide & " + program + " nil; wait; exit 5"
	for _, tt := range []struct {
		flags []string
		dumps int
		want  string
	}{
		{nil, 3, ""},
		{[]string{"-max", "1"}, 1, "coredumpy run: 2 more failures were not dumped: -max 1\n"},
		{[]string{"-max", "2"}, 2, "coredumpy run: 1 more failure was not dumped: -max 2\n"},
		{[]string{"-exclude", "divide by zero"}, 1, ""},
		{[]string{"-exclude", "nothing", "-exclude", "nil pointer"}, 2, ""},
		{[]string{"-exclude", "divide by", "-max", "0"}, 0, "coredumpy run: 1 more failure was not dumped: -max 0\n"},
	} {
		got, dumps := watch(t, nil, slices.Concat(tt.flags, []string{"sh", "-c", script})...)
		_, said, _ := strings.Cut(got.err, "\ncoredumpy run: ")
		if said != "" {
			said = "coredumpy run: " + said
		}
		if got.state != "exit status 5" || len(dumps) != tt.dumps || said != tt.want ||
			strings.Count(got.err, "panic: ") != 3 {
			t.Errorf("%q: got %d dumps and %+v, want %d and %q", tt.flags, len(dumps), got, tt.dumps, tt.want)
		}
	}
}

// TestOptimised uses -O to leave the optimisation on: fewer variables have a value.
func TestOptimised(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	for _, tt := range []struct {
		flag string
		want bool
	}{{"-O=false", true}, {"-O", false}} {
		path := filepath.Join(t.TempDir(), "initial")
		if r := execute(t, root, nil, command, "run", tt.flag, "go", "build", "-o", path,
			"./testdata/run/initial"); r.state != "exit status 0" {
			t.Fatal(r)
		}
		out, err := exec.Command("go", "version", "-m", path).Output()
		if got := strings.Contains(string(out), "-N"); err != nil || got != tt.want {
			t.Errorf("%s: got -N %v, %v, want %v\n%s", tt.flag, got, err, tt.want, out)
		}
	}
}

// TestPrebuiltTest runs a test whose failures can't be seen: a message says so.
func TestPrebuiltTest(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	program := filepath.Join(t.TempDir(), "clock.test")
	if r := execute(t, root, nil, "go", "test", "-c", "-ldflags=-w=0 -s=0", "-o", program,
		"./internal/clock"); r.state != "exit status 0" {
		t.Fatal(r)
	}
	got, dumps := watch(t, nil, program, "-test.run", "^TestNow$")
	const said = " is a test that wasn't built by coredumpy run go test -c: only its panics are seen, not its failures\n"
	if got.state != "exit status 0" || !strings.HasSuffix(got.err, said) || strings.Count(got.err, "\n") != 1 ||
		len(dumps) > 0 {
		t.Errorf("got %+v and %d dumps, want one line that ends in %q", got, len(dumps), said)
	}
}
