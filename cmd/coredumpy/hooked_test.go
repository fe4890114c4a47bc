package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/gocmd"
	"coredumpy/internal/hook"
)

// TestCachePlaces makes one directory after the other unusable. The command always
// goes on, and leaves nothing in the temporary directory.
func TestCachePlaces(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("programs are watched on Linux only")
	}
	args := []string{"go", "build", "-n"} // needs no trial
	e, err := gocmd.Query("go", ".", nil, args...)
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	dir := t.TempDir()
	unwritable := filepath.Join(dir, "file")
	if err := os.WriteFile(unwritable, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name                string
		user, goCache, temp string
		want                string // below which the overlay is
		said                string
	}{
		{"all", filepath.Join(dir, "user"), filepath.Join(dir, "go"), tmp, filepath.Join(dir, "user"), ""},
		{"no user's", unwritable, filepath.Join(dir, "go"), tmp, filepath.Join(dir, "go"), ""},
		{"unset", "", filepath.Join(dir, "go2"), tmp, filepath.Join(dir, "go2"), ""},
		{"temporary", unwritable, unwritable, tmp, tmp, "not a directory; the standard library is compiled for this run alone"},
		{"none", unwritable, unwritable, unwritable, "", "a program can't report its panics"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("HOME", "")
			t.Setenv("XDG_CACHE_HOME", tt.user)
			t.Setenv("TMPDIR", tt.temp)
			var stderr bytes.Buffer
			r := &runner{stderr: &stderr, name: "run", flags: &runFlags{}}
			e := e
			e.GOCACHE = tt.goCache
			h, err := r.hooked(e, args)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "" && h.Overlay != "" || !strings.HasPrefix(h.Overlay, tt.want) {
				t.Errorf("got overlay %q, want it below %q", h.Overlay, tt.want)
			}
			if _, err := os.Stat(h.Overlay); tt.want != "" && err != nil {
				t.Error(err)
			}
			if said := stderr.String(); tt.said == "" && said != "" || !strings.Contains(said, tt.said) ||
				strings.Count(said, "\n") > 1 {
				t.Errorf("got %q said, want one line with %q", said, tt.said)
			}
			h.cleanup()
			if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
				t.Errorf("got %v left behind, error %v", left, err)
			}
		})
	}
}

func TestExplained(t *testing.T) {
	got := explained([]hook.Left{{Lost: "a", Why: "no x"}, {Lost: "b", Why: "no x"}, {Lost: "c", Why: "no y"}})
	if want := "a, b (no x), c (no y)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
