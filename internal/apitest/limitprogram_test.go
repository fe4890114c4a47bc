package apitest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// limited is a dump of the program testdata/limits under a setting.
type limited struct {
	config string
	check  func(t *testing.T, d *dump)
}

var limitedDumps = []limited{
	{`{}`, func(t *testing.T, d *dump) {
		if n := workers(t, d); n != 20 {
			t.Errorf("got %d workers, want 20", n)
		}
		if n := recursions(t, d); n != 51 {
			t.Errorf("got %d frames of the recursion, want 51", n)
		}
		if v := d.local(t, "main.recurse", "local"); show(v.Value) != `"level 0"` {
			t.Errorf("got local = %s, want level 0", show(v.Value))
		}
		if n := globals(t, d); n < 6 {
			t.Errorf("got %d globals, want 6", n)
		}
	}},
	{`{"AllGoroutines":false}`, func(t *testing.T, d *dump) {
		if n := len(d.Goroutines()); n != 1 || d.Head().Goroutines != 1 {
			t.Errorf("got %d goroutines, want the current one", n)
		}
		if n := recursions(t, d); n != 51 {
			t.Errorf("got %d frames of the recursion, want 51", n)
		}
		wantCuts(t, d, nil)
	}},
	{`{"MaxGoroutines":5}`, func(t *testing.T, d *dump) {
		if n := len(d.Goroutines()); n != 6 || d.Head().Goroutines != 6 {
			t.Errorf("got %d goroutines, %d in the head, want 6", n, d.Head().Goroutines)
		}
		wantCuts(t, d, map[string]int{"goroutines": -1})
		if n := d.cuts()["goroutines"]; n < 15 {
			t.Errorf("got %d goroutines cut, want at least 15", n)
		}
	}},
	{`{"MaxGoroutines":0}`, func(t *testing.T, d *dump) {
		if n := len(d.Goroutines()); n != 1 {
			t.Errorf("got %d goroutines, want 1", n)
		}
		wantCuts(t, d, map[string]int{"goroutines": -1})
	}},
	{`{"MaxFrames":1}`, wantFrames(1)},
	{`{"MaxFrames":3}`, wantFrames(3)},
	{`{"MaxFrames":20}`, wantFrames(20)},
	{`{"MaxFrames":0}`, wantFrames(1)},
	{`{"MaxGlobals":2}`, func(t *testing.T, d *dump) {
		if n := globals(t, d); n != 2 {
			t.Errorf("got %d globals, want 2", n)
		}
		wantCuts(t, d, map[string]int{"globals": -1})
	}},
	{`{"MaxGlobals":0}`, func(t *testing.T, d *dump) {
		if n := globals(t, d); n != 0 {
			t.Errorf("got %d globals, want none", n)
		}
		wantCuts(t, d, map[string]int{"globals": -1})
	}},
	{`{"MaxSource":0}`, func(t *testing.T, d *dump) {
		if n := strings.Count(d.text, "\n{\"source\":"); n != 0 {
			t.Errorf("got %d source files, want none", n)
		}
		wantCuts(t, d, map[string]int{"source": -1})
	}},
	{`{"MaxSource":3000}`, func(t *testing.T, d *dump) {
		if _, ok := d.Source(d.current(t).Frames[0].File); !ok {
			t.Error("got no source of the top frame, want it: it fits")
		}
		if n := strings.Count(d.text, "\n{\"source\":"); n != 1 {
			t.Errorf("got %d source files, want one", n)
		}
		wantCuts(t, d, map[string]int{"source": -1})
	}},
	{`{"Depth":0}`, func(t *testing.T, d *dump) {
		if n := d.Head().Objects; n != 0 {
			t.Errorf("got %d objects, want none", n)
		}
		if v := d.local(t, "main.recurse", "n"); v.Value.Int() != 0 {
			t.Errorf("got n = %s, want 0", show(v.Value))
		}
		wantCuts(t, d, map[string]int{"depth": -1})
	}},
}

// wantFrames checks that each deep stack has its n innermost frames.
func wantFrames(n int) func(*testing.T, *dump) {
	return func(t *testing.T, d *dump) {
		g := d.current(t)
		if len(g.Frames) != n || g.Frames[0].Func != "main.dump" {
			t.Errorf("got %d frames from %s on, want %d from main.dump on", len(g.Frames), g.Frames[0].Func, n)
		}
		if want := 53 - n; g.Omitted < want || g.Omitted > want+2 { // runtime.main, goexit
			t.Errorf("got %d frames omitted, want %d", g.Omitted, want)
		}
		if got := d.cuts()["frames"]; got == 0 {
			t.Error("got nothing cut by frames, want it in the head")
		}
	}
}

func workers(t *testing.T, d *dump) (n int) {
	t.Helper()
	for _, id := range d.Goroutines() {
		g, err := d.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range g.Frames {
			if f.Func == "main.park" {
				n++
			}
		}
	}
	return n
}

func recursions(t *testing.T, d *dump) (n int) {
	t.Helper()
	for _, f := range d.current(t).Frames {
		if f.Func == "main.recurse" {
			n++
		}
	}
	return n
}

func globals(t *testing.T, d *dump) int {
	t.Helper()
	vars, err := d.Globals()
	if err != nil {
		t.Fatal(err)
	}
	return len(vars)
}

// These are the limits that matter only where there is debug information, and those on
// goroutines and frames.
func TestLimitedProgram(t *testing.T) {
	longtest.Skip(t)
	runLimited(t, whole, func(string) bool { return true })
}

func runLimited(t *testing.T, flags []string, want func(config string) bool) {
	dir := t.TempDir()
	var args []string
	for i, l := range limitedDumps {
		args = append(args, l.config, filepath.Join(dir, fmt.Sprint(i)))
	}
	if o := command(t, exec.Command(build(t, "limits", flags), args...)); o.exit != 0 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	for i, l := range limitedDumps {
		if want(l.config) {
			t.Run(l.config, func(t *testing.T) { l.check(t, open(t, filepath.Join(dir, fmt.Sprint(i)))) })
		}
	}
}

// Without debug information the same limits apply to goroutines and frames.
func TestLimitedStripped(t *testing.T) {
	longtest.Skip(t)
	runLimited(t, stripped, func(config string) bool {
		return strings.Contains(config, "Goroutines") || strings.Contains(config, "Frames") ||
			config == `{"MaxSource":0}`
	})
}
