package debuginfo

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"coredumpy/internal/longtest"
)

// A mode is a way to build testdata/sample.
type mode struct {
	name   string
	goos   string // "" for linux
	goarch string // "" for amd64
	flags  []string
	env    []string
	noopt  bool // without optimisation
	dwarf4 bool // where the default is DWARF 5
	dwarf5 bool // where the default is DWARF 4
	less   bool // without debug information, or without any for the sample's own code
	long   bool // only in the long tests, as are all modes that don't run here
}

const noopt = "-gcflags=example.com/sample/...=-N -l"

var modes = []mode{
	{name: "noopt", flags: []string{noopt}, noopt: true},
	{name: "opt"},
	{name: "plain", flags: []string{"-ldflags=-compressdwarf=false", noopt}, noopt: true},
	{name: "dwarf4", env: []string{"GOEXPERIMENT=nodwarf5"}, flags: []string{noopt}, noopt: true, dwarf4: true},
	{name: "dwarf4opt", env: []string{"GOEXPERIMENT=nodwarf5"}, dwarf4: true, long: true},
	{name: "trimpath", flags: []string{"-trimpath", noopt}, noopt: true, long: true},
	{name: "pie", flags: []string{"-buildmode=pie", noopt}, noopt: true},
	{name: "arm64", goarch: "arm64", flags: []string{noopt}, noopt: true},
	{name: "arm64opt", goarch: "arm64"},
	{name: "darwin", goos: "darwin", flags: []string{noopt}, noopt: true},
	{name: "darwin-opt", goos: "darwin"},
	{name: "darwin-exe", goos: "darwin", flags: []string{"-buildmode=exe", noopt}, noopt: true},
	{name: "darwin-arm64", goos: "darwin", goarch: "arm64", flags: []string{noopt}, noopt: true},
	{name: "darwin-arm64opt", goos: "darwin", goarch: "arm64"},
	{name: "darwin-plain", goos: "darwin", flags: []string{"-ldflags=-compressdwarf=false", noopt}, noopt: true},
	{name: "darwin-dwarf5", goos: "darwin", env: []string{"GOEXPERIMENT=dwarf5"}, flags: []string{noopt}, noopt: true,
		dwarf5: true},
	{name: "windows", goos: "windows", flags: []string{noopt}, noopt: true},
	{name: "windows-opt", goos: "windows"},
	{name: "windows-exe", goos: "windows", flags: []string{"-buildmode=exe", noopt}, noopt: true},
	{name: "windows-arm64", goos: "windows", goarch: "arm64", flags: []string{noopt}, noopt: true},
	{name: "windows-arm64opt", goos: "windows", goarch: "arm64"},
	{name: "stripped", flags: []string{"-ldflags=-s -w"}, less: true},
	{name: "darwin-stripped", goos: "darwin", flags: []string{"-ldflags=-s -w"}, less: true},
	{name: "windows-stripped", goos: "windows", flags: []string{"-ldflags=-s -w"}, less: true},
	{name: "nodwarf", flags: []string{"-ldflags=-w"}, less: true},
	{name: "bare", flags: []string{"-gcflags=example.com/sample/...=-dwarf=false"}, less: true},
	{name: "full", flags: []string{"-trimpath", noopt}, noopt: true},
	{name: "full-stripped", flags: []string{"-trimpath", noopt, "-ldflags=-s -w"}, noopt: true, less: true},
	{name: "nosymbols", flags: []string{"-ldflags=-s -w=0", noopt}, noopt: true},
}

func (m mode) os() string {
	if m.goos == "" {
		return "linux"
	}
	return m.goos
}

func (m mode) arch() string {
	if m.goarch == "" {
		return "amd64"
	}
	return m.goarch
}

// native tells whether the sample of this mode runs here.
func (m mode) native() bool { return m.os() == runtime.GOOS && m.arch() == runtime.GOARCH }

// samples holds the builds so far, which all tests share.
var samples struct {
	sync.Mutex
	dir   string
	built map[string]*sample
}

// A sample is testdata/sample built in a mode.
type sample struct {
	mode
	path string
	err  error
	file *File
}

