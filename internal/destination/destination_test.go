package destination

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// names returns the names in a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("got %q in the directory, want %q", got, want)
	}
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func wantText(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); string(got) != want || err != nil {
		t.Errorf("got %q and error %v, want %q", got, err, want)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.dump")
	for _, want := range []string{"first", "", "another"} {
		if _, err := Write(path, text(want)); err != nil {
			t.Fatal(err)
		}
		wantText(t, path, want)
		wantNames(t, dir, "x.dump")
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("got mode %v, want -rw-------", info.Mode())
	}
}

// Others can't read a dump, even if they could read the file it replaces.
func TestWriteReplacesMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "x.dump")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(path, text("new")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("got mode %v and error %v, want -rw-------", info.Mode(), err)
	}
}

func TestWriteRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Write("x.dump", text("here")); err != nil {
		t.Fatal(err)
	}
	wantText(t, "x.dump", "here")
	wantNames(t, ".", "x.dump")
}

func TestWriteFails(t *testing.T) {
	errFull := errors.New("disk full")
	dir := t.TempDir()
	path := filepath.Join(dir, "x.dump")
	half := func(w io.Writer) error {
		io.WriteString(w, "half of it")
		return errFull
	}
	if _, err := Write(path, half); err != errFull {
		t.Errorf("got error %v, want %v", err, errFull)
	}
	wantNames(t, dir)
	// What was there before stays.
	if _, err := Write(path, text("old")); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(path, half); err != errFull {
		t.Errorf("got error %v, want %v", err, errFull)
	}
	wantText(t, path, "old")
	wantNames(t, dir, "x.dump")
}

func TestWritePanics(t *testing.T) {
	dir := t.TempDir()
	func() {
		defer func() {
			if got := recover(); got != "oops" {
				t.Errorf("got panic %v, want oops", got)
			}
		}()
		Write(filepath.Join(dir, "x.dump"), func(io.Writer) error { panic("oops") })
	}()
	wantNames(t, dir)
}

// wantError checks that an error names the path that was asked for, not that of the
// temporary file.
func wantError(t *testing.T, path string, want error) {
	t.Helper()
	_, err := Write(path, text("new"))
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
		return
	}
	if s := err.Error(); !strings.Contains(s, path) || strings.Contains(s, ".tmp") {
		t.Errorf("got error %q, want the path %q in it", s, path)
	}
}

func TestWriteNowhere(t *testing.T) {
	dir := t.TempDir()
	wantError(t, filepath.Join(dir, "missing", "x.dump"), fs.ErrNotExist)
	wantError(t, filepath.Join(dir, strings.Repeat("x", 5000)), nil)
	wantNames(t, dir)
	file := filepath.Join(dir, "file")
	if _, err := Write(file, text("old")); err != nil {
		t.Fatal(err)
	}
	wantError(t, filepath.Join(file, "x.dump"), nil)
	wantNames(t, dir, "file")
}

// Anything at the path that isn't a file stays: a program with all permissions could
// otherwise turn /dev/null into a file.
func TestWriteOverNoFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.dump")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	wantError(t, path, nil)
	wantNames(t, dir, "x.dump")
	wantError(t, os.DevNull, nil)
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("got mode %v and error %v of %s, want a device", info.Mode(), err, os.DevNull)
	}
}

func TestWriteWithoutPermission(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("every directory can be written to")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	wantError(t, filepath.Join(dir, "x.dump"), fs.ErrPermission)
	wantNames(t, dir)
}

// A written file can be changed and removed as long as it is the same, whatever directory
// the program has changed to.
func TestFile(t *testing.T) {
	upper := func(f *os.File, size int64) error {
		_, err := f.WriteAt([]byte("NEW"[:min(3, size)]), 0)
		return err
	}
	for _, tt := range []struct {
		name   string
		change func(path string) error
		ours   bool
	}{
		{"nothing", func(path string) error { return nil }, true},
		{"elsewhere", func(path string) error { return os.Chdir(os.TempDir()) }, true},
		{"moved", func(path string) error { return os.Rename(path, path+".moved") }, false},
		{"moved away and back", func(path string) error {
			return errors.Join(os.Rename(path, path+".moved"), os.Rename(path+".moved", path))
		}, true},
		{"removed", os.Remove, false},
		{"longer", func(path string) error { return os.WriteFile(path, []byte("longer"), 0o600) }, false},
		{"another", func(path string) error {
			return errors.Join(os.Rename(path, path+".moved"), os.WriteFile(path, []byte("new"), 0o600))
		}, false},
		{"a directory", func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, false},
	} {
		t.Chdir(t.TempDir())
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		f, err := Write("x.dump", text("new"))
		if err == nil {
			err = tt.change(filepath.Join(dir, "x.dump"))
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Change(upper); (err == nil) != tt.ours {
			t.Errorf("%s: got error %v from Change, want it to be ours: %t", tt.name, err, tt.ours)
		}
		for _, name := range names(t, dir) {
			if got, err := os.ReadFile(filepath.Join(dir, name)); err == nil && (string(got) == "NEW") != tt.ours {
				t.Errorf("%s: got %q in %s, want it changed: %t", tt.name, got, name, tt.ours)
			}
		}
		if err := f.Remove(); (err == nil) != tt.ours {
			t.Errorf("%s: got error %v from Remove, want it to be ours: %t", tt.name, err, tt.ours)
		}
		want := 0
		if !tt.ours && tt.name != "removed" {
			want = 1
		}
		if got := names(t, dir); len(got) < want || want == 0 && len(got) > 0 {
			t.Errorf("%s: got %q left", tt.name, got)
		}
	}
}
