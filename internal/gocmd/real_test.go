package gocmd

import (
	"debug/elf"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"coredumpy/internal/modproxy"
)

// The tests in this file run the go command. An overlay adds a function to
// container/ring, which few packages use, so that no other package has to be
// compiled again. The programs call it, so none can be built without the overlay.

// mainProgram prints its arguments and keeps a copy of itself.
const mainProgram = `package main

import (
	"container/ring"
	"fmt"
	"os"
)

var stamp string

func main() {
	exe, err := os.ReadFile("/proc/self/exe")
	if err == nil && os.Getenv("COPY") != "" {
		err = os.WriteFile(os.Getenv("COPY"), exe, 0o755)
	}
	fmt.Println(ring.Probe(), stamp, os.Args[1:], err)
}
`

// testProgram is the same for a test binary.
const testProgram = `package m

import (
	"container/ring"
	"os"
	"testing"

	"example.com/dep"
)

func Half(n int) int { return dep.Half(n) }

func TestProbe(t *testing.T) {
	if ring.Probe() != "probe" || Half(4) != 2 {
		t.Fatal("wrong")
	}
	exe, err := os.ReadFile("/proc/self/exe")
	if err == nil && os.Getenv("COPY") != "" {
		err = os.WriteFile(os.Getenv("COPY"), exe, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}
`

const depPackage = `package dep

//go:noinline
func Half(n int) int { return n / 2 }
`

const oneModule = `
-- go.mod --
module example.com/m
go 1.24
require example.com/dep v0.0.0
replace example.com/dep => ./dep
-- dep/go.mod --
module example.com/dep
go 1.24
-- dep/dep.go --
` + depPackage + `
-- m_test.go --
` + testProgram + `
-- m.go --
package m

func Covered() int { return 1 }
-- cover_test.go --
package m

import "testing"

func TestCovered(t *testing.T) { Covered() }
-- cmd/prog/main.go --
` + mainProgram

func TestRealRun(t *testing.T) {
	r := newRig(t, oneModule)
	out, binary := r.run(t, "go", "run", "-ldflags=-s -w -X main.stamp=S", "./cmd/prog", "-gcflags=x", "--", "y.go")
	if want := "probe S [-gcflags=x -- y.go] <nil>\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	wantCompiled(t, binary, []string{"main"}, []string{"container/ring", "runtime", "fmt"})

	out, binary = r.run(t, "go", "run", "-C", "cmd", "-gcflags=all=-e", "./prog", "-C", "z")
	if want := "probe  [-C z] <nil>\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	wantCompiled(t, binary, []string{"main"}, nil)

	// What is missing without our flags.
	r.opts.Optimise = true
	_, binary = r.run(t, "go", "run", "./cmd/prog")
	wantCompiled(t, binary, nil, []string{"main", "fmt"})
}

func TestRealTest(t *testing.T) {
	r := newRig(t, oneModule)
	_, binary := r.run(t, "go", "test", ".", "-ldflags=-s", "-gcflags=-N -l", "-v")
	wantCompiled(t, binary, []string{"example.com/m"}, []string{"container/ring", "testing", "example.com/dep"})

	// Results are cached as usual, as our flags are the same each time. COPY
	// isn't in the environment, because it would differ in each run.
	args := []string{"go", "test", "./..."}
	outs := make([]string, 2)
	for i := range outs {
		c, err := Instrument(r.query(t, args...), args, r.env, r.opts)
		if err != nil {
			t.Fatal(err)
		}
		outs[i] = start(t, c)
		c.Cleanup()
	}
	if strings.Contains(outs[0], "(cached)") || !strings.Contains(outs[1], "(cached)") {
		t.Errorf("got %q, want a cached result the second time only", outs)
	}

	out, _ := r.run(t, "go", "test", "-cover", "-json", ".")
	if !strings.Contains(out, "coverage: 100.0% of statements") {
		t.Errorf("got %q, want full coverage", out)
	}
	for _, l := range strings.Split(strings.TrimSpace(out), "\n") {
		if !json.Valid([]byte(l)) {
			t.Errorf("got %q, want JSON", l)
		}
	}
}

func TestRealCoverage(t *testing.T) {
	long(t)
	r := newRig(t, oneModule)
	out, binary := r.run(t, "go", "test", "-coverpkg=./...,example.com/dep", "-shuffle=on", "-p", "1", "-count=1", ".")
	if !strings.Contains(out, "coverage: ") {
		t.Errorf("got %q, want a coverage", out)
	}
	wantCompiled(t, binary, []string{"example.com/m"}, []string{"container/ring"})
	r.run(t, "go", "test", "-trimpath", "-run=XXX", "-bench=.", "-exec", "env A=b", ".")
}

