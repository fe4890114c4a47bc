package apitest

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// A variable that isn't set yet has no value, and doesn't hide an outer one of its name.
// Where that can't be told it has a note.
func TestUnset(t *testing.T) {
	const none, maybe, left = "(not set yet)", " ?", " ??"
	for _, tt := range []struct {
		mode string
		want []string // ? for a note that it may not be set, ?? for one that the function may have returned before
	}{
		{"nested", []string{"port = 1", "(port) = " + none}},
		{"literal", []string{"before = 7", "c = " + none}},
		{"pointer", []string{"before = 7", "c = *main.conf {Port: 7, Tags: []string len: 0, cap: 0, nil}",
			"d = " + none}},
		{"collected", []string{`s = "x"`, "c = *main.conf {Port: 7, Tags: []string len: 0, cap: 0, nil}",
			"(c) = " + none}},
		{"function", []string{"before = 7", "v = " + none}},
		{"chain", []string{"before = *main.conf {Port: 8, Tags: []string len: 0, cap: 0, nil}", "after = " + none,
			"err = " + none}},
		{"header", []string{"n = 4", "(n) = " + none}},
		{"loop", []string{"i = 2", "square = 4"}},
		{"ranged", []string{`s = "x"`, "i = 1", "n = " + none}},
		{"early", []string{"c = *main.counter {n: 0}", "n = 5", "first = 7", "words =" + left, "count =" + left}},
		{"late", []string{"c = *main.counter {n: 0}", "first = 7", `second = "B"`}},
		{"recovered", []string{"c = *main.counter {n: 0}", "first =" + left, "second =" + left}},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.dump")
			o := command(t, exec.Command(build(t, "unset", whole), path, tt.mode))
			if o.exit != 2 {
				t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
			}
			var got []string
			for _, f := range open(t, path).current(t).Frames {
				if f.Func != "main."+tt.mode {
					continue
				}
				for _, v := range f.Vars {
					name, value := v.Name, show(v.Value)
					if v.Shadowed {
						name = "(" + name + ")"
					}
					switch {
					case strings.Contains(v.Note, "may not be set yet"):
						got = append(got, name+" ="+maybe)
					case strings.Contains(v.Note, "may have returned"):
						got = append(got, name+" ="+left)
					default:
						got = append(got, name+" = "+value)
					}
				}
			}
			want := tt.want
			if strings.HasPrefix(runtime.Version(), "go1.24") { // their scope has ended
				absent := func(s string) bool { return strings.HasSuffix(s, left) && !slices.Contains(got, s) }
				want = slices.DeleteFunc(slices.Clone(want), absent)
			}
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// Optimised code keeps the pointer of a slice whose length is a constant, and the
// compiler describes the slice accordingly. For a number that is changed before a call,
// the old value may be kept.
func TestPartAndOutOfDate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	o := command(t, exec.Command(build(t, "unset", plain), path, "optimised"))
	if o.exit != 2 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	found := 0
	for _, f := range open(t, path).current(t).Frames {
		if f.Func != "main.variadic" && f.Func != "main.optimised" {
			continue
		}
		for _, v := range f.Vars {
			got := show(v.Value)
			switch want := map[string]string{"ys": "[]int len: 3, cap: 3, [1,2,3]", "x": "107"}[v.Name]; {
			case want == "":
				continue
			case got != want && !strings.Contains(got, "optimized out") && !strings.HasPrefix(v.Note, "optimized:"):
				t.Errorf("got %s = %s without a note, want %s", v.Name, got, want)
			}
			found++
		}
	}
	if found != 2 {
		t.Errorf("got %d variables, want 2", found)
	}
}
