//go:build amd64 || arm64

package monitortest

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
)

// asking is a way in which a program asks for dumps while it goes on.
type asking struct {
	kind string
	own  bool // the program makes the dumps itself
}

var askings = []asking{
	{kind: "dump"},
	{kind: "skip"},
	{kind: "json"},
	{kind: "path-func"},
	{kind: "create"},
	{kind: "dump-to"},
	{kind: "moved"},
	{kind: "variable"},
	{kind: "error"},
	{kind: "fault"},
	{kind: "passed-on"},
	{kind: "dump-panic"},
	{kind: "failure"},
	{kind: "excluded"},
	{kind: "notify"},
	{kind: "limited"},
	{kind: "secrets"},
	{kind: "hidden-text"},
	{kind: "limits"},
	{kind: "own-filter", own: true},
	{kind: "one-processor"},
	{kind: "no-time", own: true},
}

// TestAskedInVain has programs ask for what the watcher can't do.
func TestAskedInVain(t *testing.T) {
	for _, kind := range []string{"dump", "error"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			a := asking{kind: kind, own: true}
			a.check(t, stripped)
		})
	}
}

// TestAsked has programs dump themselves, and have the watcher make the dump. Both dumps
// are the same, and so is everything else that can be seen.
func TestAsked(t *testing.T) {
	for _, a := range askings {
		t.Run(a.kind, func(t *testing.T) {
			t.Parallel()
			a.check(t, allVariables)
		})
	}
}

// check has a program make its dumps in both ways.
func (a *asking) check(t *testing.T, b *build) {
	without, with := run(t, b, "ask-"+a.kind), run(t, b, "ask-"+a.kind, "on")
	for range 5 { // on a busy machine the watcher may not answer
		if a.own || !slices.ContainsFunc(with.all(t),
			func(path string) bool { return opened(t, path).Head().Paused == "" }) {
			break
		}
		with = run(t, b, "ask-"+a.kind, "on")
	}
	if with.exit != without.exit || said(with.stdout) != said(without.stdout) ||
		said(with.stderr) != said(without.stderr) {
		t.Errorf("got exit status %d and\n%s%s\nwant %d and\n%s%s",
			with.exit, said(with.stdout), said(with.stderr), without.exit, said(without.stdout), said(without.stderr))
	}
	got, want := with.all(t), without.all(t)
	if len(got) != len(want) || len(want) == 0 && a.kind != "excluded" {
		t.Fatalf("got files %q, want %q", got, want)
	}
	for i := range got {
		name, wantName := filepath.Base(got[i]), filepath.Base(want[i])
		if timeless.ReplaceAllString(name, "*") != timeless.ReplaceAllString(wantName, "*") {
			t.Errorf("got file %s, want %s", got[i], want[i])
		}
		core := opened(t, got[i])
		if !a.own && core.Head().Paused == "" {
			t.Errorf("got a dump by the program itself, want one by the watcher")
		}
		if a.own && core.Head().Paused != "" {
			t.Errorf("got a dump by the watcher, want one by the program itself")
		}
		differ(t, contents(core), contents(opened(t, want[i])))
	}
}

// all returns the dumps that a program has left, the oldest first.
func (o *outcome) all(t *testing.T) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"*.dump", "*.json"} {
		found, err := filepath.Glob(filepath.Join(o.dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// timeless matches what differs in names of dumps and in the messages about them.
var timeless = regexp.MustCompile(`_\d{8}_\d{6}_\d{6}|/[\w-]+/(?:\d{3}|open\d+)\b`)

func said(text string) string { return unnumbered(timeless.ReplaceAllString(text, "*")) }

// maskNumber matches a mask and its number. With the watcher there is one argument more, which
// may be hidden, too.
var maskNumber = regexp.MustCompile(`(\*\*\*redacted\*\*\*)#[0-9]+`)

func unnumbered(text string) string { return maskNumber.ReplaceAllString(text, "$1") }

func opened(t *testing.T, path string) *coredumpy.Core {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if why := core.Missing(); why != "" {
		t.Fatalf("%s: %s", path, why)
	}
	return core
}

// differ compares texts line by line.
func differ(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("got\n\t%s\nwant\n\t%s", g, w)
			if len(got) != len(want) {
				return
			}
		}
	}
}

var address = regexp.MustCompile(`0x[0-9a-f]+|@[0-9a-f]+`)

// contents lists what is the same in the dumps of all runs.
func contents(core *coredumpy.Core) (lines []string) {
	h := core.Head()
	add := func(format string, args ...any) {
		lines = append(lines, said(address.ReplaceAllString(fmt.Sprintf(format, args...), "0x")))
	}
	add("%s: %s %q %q test %q top %v", h.Reason, h.Message, h.Value, h.Description, h.Test, h.Top)
	add("%s %s %s %s %s", h.GoVersion, h.Host, filepath.Base(h.Program), h.Args[:1], h.Directory)
	add("build %v", h.Build)
	// Whether a goroutine of the runtime ran meanwhile varies, too.
	add("notes %q", slices.DeleteFunc(slices.Clone(h.Notes), func(note string) bool {
		return strings.HasPrefix(note, "goroutines that ran while the dump was made")
	}))
	for _, cut := range h.Cut {
		add("cut %s", cut.Limit) // which elements of a map are left out varies
	}
	show := func(v coredumpy.Value) string {
		return pretty.String(dump.Value(v), pretty.Options{String: 1 << 10, Elements: 10, Depth: 4})
	}
	ids := core.Goroutines()
	for _, id := range ids {
		g, err := core.Goroutine(id)
		if err != nil {
			add("%v", err)
			continue
		}
		if id != h.Goroutine &&
			!slices.ContainsFunc(g.Frames, func(f coredumpy.Frame) bool { return strings.HasPrefix(f.Func, "main.") }) {
			continue // the runtime's own, and those of a test's helpers
		}
		add("goroutine %s current %t note %q", g.Status, id == h.Goroutine, g.Note)
		if g.Panic != nil {
			add("panic %s", show(g.Panic.Value))
		}
		for _, e := range g.Earlier {
			add("earlier %s", show(e.Value))
		}
		for _, f := range g.Frames {
			add("%s %s:%d %q", f.Func, f.File, f.Line, f.Note)
			for _, v := range f.Vars {
				note := v.Note
				if strings.HasPrefix(note, "not used any more") {
					note = "" // it depends on when garbage is collected
				}
				add("\t%s %s %s %q", v.Role, v.Name, show(v.Value), note)
			}
		}
	}
	globals, err := core.Globals()
	if err != nil {
		add("%v", err)
	}
	for _, v := range globals {
		if strings.HasPrefix(v.Name, "main.") && v.Value.Kind() != reflect.Map { // whose order varies
			add("%s %s %q", v.Name, show(v.Value), v.Note)
		}
	}
	return lines
}