// TestRealBuild wants files built as the user says.
func TestRealBuild(t *testing.T) {
	long(t)
	r := newRig(t, oneModule)
	for _, flags := range [][]string{nil, {"-ldflags=-s -w"}} {
		args := slices.Concat([]string{"go", "build", "-o", "x"}, flags, []string{"./cmd/prog"})
		c, err := Instrument(r.query(t, args...), args, r.env, r.opts)
		if err != nil {
			t.Fatal(err)
		}
		start(t, c)
		file := filepath.Join(r.dir, "x")
		if flags == nil {
			wantCompiled(t, file, []string{"main"}, []string{"fmt"})
			continue
		}
		f, err := elf.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		if f.Section(".debug_info") != nil || f.Section(".zdebug_info") != nil || len(c.Warnings) != 1 {
			t.Errorf("got debug information or no warning (%q) with %q", c.Warnings, flags)
		}
		f.Close()
	}

	out, _ := r.run(t, "go", "test", "-c", "-o", "x.test", ".")
	wantCompiled(t, filepath.Join(r.dir, "x.test"), []string{"example.com/m"}, []string{"testing"})
	if out != "" {
		t.Errorf("go test -c printed %q", out)
	}
}

func TestRealWorkspace(t *testing.T) {
	long(t)
	r := newRig(t, `
-- go.work --
go 1.24
use (
	./dep
	./m
)
-- dep/go.mod --
module example.com/dep
go 1.24
-- dep/dep.go --
`+depPackage+`
-- m/go.mod --
module example.com/m
go 1.24
-- m/m_test.go --
`+testProgram)
	e := r.query(t)
	slices.Sort(e.Modules)
	if want := []string{"example.com/dep", "example.com/m"}; !slices.Equal(e.Modules, want) {
		t.Errorf("got main modules %q, want %q", e.Modules, want)
	}
	_, binary := r.run(t, "go", "-C", "m", "test")
	wantCompiled(t, binary, []string{"example.com/m", "example.com/dep"}, []string{"container/ring"})
}

func TestRealVendor(t *testing.T) {
	long(t)
	r := newRig(t, `
-- go.mod --
module example.com/m
go 1.24
require example.com/dep v1.0.0
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.24
example.com/dep
-- vendor/example.com/dep/dep.go --
`+depPackage+`
-- m_test.go --
`+testProgram, "GOFLAGS=-mod=vendor -buildvcs=false")
	_, binary := r.run(t, "go", "test", "-gcflags=./...=-e", "./...")
	wantCompiled(t, binary, []string{"example.com/m"}, []string{"example.com/dep"})
}

// TestRealFlags has everything in GOFLAGS: a user's overlay with a relative name,
// and flags of both tools, two of them in quotes.
func TestRealFlags(t *testing.T) {
	r := newRig(t, oneModule+`
-- other.go --
package main

func init() { stamp += "overlaid" }
-- overlay.json --
{"Replace": {"cmd/prog/other.go": "other.go"}}
`, "GOFLAGS=-overlay=overlay.json '-ldflags=-s -X main.stamp=S+' '-gcflags=all=-e -l' -buildvcs=false")
	out, binary := r.run(t, "go", "run", "./cmd/prog")
	if want := "probe S+overlaid [] <nil>\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	wantCompiled(t, binary, []string{"main"}, []string{"fmt"})

	// On the command line, and in conflict with ours.
	ring := filepath.Join(r.query(t).GOROOT, "src/container/ring/zprobe.go")
	writeFile(t, filepath.Join(r.dir, "bad.json"), fmt.Sprintf(`{"Replace": {%q: "other.go"}}`, ring))
	args := []string{"go", "run", "-overlay", "bad.json", "./cmd/prog"}
	c, err := Instrument(r.query(t, args...), args, r.env, r.opts)
	if err == nil || !strings.Contains(err.Error(), "zprobe.go") {
		t.Errorf("got %v, error %v, want one that names zprobe.go", c, err)
	}
	args[3] = "missing.json"
	if _, err = Instrument(r.query(t, args...), args, r.env, r.opts); err == nil ||
		!strings.Contains(err.Error(), "missing.json") {
		t.Errorf("got error %v, want one that names missing.json", err)
	}
}

// TestRealFiles runs a program where there's no module.
func TestRealFiles(t *testing.T) {
	long(t)
	r := newRig(t, "-- a/main.go --\n"+mainProgram)
	out, binary := r.run(t, "go", "run", "-C=a", "main.go", "main.go.txt", "b.go")
	if want := "probe  [main.go.txt b.go] <nil>\n"; out != want {
		t.Errorf("got %q, want %q", out, want)
	}
	wantCompiled(t, binary, []string{"main"}, []string{"fmt"})
	r.env = Setenv(r.env, "GO111MODULE", "off")
	_, binary = r.run(t, "go", "run", "./a")
	wantCompiled(t, binary, []string{"main"}, []string{"fmt"})
}

