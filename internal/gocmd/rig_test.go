package gocmd

import (
	"debug/dwarf"
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

const ringProbe = `package ring

func Probe() string { return "probe" }
`

// files writes files below a new directory. A line "-- name --" begins each file.
func files(t *testing.T, text string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+text, "\n-- ")[1:] {
		name, body, _ := strings.Cut(part, " --\n")
		writeFile(t, filepath.Join(dir, name), body+"\n")
	}
	return dir
}

func writeFile(t *testing.T, name, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(body), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rig is a go command with an overlay, in a directory.
type rig struct {
	dir  string
	env  []string
	opts Options
}

func newRig(t *testing.T, text string, env ...string) *rig {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("programs are watched on Linux only")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to run")
	}
	r := &rig{dir: files(t, text), env: os.Environ()}
	for _, kv := range append([]string{"GOFLAGS=-buildvcs=false", "GOPROXY=off", "GO111MODULE=", "GOWORK="}, env...) {
		key, value, _ := strings.Cut(kv, "=")
		r.env = Setenv(r.env, key, value)
	}
	e := r.query(t)
	goroot := e.GOROOT
	if strings.HasPrefix(goroot, e.GOMODCACHE) {
		// The files of a downloaded toolchain may not be replaced.
		goroot = filepath.Join(t.TempDir(), "goroot")
		if err := os.Symlink(e.GOROOT, goroot); err != nil {
			t.Fatal(err)
		}
		r.opts.GOROOT = goroot
	}
	r.overlay(t, goroot)
	return r
}

// overlay makes the overlay for a GOROOT.
func (r *rig) overlay(t *testing.T, goroot string) {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "probe.go"), ringProbe)
	data, err := json.Marshal(overlayFile{Replace: map[string]string{
		filepath.Join(goroot, "src/container/ring/zprobe.go"): filepath.Join(dir, "probe.go"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.opts.Overlay = filepath.Join(dir, "overlay.json")
	writeFile(t, r.opts.Overlay, string(data))
}

func (r *rig) query(t *testing.T, args ...string) Env {
	t.Helper()
	e, err := Query("go", r.dir, r.env, args...)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// run instruments and runs a command line, and returns its output and the copy
// that the program made of itself.
func (r *rig) run(t *testing.T, args ...string) (out, binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "copy")
	c, err := Instrument(r.query(t, args...), args, append(r.env, "COPY="+binary), r.opts)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Cleanup()
	return start(t, c), binary
}

// start runs a command that must succeed.
func start(t *testing.T, c *Command) string {
	t.Helper()
	cmd := exec.Cmd{Path: c.Path, Args: c.Args, Env: c.Env, Dir: c.Dir}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", c.Args, err, out)
	}
	return string(out)
}

// producers reads from a program's debug information how each of its packages
// was compiled.
func producers(t *testing.T, name string) map[string]string {
	t.Helper()
	f, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := f.DWARF()
	if err != nil {
		t.Fatalf("%s: no debug information: %v", name, err)
	}
	list := make(map[string]string)
	for r := d.Reader(); ; r.SkipChildren() {
		entry, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if entry == nil {
			return list
		}
		pkg, _ := entry.Val(dwarf.AttrName).(string)
		list[pkg], _ = entry.Val(dwarf.AttrProducer).(string)
	}
}

// wantCompiled wants some packages compiled without optimisation, and others with it.
// A package that isn't in the program counts as neither.
func wantCompiled(t *testing.T, name string, plain, optimised []string) {
	t.Helper()
	list := producers(t, name)
	isPlain := func(p string) bool { return strings.Contains(p, " -N") && strings.Contains(p, " -l") }
	for _, pkg := range plain {
		if p, ok := list[pkg]; !ok || !isPlain(p) {
			t.Errorf("package %s: got producer %q, want it with -N -l", pkg, p)
		}
	}
	for _, pkg := range optimised {
		if p, ok := list[pkg]; !ok || strings.Contains(p, " -N") {
			t.Errorf("package %s: got producer %q, want it without -N", pkg, p)
		}
	}
}

// long skips a test that need not run every time.
func long(t *testing.T) {
	t.Helper()
	longtest.Skip(t)
}
