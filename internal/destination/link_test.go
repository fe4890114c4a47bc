package destination

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A symbolic link stays, and the file that it names is replaced, or made.
func TestWriteOverLink(t *testing.T) {
	dir := t.TempDir()
	linked := func(err error) {
		t.Helper()
		if err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	linked(os.Symlink(below, "to-b"))
	for _, tt := range []struct{ link, to, file string }{
		{"file", filepath.Join(dir, "target"), "target"},
		{"relative", "target", "target"},
		{"made", "nothing-yet", "nothing-yet"},
		{"twice", "relative", "target"},
		{"far", filepath.Join("a", "b", "x"), "a/b/x"},
		{"up", "to-b/../y", "a/y"}, // to-b/.. is a
		{"to-b/back", "../../target", "target"},
	} {
		linked(os.Symlink(tt.to, tt.link))
		f, err := Write(tt.link, text("new "+tt.link))
		if err != nil {
			t.Errorf("%s: %v", tt.link, err)
			continue
		}
		if to, err := os.Readlink(tt.link); to != tt.to {
			t.Errorf("%s: got a link to %q, %v, want it as it was", tt.link, to, err)
		}
		wantText(t, tt.file, "new "+tt.link)
		if info, err := os.Lstat(tt.file); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s: got %v, %v, want a file", tt.link, info, err)
		}
		if err := f.Change(func(f *os.File, size int64) error {
			_, err := f.WriteAt([]byte("NEW"),
				0)
			return err
		}); err != nil {
			t.Errorf("%s: %v", tt.link, err)
		}
		wantText(t, tt.file, "NEW "+tt.link)
	}
	wantNames(t, dir, "a", "far", "file", "made", "nothing-yet", "relative", "target", "to-b", "twice", "up")
	wantNames(t, below, "back", "x")
}

func TestAbsolute(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := errors.Join(os.MkdirAll(filepath.Join("a", "b"), 0o700),
		os.Symlink(filepath.Join("a", "b"), "link")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	for path, want := range map[string]string{
		"x": "x", "link/x": "link/x", "link/../x": "a/x", "a/../x": "x", "no/../x": "x", "": "",
		filepath.Join(dir, "y"): "y",
	} {
		if got := Absolute(path); got != filepath.Join(dir, want) {
			t.Errorf("got %q for %q, want %q", got, path, filepath.Join(dir, want))
		}
	}
}

// Links that don't lead to a file stay, and so does what they lead to.
func TestWriteOverBadLink(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct{ to, want string }{
		{"link", "too many symbolic links"},
		{".", "it leads to " + dir + string(filepath.Separator) + "., a directory, not a regular file"},
		{"no/x", "no such file or directory"},
	} {
		link := filepath.Join(dir, "link")
		if err := os.Symlink(tt.to, link); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
		_, err := Write(link, text("new"))
		if err == nil || runtime.GOOS != "windows" && err.Error() != "write "+link+": "+tt.want {
			t.Errorf("to %s: got error %v, want %s", tt.to, err, tt.want)
		}
		wantNames(t, dir, "link")
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
	}
}

// Another user who may make links where we write can't have our files replaced.
func TestWriteOverLinkOfAnother(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make links of another user's")
	}
	dir := t.TempDir()
	victim, link := filepath.Join(dir, "victim"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(victim, []byte("precious"), 0o600), os.Symlink(victim, link),
		os.Lchown(link, 1234, -1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("link", filepath.Join(dir, "ours")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "ours"} {
		_, err := Write(filepath.Join(dir, name), text("new"))
		if err == nil || !strings.HasSuffix(err.Error(), "a symbolic link that another user has made") {
			t.Errorf("%s: got error %v, want one that says that it is another user's", name, err)
		}
	}
	wantText(t, victim, "precious")
	wantNames(t, dir, "link", "ours", "victim")
}

// A descriptor isn't a file's name, whatever is open there.
func TestWriteOverDescriptor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only for /proc")
	}
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	self := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if err := errors.Join(os.Symlink(self, filepath.Join(dir, "stderr")),
		os.Symlink("stderr", filepath.Join(dir, "again")),
		os.Symlink("/proc/self/fd", filepath.Join(dir, "fd"))); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{self, filepath.Join(dir, "stderr"), filepath.Join(dir, "again"),
		filepath.Join(dir, "fd", filepath.Base(self))} {
		_, err := Write(path, text("new"))
		if err == nil ||
			!strings.HasSuffix(err.Error(), "/fd/"+filepath.Base(self)+" is a descriptor, not a regular file") {
			t.Errorf("%s: got error %v, want one that says that it is a descriptor", path, err)
		}
	}
	wantText(t, filepath.Join(dir, "log"), "")
	wantNames(t, dir, "again", "fd", "log", "stderr")
}

// Deliver tries the next place, and leaves nothing at the places that failed.
func TestDeliver(t *testing.T) {
	errFull := errors.New("disk full")
	for fails := range 4 {
		dir := t.TempDir()
		t.Chdir(dir)
		t.Setenv("TMPDIR", filepath.Join(dir, "tmp"))
		t.Setenv("TMP", filepath.Join(dir, "tmp"))
		t.Setenv(dirVariable, "named")
		if err := os.Mkdir("tmp", 0o700); err != nil {
			t.Fatal(err)
		}
		calls := 0
		c := &Chosen{Directory: "chosen"}
		d, err := c.Deliver("x.dump", func(w io.Writer, compress bool) error {
			calls++
			io.WriteString(w, "whole")
			if calls <= fails {
				return errFull
			}
			return nil
		})
		if calls != min(fails+1, 3) {
			t.Errorf("got %d places tried, want %d", calls, min(fails+1, 3))
		}
		if fails == 3 {
			if !errors.Is(err, errFull) || err.Error() != "disk full; COREDUMPY_DIR: disk full; disk full" {
				t.Errorf("got error %v, want each place's", err)
			}
			for _, place := range []string{"chosen", "named", filepath.Join("tmp", names(t, "tmp")[0])} {
				wantNames(t, place)
			}
			continue
		}
		if err != nil || (d.Instead == nil) != (fails == 0) || fails > 0 && !errors.Is(d.Instead, errFull) {
			t.Fatalf("got %+v and error %v after %d that failed", d, err, fails)
		}
		wantText(t, d.Full, "whole")
		switch want := []string{filepath.Join("chosen", "x.dump"), filepath.Join(dir, "named", "x.dump"), ""}[fails]; {
		case want == "":
			if !strings.HasPrefix(d.Path, filepath.Join(dir, "tmp", "coredumpy")) || d.Path != d.Full {
				t.Errorf("got %q, want a path below tmp", d.Path)
			}
		case d.Path != want || d.Full != Absolute(want):
			t.Errorf("got %q, absolute %q, want %q", d.Path, d.Full, want)
		}
		for _, place := range []string{"chosen", "named"}[:min(fails, 2)] {
			wantNames(t, place)
		}
	}
}
