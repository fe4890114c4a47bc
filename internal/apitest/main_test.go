// Package apitest has no code of its own. Its tests use coredumpy as a program does, and
// look only at results: the dump that was written, the messages, the exit status.
package apitest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
	core "coredumpy/internal/dump"
	"coredumpy/internal/pretty"
)

// childVariable makes the test binary a program that crashes. Its values are short:
// otherwise they would count as secrets of the environment.
const childVariable = "APITEST"

// children are these programs, by the value of the variable.
var children = map[string]func(){}

var buildDir string

func TestMain(m *testing.M) {
	if name := os.Getenv(childVariable); name != "" {
		child := children[name]
		if child == nil {
			fmt.Fprintf(os.Stderr, "no child %q\n", name)
			os.Exit(1)
		}
		child()
		os.Exit(0)
	}
	os.Unsetenv("COREDUMPY_DIR")
	// tests panic in one place, often with -count
	coredumpy.Config.MaxPanicsPerSite, coredumpy.Config.MaxPanicsPerMinute = 0, 0
	code := func() int {
		var err error
		if buildDir, err = os.MkdirTemp("", "apitest"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(buildDir)
		return m.Run()
	}()
	os.Exit(code)
}

// dump is a dump that was read back.
type dump struct {
	*coredumpy.Core
	text string // all of its records
}

// take dumps this process.
func take(t *testing.T, opts ...coredumpy.Option) *dump {
	t.Helper()
	var file bytes.Buffer
	if err := coredumpy.DumpTo(&file, opts...); err != nil {
		t.Fatal(err)
	}
	return read(t, file.Bytes())
}

// read reads a file's content, compressed or not.
func read(t *testing.T, file []byte) *dump {
	t.Helper()
	core, err := coredumpy.Read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if why := core.Missing(); why != "" {
		t.Fatalf("got Missing %q, want a whole file", why)
	}
	if z, err := gzip.NewReader(bytes.NewReader(file)); err == nil {
		if file, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return &dump{core, string(file)}
}

func open(t *testing.T, path string) *dump {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

// current returns the goroutine that the dump is about.
func (d *dump) current(t *testing.T) *coredumpy.Goroutine {
	t.Helper()
	g, err := d.Goroutine(d.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// top returns the function at the top of the stack, without its package.
func (d *dump) top(t *testing.T) string {
	t.Helper()
	frames := d.current(t).Frames
	if len(frames) == 0 {
		t.Fatal("no frame in the dump")
	}
	return strings.TrimPrefix(frames[0].Func, "coredumpy/internal/apitest.")
}

// given returns a variable that was given with Var.
func (d *dump) given(t *testing.T, name string) coredumpy.Value {
	t.Helper()
	for _, v := range d.current(t).Frames[0].Vars {
		if v.Name == name && v.Role == coredumpy.Given {
			if v.Value.Kind().String() == "interface" && !v.Value.IsNil() {
				return v.Value.Elem()
			}
			return v.Value
		}
	}
	t.Fatalf("no given variable %q in the top frame", name)
	return coredumpy.Value{}
}

// local returns a variable of the first frame of a function, of any goroutine.
func (d *dump) local(t *testing.T, fn, name string) coredumpy.Variable {
	t.Helper()
	for _, id := range d.Goroutines() {
		g, err := d.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range g.Frames {
			if f.Func != fn {
				continue
			}
			for _, v := range f.Vars {
				if v.Name == name {
					return v
				}
			}
		}
	}
	t.Fatalf("no variable %s in a frame of %s", name, fn)
	return coredumpy.Variable{}
}

// cuts returns how often each limit cut something, according to the head.
func (d *dump) cuts() map[string]int {
	m := map[string]int{}
	for _, c := range d.Head().Cut {
		m[c.Limit] += c.Count
	}
	return m
}

// show prints a value as Delve does, whole.
func show(v coredumpy.Value) string {
	const all = 1 << 30
	return pretty.String(core.Value(v), pretty.Options{
		String: all, Elements: all, Depth: 20,
	})
}

// noVariables skips a test that counts what is in a dump, or knows all of it, when the
// test binary has debug information: then the dump has the test's own variables.
func noVariables(t *testing.T) {
	t.Helper()
	if notes := strings.Join(take(t).Head().Notes, " "); !strings.Contains(notes, "no local variables") {
		t.Skip("the test binary has debug information")
	}
}

// config changes Config for the duration of a test.
func config(t *testing.T, change func(*coredumpy.Configuration)) {
	old := coredumpy.Config
	t.Cleanup(func() { coredumpy.Config = old })
	change(&coredumpy.Config)
}

// crash calls f under OnPanic, in this process, and returns the dump and what OnPanic
// wrote to standard error.
func crash(t *testing.T, f func(), opts ...coredumpy.Option) (d *dump, told string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crash.dump")
	told = quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(append(opts, coredumpy.Path(path))...)
		f()
	})
	if _, err := os.Stat(path); err != nil {
		return nil, told
	}
	return open(t, path), told
}

// quietly calls f and returns what was written to standard error.
func quietly(t *testing.T, f func()) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	old := os.Stderr
	os.Stderr = out
	defer func() { os.Stderr = old }()
	f()
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// outcome is what a program did.
type outcome struct {
	exit           int
	stdout, stderr string
	dir            string // where it ran
}

// command runs a program in a directory of its own, with a time limit.
func command(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &stdout, &stderr, time.Minute
	timer := time.AfterFunc(5*time.Minute, func() { cmd.Process.Kill() })
	err := cmd.Run()
	hung := !timer.Stop()
	o := outcome{stdout: stdout.String(), stderr: stderr.String(), dir: cmd.Dir}
	var ee *exec.ExitError
	switch {
	case hung:
		t.Fatalf("%s hangs; stderr so far:\n%.4000s", filepath.Base(cmd.Path), o.stderr)
	case errors.As(err, &ee):
		o.exit = ee.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return o
}

// child runs this test binary as the named program.
func child(t *testing.T, name string, args ...string) outcome {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), childVariable+"="+name, "GOTRACEBACK=single")
	return command(t, cmd)
}

// Ways to build a program.
var (
	whole    = []string{"-gcflags=coredumpy/internal/apitest/...=-N -l"} // all variables
	inlined  = []string{"-gcflags=coredumpy/internal/apitest/...=-N"}
	plain    = []string{}
	stripped = []string{"-ldflags=-s -w"}
)

var (
	buildMutex sync.Mutex
	built      = map[string]string{}
)

// build builds a program in testdata, once for each way. A test binary with the race
// detector builds only programs with the detector: the others don't differ from those of
// other runs.
func build(t *testing.T, program string, flags []string) (path string) {
	t.Helper()
	if raceDetector && !slices.Contains(flags, "-race") {
		t.Skip("the program has no race detector: run the test without -race")
	}
	buildMutex.Lock()
	defer buildMutex.Unlock()
	key := program + strings.Join(flags, " ")
	if path = built[key]; path != "" {
		return path
	}
	path = filepath.Join(buildDir, fmt.Sprint(program, len(built)))
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	// The first build with the race detector takes more than 5 minutes on a busy machine.
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	args := append(append([]string{"build", "-o", path}, flags...), "./testdata/"+program)
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	built[key] = path
	return path
}

// elsewhere gives the test, and the programs that it runs, a directory for temporary
// files. It returns the directory in it for dumps that have no other place.
func elsewhere(t *testing.T) string {
	t.Helper()
	tmp, name := t.TempDir(), "coredumpy"
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp) // Windows
	if uid := os.Geteuid(); uid >= 0 {
		name += fmt.Sprint("-", uid)
	}
	return filepath.Join(tmp, name)
}

// nowhere makes that place fail.
func nowhere(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(elsewhere(t), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// onlyDump returns the only dump in a directory.
func onlyDump(t *testing.T, dir string) *dump {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("got dumps %q, %v in %s, want one", paths, err, dir)
	}
	return open(t, paths[0])
}