func TestRealRace(t *testing.T) {
	long(t)
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("the race detector needs a C compiler")
	}
	r := newRig(t, oneModule)
	_, binary := r.run(t, "go", "test", "-race", ".")
	wantCompiled(t, binary, []string{"example.com/m"}, []string{"container/ring"})
	if p := producers(t, binary)["example.com/m"]; !strings.Contains(p, "-race") {
		t.Errorf("got producer %q, want it with -race", p)
	}
}

// TestRealToolchain uses a toolchain that the go command has downloaded. It lies
// below GOMODCACHE, where an overlay isn't allowed.
func TestRealToolchain(t *testing.T) {
	long(t)
	const version = "go1.25.5"
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip(err)
	}
	cached := filepath.Join(strings.TrimSpace(string(out)),
		"golang.org/toolchain@v0.0.1-"+version+"."+runtime.GOOS+"-"+runtime.GOARCH)
	if _, err := os.Stat(cached); err != nil {
		t.Skip(err)
	}
	r := newRig(t, `
-- go.mod --
module example.com/m
go 1.24
-- main.go --
package main

import "container/ring"

func main() { println(ring.Probe()) }
`, "GOTOOLCHAIN="+version)
	e := r.query(t)
	if e.GOVERSION != version || e.GOROOT != cached {
		t.Fatalf("got %s in %s, want %s in %s", e.GOVERSION, e.GOROOT, version, cached)
	}
	r.run(t, "go", "build", "-o", "x", ".")
	file := filepath.Join(r.dir, "x")
	wantCompiled(t, file, []string{"main"}, []string{"container/ring"})
	if p := producers(t, file)["main"]; !strings.Contains(p, version) {
		t.Errorf("got producer %q, want %s", p, version)
	}
}

// TestRealBuildProgram builds what coredumpy run is given, and runs it.
func TestRealBuildProgram(t *testing.T) {
	long(t)
	r := newRig(t, oneModule)
	build := func(r *rig, args ...string) string {
		t.Helper()
		out := filepath.Join(t.TempDir(), "program")
		e := r.query(t, append([]string{"go", "run"}, args...)...)
		c, program, err := Build(e, args, r.env, r.opts, out)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Cleanup()
		start(t, c)
		file := program[slices.IndexFunc(program, func(s string) bool { return strings.HasPrefix(s, out) })]
		if err := CheckProgram(file, args[0]); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(program[0], program[1:]...)
		cmd.Dir = c.Dir
		text, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, test := range []struct{ line, want string }{
		{"./cmd/prog -ldflags=-s x.go", "probe  [-ldflags=-s x.go] <nil>\n"},
		{"-C cmd -ldflags=-X=main.stamp=S prog/main.go -v", "probe S [-v] <nil>\n"},
		{"-exec 'env A=b' example.com/m/cmd/prog", "probe  [] <nil>\n"},
	} {
		if got := build(r, words(t, test.line)...); got != test.want {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}

	if r.opts.GOROOT == "" {
		// Otherwise the other GOMODCACHE would lack the toolchain.
		testVersion(t, r, build)
	}

	// A package that isn't a program.
	file := filepath.Join(t.TempDir(), "out")
	c, program, err := Build(r.query(t), []string{"./dep"}, r.env, r.opts, file)
	if err != nil {
		t.Fatal(err)
	}
	c.Dir = filepath.Join(r.dir, "dep")
	c.Args[len(c.Args)-1] = "."
	start(t, c)
	if err := CheckProgram(program[0], "./dep"); err == nil ||
		!strings.Contains(err.Error(), `"./dep": not a main package`) {
		t.Errorf("got error %v for a package that isn't a program", err)
	}
}

// testVersion builds package@version, from a module on a proxy.
func testVersion(t *testing.T, r *rig, build func(*rig, ...string) string) {
	t.Helper()
	other := *r
	r = &other
	proxy := t.TempDir()
	if err := modproxy.Publish(proxy, "example.com/tool", "v1.2.3", map[string]string{
		"go.mod":             "module example.com/tool\n",
		"cmd/hello/main.go":  mainProgram,
		"cmd/hello/other.go": "package main\n",
	}); err != nil {
		t.Fatal(err)
	}
	r.env = Setenv(r.env, "GOPROXY", "file://"+proxy)
	r.env = Setenv(r.env, "GONOSUMDB", "example.com")
	r.env = Setenv(r.env, "GOMODCACHE", t.TempDir())
	r.env = Setenv(r.env, "GOFLAGS", "-modcacherw") // or it can't be removed
	if got, want := build(r, "example.com/tool/cmd/hello@v1.2.3", "a"), "probe  [a] <nil>\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
