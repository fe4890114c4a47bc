package views_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// limits are those of a value on a line. Text in values is at most 200 bytes.
var limits = pretty.Options{Views: true, String: 200, Elements: 64, Depth: 2, Name: printable.Line}

// run builds testdata/views, runs it, and returns its dump and how its variables must read.
func run(t *testing.T, flags ...string) (core *dump.Core, truths map[string]string) {
	t.Helper()
	dir := t.TempDir()
	exe, file := filepath.Join(dir, "views"), filepath.Join(dir, "views.dump")
	build := append(append([]string{"build"}, flags...), "-o", exe, "coredumpy/testdata/views")
	if out, err := exec.Command("go", build...).CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", build, err, out)
	}
	cmd := exec.Command(exe, file)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &truths)
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if core, err = dump.Read(f); err != nil {
		t.Fatal(err)
	}
	return core, truths
}

// Variables read as the methods of their types say, with debug information and in interfaces, and
// so do their children.
func TestUnoptimised(t *testing.T) {
	core, truths := run(t, "-gcflags=coredumpy/testdata/views=-N -l")
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for i := range g.Frames {
		vars := g.Frames[i].Vars()
		for k := range vars {
			if want, ok := truths[vars[k].Name]; ok && strings.HasPrefix(g.Frames[i].Func, "main.") {
				check(t, vars[k].Name, vars[k].Value, want)
				checked++
			}
		}
	}
	if checked != len(truths) {
		t.Errorf("got %d variables in the dump, want %d", checked, len(truths))
	}
	checkHeld(t, core, truths)
	checkLines(t, g)
}

// In optimised code the local variables may be gone, but not what a package-level one holds.
func TestOptimised(t *testing.T) {
	core, truths := run(t)
	checkHeld(t, core, truths)
}

func checkHeld(t *testing.T, core *dump.Core, truths map[string]string) {
	t.Helper()
	globals, err := core.Globals()
	if err != nil {
		t.Fatal(err)
	}
	for i := range globals {
		if held := globals[i].Value; globals[i].Name == "main.held" {
			if held.Stored() != len(truths) {
				t.Errorf("got %d held values, want %d", held.Stored(), len(truths))
			}
			for n := range held.Stored() {
				key, value := held.Entry(n)
				name, _ := key.Text()
				check(t, "held["+name+"]", value.Elem(), truths[name])
			}
			return
		}
	}
	t.Error("got no variable main.held")
}

// check compares a value's line, without the type before it, with a text. An empty text is for
// what differs from run to run, which the golden file has.
func check(t *testing.T, name string, v dump.Value, want string) {
	t.Helper()
	got := pretty.String(v, limits)
	if want = printable.Line(want); want == "" || got == want {
		return
	}
	typ, ok := strings.CutSuffix(got, " "+want)
	if !ok {
		typ, ok = strings.CutSuffix(got, " *"+want) // a pointer in an interface
	}
	if !ok || strings.ContainsAny(typ, "\" {") {
		t.Errorf("%s: got %s, want %s behind a type", name, got, want)
	}
}

var golden = []string{"timed", "cancelled", "wrapped", "joined", "network", "mine", "request", "response", "secret",
	"queue", "cond", "header", "failed", "entries", "at", "boxed"}

// checkLines compares views over several lines with the golden file.
func checkLines(t *testing.T, g *dump.Goroutine) {
	t.Helper()
	var got strings.Builder
	for _, name := range golden {
		for i := range g.Frames {
			if v := g.Frames[i].Variable(name); v != nil && strings.HasPrefix(g.Frames[i].Func, "main.") {
				fmt.Fprintf(&got, "%s = ", name)
				pretty.Lines(&got, v.Value, limits)
				got.WriteString("\n")
			}
		}
	}
	text := regexp.MustCompile(`0x[0-9a-f]{5,}`).ReplaceAllString(got.String(), "0xADDRESS")
	text = regexp.MustCompile(`\*#[0-9]+`).ReplaceAllString(text, "*#N")
	file := filepath.Join("testdata", "lines.txt")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
