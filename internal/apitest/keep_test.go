package apitest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

func init() {
	// This program crashes as soon as it is started.
	children["loop"] = stormChild(func() {
		coredumpy.Config.AllGoroutines = false
		defer coredumpy.OnPanic()
		siteA()
	})
	// This one crashes elsewhere.
	children["loop2"] = stormChild(func() {
		coredumpy.Config.AllGoroutines = false
		defer coredumpy.OnPanic()
		siteB()
	})
}

// started runs this test binary as the named program, in a directory, and checks that it
// crashes.
func started(t *testing.T, name, dir, config string) outcome {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, config)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), childVariable+"="+name, "GOTRACEBACK=single")
	o := command(t, cmd)
	if o.exit != 2 || !strings.Contains(o.stderr, "panic: ") {
		t.Fatalf("got exit status %d, want 2 and a panic; stderr:\n%.2000s", o.exit, o.stderr)
	}
	return o
}

// namesIn returns the names of the files in a directory.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// told returns the name of the dump that standard error announces.
func (o outcome) told(t *testing.T) string {
	t.Helper()
	_, after, ok := strings.Cut(o.stderr, "coredumpy load ")
	if !ok {
		t.Fatalf("got no dump; stderr:\n%.2000s", o.stderr)
	}
	path, _, _ := strings.Cut(after, "\n")
	return filepath.Base(path)
}

// A program that crashes and is started again and again leaves its first dump and its
// last ones, and other files in the directory stay.
func TestCrashLoop(t *testing.T) {
	t.Parallel()
	const limit = 5
	dir := t.TempDir()
	want := []string{"coredumpy_siteA.dump", "coredumpy_siteA_1_20261122_101500_000000.dump", "notes.txt"}
	for _, name := range want {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("not a dump"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The second of these files counts, as it is named like a dump, and so does the next
	// one.
	want = append(want, started(t, "loop2", dir, `{}`).told(t))
	rounds := longtest.Rounds(30, 200) // 1,000 were tried as well, which takes a minute and a half
	for n := range rounds {
		name := started(t, "loop", dir, fmt.Sprintf(`{"MaxDumps":%d}`, limit+2)).told(t)
		if n == 0 || n > rounds-limit {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	if got := namesIn(t, dir); !slices.Equal(got, want) {
		t.Errorf("got files\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, name := range want {
		if strings.HasPrefix(name, "coredumpy_siteA_") && name != "coredumpy_siteA_1_20261122_101500_000000.dump" {
			open(t, filepath.Join(dir, name))
		}
	}
}

// If no dump can go, none is written, and a line says so. The panic goes on.
func TestDirectoryFull(t *testing.T) {
	dir := t.TempDir()
	started(t, "loop2", dir, `{}`)
	started(t, "loop2", dir, `{}`)
	before := namesIn(t, dir)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	for config, want := range map[string]string{
		`{"MaxDumps":2}`:      ": 2 dumps are there, Config.MaxDumps is 2, and none of them is known to be of this crash: remove some, or raise it\n",
		`{"MaxDumpBytes":10}`: "Config.MaxDumpBytes is 10, and none of them is known to be of this crash: remove some, or raise it\n",
	} {
		o := started(t, "loop", dir, config)
		if !strings.HasPrefix(o.stderr, "coredumpy: no dump written: no room for a dump in "+real+": ") ||
			!strings.Contains(o.stderr, want) || strings.Contains(o.stderr, "coredumpy load") {
			t.Errorf("%s: got stderr\n%.2000s\nwant %q in its first line", config, o.stderr, want)
		}
	}
	if got := namesIn(t, dir); !slices.Equal(got, before) {
		t.Errorf("got files %q, want %q", got, before)
	}
}

// The limits apply to dumps with default names. 0 or less means no limit.
func TestMaxDumps(t *testing.T) {
	dump := func(dir string, opts ...coredumpy.Option) (string, error) {
		return coredumpy.Dump(append(opts, coredumpy.Directory(dir))...)
	}
	for _, tt := range []struct {
		dumps int
		bytes int64
		left  int // of 4
	}{{0, 0, 4}, {-1, -1, 4}, {4, 1e9, 4}, {3, 0, 3}, {1, -1, 1}} {
		dir := t.TempDir()
		config(t, func(c *coredumpy.Configuration) {
			c.MaxDumps, c.MaxDumpBytes, c.AllGoroutines = tt.dumps, tt.bytes, false
		})
		var want []string
		for n := range 4 {
			path, err := dump(dir)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 && tt.left > 1 || n > 4-tt.left {
				want = append(want, filepath.Base(path))
			}
		}
		if tt.left == 1 {
			want = namesIn(t, dir)
		}
		if got := namesIn(t, dir); len(got) != tt.left || !slices.Equal(got, want) {
			t.Errorf("%+v: got %q, want %q", tt, got, want)
		}
	}
	dir := t.TempDir()
	config(t, func(c *coredumpy.Configuration) { c.MaxDumps, c.MaxDumpBytes, c.AllGoroutines = 1, 1, false })
	if path, err := dump(dir); err == nil || !strings.Contains(err.Error(), "Config.MaxDumpBytes") || path != "" {
		t.Errorf("got %q and error %v, want one that names Config.MaxDumpBytes", path, err)
	}
	for n := range 3 {
		path := filepath.Join(dir, fmt.Sprintf("coredumpy_x_1_20261122_10150%d_000000.dump", n))
		opt := coredumpy.Path(path)
		if n == 2 {
			opt = coredumpy.PathFunc(func() string { return path })
		}
		if _, err := coredumpy.Dump(opt); err != nil {
			t.Error(err)
		}
	}
	if got := namesIn(t, dir); len(got) != 3 {
		t.Errorf("got %q, want the three with names of their own", got)
	}
}
