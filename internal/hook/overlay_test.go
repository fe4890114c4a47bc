package hook

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// makeOverlay makes an overlay for the toolchain that runs the tests.
func makeOverlay(t *testing.T, goversion, modcache, cache string) Files {
	t.Helper()
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	files, err := Overlay(Toolchain{tc.GOROOT, goversion, modcache}, cache, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(files.Left) > 0 || !files.Panics {
		t.Errorf("got %+v, want a place for each hook", files)
	}
	return files
}

// replacements reads the overlay and checks that it leads to files.
func replacements(t *testing.T, files Files) map[string]string {
	t.Helper()
	b, err := os.ReadFile(files.Overlay)
	if err != nil {
		t.Fatal(err)
	}
	var o struct{ Replace map[string]string }
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	for _, path := range o.Replace {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	return o.Replace
}

func TestOverlay(t *testing.T) {
	cache := t.TempDir()
	files := makeOverlay(t, "go1.26.8", t.TempDir(), cache)
	if files.GOROOT != "" {
		t.Errorf("got GOROOT %q, want none", files.GOROOT)
	}
	tc, _ := local()
	replace := replacements(t, files)
	for _, name := range []string{"runtime/panic.go", "runtime/zcoredumpy_core_linux.go", "testing/testing.go"} {
		path := filepath.Join(tc.GOROOT, "src", filepath.FromSlash(name))
		if replace[path] == "" {
			t.Errorf("got no replacement of %q in %v", path, replace)
		}
	}
	before, err := os.Stat(files.Overlay)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond)
	if again := makeOverlay(t, "go1.26.8", t.TempDir(), cache); !reflect.DeepEqual(again, files) {
		t.Errorf("got %v the second time, want %v", again, files)
	}
	if after, err := os.Stat(files.Overlay); err != nil || !os.SameFile(before, after) ||
		!after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the overlay was written twice")
	}
}

// Go 1.25 refuses overlays for files beneath GOMODCACHE.
func TestOverlayInModuleCache(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	cache := t.TempDir()
	files := makeOverlay(t, "go1.26.8", filepath.Dir(tc.GOROOT), cache)
	if filepath.Dir(files.GOROOT) != filepath.Dir(files.Overlay) {
		t.Fatalf("got GOROOT %q, want it next to %q", files.GOROOT, files.Overlay)
	}
	if _, err := os.Stat(filepath.Join(files.GOROOT, "src", "runtime", "panic.go")); err != nil {
		t.Error(err)
	}
	for path := range replacements(t, files) {
		if !strings.HasPrefix(path, files.GOROOT+string(filepath.Separator)) {
			t.Errorf("got a replacement of %q, want it below %q", path, files.GOROOT)
		}
	}
	// A program built with it has that GOROOT, and may start a go command.
	again, err := Overlay(Toolchain{files.GOROOT, "go1.26.8", filepath.Dir(tc.GOROOT)}, cache, nil)
	if err != nil || !reflect.DeepEqual(again, files) {
		t.Errorf("got %v, %v for the other GOROOT, want %v", again, err, files)
	}
	if other := makeOverlay(t, "go1.26.8", "", cache); other.Overlay == files.Overlay || other.GOROOT != "" {
		t.Errorf("got %v for a toolchain outside the module cache", other)
	}
	for version, want := range map[string]bool{"go1.24": false, "go1.24.9": false, "go1.25rc1": true,
		"go1.25.0": true, "go1.26.8 X:nodwarf5": true, "devel go1.27-abcdef": true} {
		if got := makeOverlay(t, version, filepath.Dir(tc.GOROOT), cache).GOROOT != ""; got != want {
			t.Errorf("got another GOROOT for %s: %t, want %t", version, got, want)
		}
	}
}

func TestOverlayRepaired(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	cache := t.TempDir()
	files := makeOverlay(t, "go1.26.8", filepath.Dir(tc.GOROOT), cache)
	dir := filepath.Dir(files.Overlay)
	want := readAll(t, dir)
	for _, damage := range []func() error{
		func() error { return os.WriteFile(files.Overlay, []byte("{}"), 0o644) },
		func() error { return os.Truncate(filepath.Join(dir, "runtime", "panic.go"), 100) },
		func() error { return os.Remove(filepath.Join(dir, "testing", "testing.go")) },
		func() error { return os.RemoveAll(filepath.Join(dir, "runtime")) },
		func() error { return os.Remove(files.GOROOT) },
		func() error { os.Remove(files.GOROOT); return os.Symlink(dir, files.GOROOT) },
		func() error { return os.RemoveAll(dir) },
		func() error { os.RemoveAll(dir); return os.WriteFile(dir, nil, 0o644) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		makeOverlay(t, "go1.26.8", filepath.Dir(tc.GOROOT), cache)
		if got := readAll(t, dir); got != want {
			t.Errorf("got %d bytes, want the %d bytes from before the damage", len(got), len(want))
		}
	}
	checkAlone(t, cache, dir)
}

// Many processes write the overlay at once, and some find damage.
func TestOverlayConcurrent(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	for range 5 {
		cache := t.TempDir()
		var wg sync.WaitGroup
		got := make([]Files, 8)
		for i := range got {
			wg.Add(1)
			go func() {
				defer wg.Done()
				files, err := Overlay(Toolchain{tc.GOROOT, tc.GOVERSION, ""}, cache, nil)
				if err != nil {
					t.Error(err)
				}
				got[i] = files
			}()
		}
		wg.Wait()
		for _, files := range got {
			if !reflect.DeepEqual(files, got[0]) {
				t.Errorf("got %v and %v, want the same", files, got[0])
			}
		}
		replacements(t, got[0])
		checkAlone(t, cache, filepath.Dir(got[0].Overlay))
	}
}

// checkAlone checks that only dir is left in cache.
func checkAlone(t *testing.T, cache, dir string) {
	t.Helper()
	entries, err := os.ReadDir(cache)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(dir) {
		t.Errorf("got %v in the cache, want %s alone", entries, filepath.Base(dir))
	}
}

// readAll returns the names and contents below dir.
func readAll(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		all.WriteString(path + "\n")
		switch {
		case e.Type().IsRegular():
			b, err := os.ReadFile(path)
			all.Write(b)
			return err
		case e.Type()&os.ModeSymlink != 0:
			to, err := os.Readlink(path)
			all.WriteString(to)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestOverlayErrors(t *testing.T) {
	tc, err := local()
	if err != nil {
		t.Skipf("no go command: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, "")
	if _, err := Overlay(Toolchain{tc.GOROOT, tc.GOVERSION, ""}, filepath.Join(file, "cache"), nil); err == nil {
		t.Error("got no error for a cache below a file")
	}
}