func TestMain(m *testing.M) {
	code := m.Run()
	if samples.dir != "" {
		os.RemoveAll(samples.dir)
	}
	os.Exit(code)
}

// build returns the sample built in the named mode.
func build(t testing.TB, name string) *sample {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to build the sample with")
	}
	i := slices.IndexFunc(modes, func(m mode) bool { return m.name == name })
	if i < 0 {
		t.Fatalf("no mode %q", name)
	}
	m := modes[i]
	if (m.dwarf4 || m.dwarf5) && strings.HasPrefix(runtime.Version(), "go1.24") {
		t.Skip("the experiment dwarf5 came with Go 1.25")
	}
	if m.long || !m.native() {
		longtest.Skip(t)
	}
	s := builtOnce(t, m, (*sample).build)
	if s.err != nil {
		t.Fatal(s.err)
	}
	return s
}

// builtOnce returns the sample of a mode, which it builds unless that was done before.
func builtOnce(t testing.TB, m mode, build func(*sample)) *sample {
	t.Helper()
	samples.Lock()
	defer samples.Unlock()
	if samples.dir == "" {
		dir, err := os.MkdirTemp("", "debuginfo")
		if err != nil {
			t.Fatal(err)
		}
		samples.dir, samples.built = dir, map[string]*sample{}
	}
	s := samples.built[m.name]
	if s == nil {
		s = &sample{mode: m, path: filepath.Join(samples.dir, m.name+".exe")}
		samples.built[m.name] = s
		build(s)
	}
	return s
}

func (s *sample) build() {
	args := append([]string{"build", "-o", s.path}, s.flags...)
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Dir = filepath.Join("testdata", "sample")
	cmd.Env = append(os.Environ(), "GOOS="+s.os(), "GOARCH="+s.arch(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	cmd.Env = append(cmd.Env, s.env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.err = fmt.Errorf("build %s: %w\n%s", s.name, err, out)
		return
	}
	s.file, s.err = Open(s.path)
}

// open returns the sample's File, which must have debug information.
func open(t testing.TB, name string) *sample {
	t.Helper()
	s := build(t, name)
	if err := s.file.DWARFError(); err != nil {
		t.Fatalf("%s: DWARFError() = %v", name, err)
	}
	return s
}

// run returns the lines that the sample prints.
func (s *sample) run(t testing.TB) []string {
	t.Helper()
	if !s.native() {
		t.Skipf("%s doesn't run on %s/%s", s.name, runtime.GOOS, runtime.GOARCH)
	}
	out, err := exec.Command(s.path).CombinedOutput()
	if err != nil {
		t.Fatalf("run %s: %v\n%s", s.name, err, out)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// marks returns the lines of main.go with a comment "mark:NAME", by name.
var marks = sync.OnceValue(func() map[string]int {
	lines := map[string]int{}
	for _, name := range []string{"main.go", "shape.v2/shape.go"} {
		f, err := os.Open(filepath.Join("testdata", "sample", filepath.FromSlash(name)))
		if err != nil {
			continue
		}
		defer f.Close()
		in := bufio.NewScanner(f)
		for n := 1; in.Scan(); n++ {
			if _, mark, ok := strings.Cut(in.Text(), "// mark:"); ok {
				lines[mark] = n
			}
		}
	}
	return lines
})

// function returns a function of the sample.
func (s *sample) function(t testing.TB, name string) *Func {
	t.Helper()
	fn, ok := s.file.FuncByName(name)
	if !ok {
		t.Fatalf("%s: FuncByName(%q) found nothing", s.name, name)
	}
	return fn
}

// at returns the calls at the mark in a function: at the last address of the line, where
// everything that the line computes for its call is in place.
func (s *sample) at(t testing.TB, function, mark string) []Call {
	t.Helper()
	fn := s.function(t, function)
	line, ok := marks()[mark]
	if !ok {
		t.Fatalf("no mark %q", mark)
	}
	for pc := fn.End - 1; pc >= fn.Entry; pc-- {
		calls := fn.Calls(pc)
		if calls[0].Line == line && strings.HasSuffix(calls[0].File, ".go") {
			return calls
		}
	}
	t.Fatalf("%s: no address of %s at line %d", s.name, function, line)
	return nil
}
