package vendoring

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var (
	one = Files{"LICENSE": []byte("l\n"), "coredumpy.go": []byte("1\n"), "internal/a/a.go": []byte("a\n")}
	two = Files{"LICENSE": []byte("l\n"), "coredumpy.go": []byte("2\n"), "internal/b/b.go": []byte("b\n")}
)

// tree returns the files of a directory, and empty directories as "name/".
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	got := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		if entry.IsDir() {
			if inside, err := os.ReadDir(path); err != nil || len(inside) > 0 {
				return err
			}
			got[name+"/"] = ""
			return nil
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			got[name] = "link"
			return nil
		}
		text, err := os.ReadFile(path)
		got[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			return false
		}
	}
	return true
}

func copyOf(files Files, own map[string]string) map[string]string {
	want := map[string]string{"dump/" + manifestName: string(manifest("x/dump", files))}
	for name, text := range files {
		want["dump/"+name] = string(text)
	}
	for name, text := range own {
		want["dump/"+name] = text
	}
	return want
}

// TestWrite writes a copy to directories of all kinds.
func TestWrite(t *testing.T) {
	first := map[string]string{manifestName: string(manifest("x/dump", one)), "LICENSE": "l\n", "coredumpy.go": "1\n", "internal/a/a.go": "a\n"}
	with := func(add map[string]string) map[string]string {
		all := map[string]string{}
		for name, text := range first {
			all[name] = text
		}
		for name, text := range add {
			all[name] = text
		}
		return all
	}
	for _, tt := range []struct {
		name  string
		there map[string]string // nil: no directory
		own   map[string]string // the files that stay
		wrong string
	}{
		{name: "nothing"},
		{name: "empty", there: map[string]string{}},
		{name: "a go.mod", there: map[string]string{"go.mod": "module x/dump\n"},
			own: map[string]string{"go.mod": "module x/dump\n"}},
		{name: "a copy", there: first},
		{name: "a copy with a go.mod", there: with(map[string]string{"go.mod": "module x/dump\n"}),
			own: map[string]string{"go.mod": "module x/dump\n"}},
		{name: "a copy with other ends of lines", there: with(map[string]string{"coredumpy.go": "1\r\n", manifestName: strings.ReplaceAll(first[manifestName], "\n", "\r\n")})},
		{name: "a copy with a change", there: with(map[string]string{"coredumpy.go": "mine\n"}),
			wrong: "changed: coredumpy.go"},
		{name: "a copy with a file", there: with(map[string]string{"mine.go": ""}),
			wrong: "more than the copy: mine.go"},
		{name: "a copy with files",
			there: with(map[string]string{"1/x": "", "2": "", "3": "", "internal/a/4": "", "5/": ""}),
			wrong: "1, 2, 3 and 2 more"},
		{name: "a file", there: map[string]string{"x.txt": ""}, wrong: "isn't empty"},
		{name: "a directory", there: map[string]string{"x/": ""}, wrong: "isn't empty"},
		{name: "no manifest", there: map[string]string{"coredumpy.go": "1\n"}, wrong: manifestName},
		{name: "another manifest",
			there: map[string]string{"coredumpy.go": "1\n", manifestName: "\x00\n  \n# a  coredumpy.go\n"},
			wrong: "more than the copy: coredumpy.go"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "dump")
			if tt.there != nil {
				writeDir(t, dir, tt.there)
			}
			before := tree(t, top)
			changed, err := Write(t.Context(), dir, "x/dump", two)
			got := tree(t, top)
			if tt.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wrong) || changed || !same(got, before) {
					t.Errorf("got %v, %v and files %q, want an error with %q, and all as it was", changed, err, got, tt.wrong)
				}
				return
			}
			if want := copyOf(two, tt.own); err != nil || !changed || !same(got, want) {
				t.Fatalf("got %v, %v and files %q, want %q", changed, err, got, want)
			}
			if stat, err := os.Stat(dir); err != nil || tt.there != nil && runtime.GOOS != "windows" &&
				stat.Mode().Perm() != 0o750 {
				t.Errorf("got %v, %v, want the mode that it had", stat.Mode(), err)
			}
			if changed, err := Write(t.Context(), dir, "x/dump", two); changed || err != nil {
				t.Errorf("once more: got %v, %v, want false", changed, err)
			}
		})
	}
}

// writeDir makes a directory with files, and with directories: their names end with a slash.
func writeDir(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if !strings.HasSuffix(name, "/") {
			write(t, path, text)
			continue
		}
		if err := os.MkdirAll(path, 0o777); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWriteElsewhere has directories that can't be replaced, or are links.
func TestWriteElsewhere(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "file"), "")
	if _, err := Write(t.Context(), filepath.Join(top, "file"), "x/dump", one); err == nil ||
		!strings.Contains(err.Error(), "is not a directory") {
		t.Errorf("a file: got %v", err)
	}
	if _, err := Write(t.Context(), filepath.Join(top, "file", "dump"), "x/dump", one); err == nil {
		t.Error("below a file: got no error")
	}
	here := filepath.Join(top, "here")
	if err := os.MkdirAll(filepath.Join(here, "internal"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(here, "go.mod"), "module x\n")
	os.Remove(filepath.Join(here, "internal"))
	t.Chdir(here)
	if _, err := Write(t.Context(), ".", "x/dump", one); err == nil || !strings.Contains(err.Error(), "from above") {
		t.Errorf("the current directory: got %v", err)
	}
	t.Chdir(top)
	if err := os.Symlink("here", "link"); err != nil {
		t.Skip(err)
	}
	if _, err := Write(t.Context(), "link", "x/dump", one); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.Readlink("link"); got != "here" || len(tree(t, here)) != len(one)+2 {
		t.Errorf("got a link to %q, and %q there", got, tree(t, here))
	}
	if err := os.Symlink("nowhere", "dangling"); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(t.Context(), "dangling", "x/dump", one); err == nil {
		t.Error("a dangling link: got no error")
	}
}

// TestWriteInterrupted ends after each number of files: all stays as it was.
func TestWriteInterrupted(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "dump")
	if _, err := Write(t.Context(), dir, "x/dump", one); err != nil {
		t.Fatal(err)
	}
	want := tree(t, top)
	for files := range len(two) + 1 {
		ctx := &countdown{Context: t.Context(), left: files}
		if _, err := Write(ctx, dir, "x/dump", two); !errors.Is(err, context.Canceled) || !same(tree(t, top), want) {
			t.Errorf("after %d files: got %v and %q", files, err, tree(t, top))
		}
		ctx = &countdown{Context: t.Context(), left: files}
		if _, err := Write(ctx, filepath.Join(top, "new"), "x/dump", two); !errors.Is(err, context.Canceled) ||
			!same(tree(t, top), want) {
			t.Errorf("again, after %d files: got %v and %q", files, err, tree(t, top))
		}
	}
}

// countdown is a context that ends after a number of calls of Err.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}
