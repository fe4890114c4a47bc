package hook

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// change changes a file of a toolchain as another release may.
type change struct {
	file   string
	before string // regular expression
	after  string
}

// changed returns a GOROOT with the files that are edited, and changes in them.
func changed(t *testing.T, changes ...change) string {
	t.Helper()
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	root := t.TempDir()
	contents := make(map[string]string)
	for _, p := range parts {
		for _, e := range p.edits {
			b, err := os.ReadFile(filepath.Join(tc.GOROOT, "src", filepath.FromSlash(e.file)))
			if err != nil {
				t.Fatal(err)
			}
			contents[e.file] = string(b)
		}
	}
	for _, c := range changes {
		if c.before == "" {
			delete(contents, c.file)
			continue
		}
		before := regexp.MustCompile(c.before)
		if !before.MatchString(contents[c.file]) {
			t.Errorf("%s has no %s to be changed", c.file, c.before)
		}
		contents[c.file] = before.ReplaceAllString(contents[c.file], c.after)
	}
	for file, text := range contents {
		writeFile(t, filepath.Join(root, "src", filepath.FromSlash(file)), text)
	}
	if _, err := os.Stat(filepath.Join(tc.GOROOT, "src/internal/runtime/syscall/linux")); err == nil {
		if err := os.MkdirAll(filepath.Join(root, "src/internal/runtime/syscall/linux"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// lost returns the words for what is left out.
func lost(list []Left) []string {
	var words []string
	for _, l := range list {
		words = append(words, l.Lost)
	}
	return words
}

// forTests is all that needs package testing.
var forTests = []string{
	"failures of tests", "the texts of tests' failures", "examples with another output", "panics of tests before their cleanups",
	"tests that call runtime.Goexit", "panics of cleanups where they happen", "panics of fuzz tests before their cleanups",
	"fuzz tests that call runtime.Goexit", "panics of benchmarks before their cleanups",
}

// TestNextRelease changes what hooks depend on. Only those are left out.
func TestNextRelease(t *testing.T) {
	for _, tt := range []struct {
		name    string
		changes []change
		lost    []string
		why     string // the first one's
	}{
		{"nothing", nil, nil, ""},
		{"more parameters", []change{
			{"testing/testing.go", `(?m)^func \(c \*common\) log\(s string.*\) \{`,
				"func (c *common) log(s string, level int, more ...any) {"},
			{"testing/testing.go", `(?m)^func \(c \*common\) Fail\(\) \{`, "func (c *common) Fail(reason ...string) {"},
		}, nil, ""},
		{"another signature", []change{{"testing/testing.go", `(?m)^func \(c \*common\) log\(s string`, "func (c *common) log(b []byte"}},
			[]string{"the texts of tests' failures"}, `testing/testing.go has no "func (c *common) log(s string"`},
		{"renamed method", []change{{"testing/testing.go", `(?m)^func \(c \*common\) Fail\(`, "func (c *common) failed("}},
			[]string{"failures of tests"}, `testing/testing.go has no "func (c *common) Fail("`},
		{"another field first", []change{{"testing/testing.go", `\tmu +sync.RWMutex `, "\tlock sync.RWMutex "}},
			[]string{"failures of tests", "panics of tests before their cleanups"}, `testing/testing.go has no "mu          sync.RWMutex" in "type common struct {"`},
		{"renamed type", []change{{"testing/testing.go", `\bcommon\b`, "base"}},
			[]string{"failures of tests", "the texts of tests' failures", "panics of tests before their cleanups", "panics of cleanups where they happen"}, `testing/testing.go has no "type common struct {"`},
		{"moved function", []change{{"runtime/signal_unix.go", `(?s)\nfunc sighandler\(.*?\n}\n`, "\n"}},
			[]string{"fatal signals"}, `runtime/signal_unix.go has no "func sighandler("`},
		{"moved line", []change{{"runtime/signal_unix.go", `\tmp.caughtsig.set\(gp\)\n`, "\tnote(mp, gp)\n"}},
			[]string{"fatal signals"}, `runtime/signal_unix.go has no "mp.caughtsig.set(gp)" in "func sighandler("`},
		{"line twice", []change{{"runtime/panic.go", `\tpreprintpanics\(&p\)\n`, "\tpreprintpanics(&p)\n\tpreprintpanics(&p)\n"}},
			[]string{"panics"}, `runtime/panic.go has "preprintpanics(&p)" 2 times in "func gopanic("`},
		{"no fatalthrow", []change{{"runtime/panic.go", `\bfatalthrow\b`, "dieof"}},
			[]string{"fatal errors of the runtime", "the texts of the runtime's fatal errors", "the texts of fatal errors that a program makes, such as concurrent map writes"}, `runtime/panic.go has no "func fatalthrow("`},
		{"renamed field", []change{{"runtime/runtime2.go", `\trecovered +bool`, "\tdone bool"}},
			[]string{"calls of coredumpy.OnPanic and OnFailure, which dump by themselves", "recovered panics"}, `runtime/runtime2.go has no "recovered   bool" in "type _panic struct {"`},
		{"another recover", []change{{"runtime/panic.go", `\tp.recovered = true\n`, "\tp.done(true)\n"}},
			[]string{"recovered panics"}, `runtime/panic.go has no "p.recovered = true" in "func gorecover("`},
		{"no file", []change{{"testing/fuzz.go", "", ""}},
			[]string{"panics of fuzz tests before their cleanups", "fuzz tests that call runtime.Goexit"}, "testing/fuzz.go: no such file or directory"},
		{"no testing.go", []change{{"testing/testing.go", "", ""}, {"testing/example.go", "", ""}, {"testing/fuzz.go", "", ""}, {"testing/benchmark.go", "", ""}},
			forTests, "testing/testing.go: no such file or directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := changed(t, tt.changes...)
			files, err := Overlay(Toolchain{GOROOT: root, GOVERSION: "go1.99"}, t.TempDir(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := lost(files.Left); !slices.Equal(got, tt.lost) {
				t.Errorf("got %q left out, want %q", got, tt.lost)
			}
			if len(files.Left) > 0 && files.Left[0].Why != tt.why {
				t.Errorf("got it left out as %q, want %q", files.Left[0].Why, tt.why)
			}
			if want := !slices.Contains(tt.lost, "panics"); files.Panics != want {
				t.Errorf("got panics reported: %t, want %t", files.Panics, want)
			}
			replacements(t, files)
		})
	}
}

// TestEachHookAlone removes the anchor of each edit: the part is reported as left out,
// all others stay, and no code calls a function that isn't there.
func TestEachHookAlone(t *testing.T) {
	for i := range parts {
		for _, e := range parts[i].edits {
			anchor := e.anchor
			if anchor == "" {
				anchor = "\n" + e.within
			}
			c := choose(changed(t, change{e.file, regexp.QuoteMeta(anchor), "\n"}), nil)
			if c.has[parts[i].name] || len(c.left) == 0 {
				t.Errorf("%s: got %q left out without %q in %s, want it", parts[i].name, lost(c.left), anchor, e.file)
			}
			checkComplete(t, c)
		}
	}
}

// checkComplete checks that each of our functions that is called is there.
func checkComplete(t *testing.T, c *choice) {
	t.Helper()
	var all strings.Builder
	for name, text := range c.sources {
		if name != "runtime/zcoredumpy_other.go" {
			all.WriteString(text)
		}
	}
	for _, call := range regexp.MustCompile(`\bcoredumpy[A-Z]\w*\(`).FindAllString(all.String(), -1) {
		if !strings.Contains(all.String(), "\nfunc "+call) {
			t.Errorf("got calls of %s), which isn't there", call)
		}
	}
}

// TestNoSources has a toolchain without sources.
func TestNoSources(t *testing.T) {
	cache := t.TempDir()
	files, err := Overlay(Toolchain{GOROOT: t.TempDir(), GOVERSION: "go1.99"}, cache, nil)
	if err != nil || files.Overlay != "" || files.GOROOT != "" || files.Panics {
		t.Errorf("got %+v, error %v, want no overlay", files, err)
	}
	if len(files.Left) < len(forTests) ||
		files.Left[0] != (Left{"panics", "runtime/panic.go: no such file or directory"}) {
		t.Errorf("got %q left out, want all", files.Left)
	}
	if left, err := os.ReadDir(cache); err != nil || len(left) > 0 {
		t.Errorf("got %v left behind, error %v, want nothing", left, err)
	}
}

func TestBlame(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	c := choose(tc.GOROOT, nil)
	var line string // of the edit in fatalthrow
	for place, name := range c.edited {
		if name == "throws" {
			line = place
		}
	}
	for _, tt := range []struct{ name, output, want string }{
		{"nothing", "", ""},
		{"others", "# example.com/m\n./main.go:3:5: undefined: x\nx/runtimes/panic.go:1:1: no\n", ""},
		{"added file", "# runtime\n../go/src/runtime/zcoredumpy_exit_linux.go:25:20: undefined: argslice\n", "exit"},
		{"two of them", "# runtime\n/go/src/runtime/zcoredumpy_exit_linux.go:25:20: no\n/go/src/runtime/zcoredumpy_core_linux.go:1:2: no\n/go/src/runtime/zcoredumpy_core_linux.go:7:2: no\n", "core exit"},
		{"edited line",
			"# runtime\n/go/src/" + line + ":3: not enough arguments in call to coredumpyThrow\n", "throws"},
		{"another line", "# runtime\n/go/src/runtime/panic.go:1:3: no\n", ""},
		{"import",
			"runtime/zcoredumpy_core_linux.go:8:2: package internal/runtime/syscall/linux is not in std\n", "core"},
		{"linker",
			"# command-line-arguments\nmain.main: nosplit stack over 792 byte limit\nruntime.coredumpyPanicking<1>\n",
			"testpanic"},
		{"JSON", `{"ImportPath":"testing","Action":"build-output","Output":"/go/src/testing/zcoredumpy_first.go:18:9: no\n"}`, "first"},
	} {
		var got []string
		for name := range c.blame(tt.output) {
			got = append(got, name)
		}
		slices.Sort(got)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
