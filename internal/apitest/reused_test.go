package apitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy"
)

// The memory of a variable that isn't used any more may by now hold another one of the
// same type that is in use. Then the variable is right, or it says so. None of this
// concerns memory that the collector doesn't manage.
func TestReused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	o := command(t, exec.Command(build(t, "reused", whole), path, "somebody", "/var/log/x"))
	if o.exit != 2 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	want := map[string]string{
		"user": `"somebody"`, "path": `"/var/log/x"`, "retries": "3", "sum": "2.5",
		"req":   `*main.request {ID: 7, User: "somebody the first"}`,
		"again": `*main.request {ID: 7, User: "somebody the first"}`,
		"list":  "[]int len: 3, cap: 3, [11,12,13]", "listed": "[]int len: 3, cap: 3, [11,12,13]",
		"seen": "map[string]int nil",
	}
	found := 0
	for _, f := range open(t, path).current(t).Frames {
		if f.Func != "main.handle" && f.Func != "main.inner" {
			continue
		}
		for _, v := range f.Vars {
			found++
			if doubtful(v) {
				if v.Name == "user" || v.Name == "path" || v.Name == "seen" {
					t.Errorf("%s: got %s, note %q, want no doubt", v.Name, show(v.Value), v.Note)
				}
			} else if got := show(v.Value); got != want[v.Name] {
				t.Errorf("%s: got %s, and nothing says that it may be another's, want %s", v.Name, got, want[v.Name])
			}
		}
	}
	if found != len(want) {
		t.Errorf("got %d variables, want %d", found, len(want))
	}
}

// Memory may be reused by a deferred call after a panic, too.
func TestReusedByDeferred(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	o := command(t, exec.Command(build(t, "reused", whole), path, "deferred", "somebody"))
	if o.exit != 2 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	want := map[string]string{"req": `*main.request {ID: 7, User: "somebody the first"}`,
		"list": "[]int len: 3, cap: 3, [11,12,13]"}
	f := open(t, path).current(t).Frames[0]
	for _, v := range f.Vars {
		if got := show(v.Value); !doubtful(v) && got != want[v.Name] {
			t.Errorf("%s: got %s, and nothing says that it may be another's, want %s", v.Name, got, want[v.Name])
		}
	}
	if f.Func != "main.deferred" || len(f.Vars) != len(want) {
		t.Errorf("got %d variables of %s, want %d of main.deferred", len(f.Vars), f.Func, len(want))
	}
}

// What a running closure still uses is in use, even if the function around it won't use
// it again. If several variables have the same name, or the function was called several
// times, it isn't known which variable the closure has.
func TestReusedUnlessCaptured(t *testing.T) {
	const (
		req = `*main.request {ID: 7, User: "somebody the first"}`
		one = `*main.request {ID: 8, User: "somebody the first"}`
		two = `*main.request {ID: 9, User: "somebody the first"}`
	)
	for _, tt := range []struct {
		mode string
		want []string // from the innermost frame on; ? if it must say that it may be another's
	}{
		{"loop", []string{"req = " + req, "mine = " + one, "req = " + req, "mine = " + one}},
		{"callback", []string{"req = " + req, "mine = " + one, "req = " + req, "mine = " + one, "req = " + req,
			"mine = " + one}},
		{"shadowed", []string{"req = " + req, "mine = " + two, "req = " + req, "mine?", "mine?"}},
		{"recursive", []string{"req?", "mine = " + one, "req?", "mine?", "req?", "mine = " + two, "req?", "mine?"}},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.dump")
			o := command(t, exec.Command(build(t, "reused", whole), path, tt.mode, "somebody"))
			if o.exit != 2 {
				t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
			}
			var got []string
			for _, f := range open(t, path).current(t).Frames {
				for _, v := range f.Vars {
					switch {
					case !strings.HasPrefix(f.Func, "main."+tt.mode) || v.Name != "req" && v.Name != "mine":
					case doubtful(v):
						got = append(got, v.Name+"?")
					default:
						got = append(got, v.Name+" = "+show(v.Value))
					}
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// As long as nothing has been collected there is no doubt.
func TestNothingReused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.dump")
	cmd := exec.Command(build(t, "reused", whole), path, "channels", "somebody")
	cmd.Env = append(os.Environ(), "GOGC=off")
	if o := command(t, cmd); o.exit != 2 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	vars := open(t, path).current(t).Frames[0].Vars
	for _, v := range vars {
		if doubtful(v) || !v.Value.Valid() {
			t.Errorf("got %s = %.100s, note %q", v.Name, show(v.Value), v.Note)
		}
	}
	if len(vars) != 11 {
		t.Errorf("got %d variables, want 11", len(vars))
	}
}

func doubtful(v coredumpy.Variable) bool {
	return strings.Contains(show(v.Value), "(unreadable its memory has been ") ||
		strings.Contains(v.Note, "may have been reused")
}
