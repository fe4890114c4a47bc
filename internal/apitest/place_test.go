package apitest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
)

func isObject(line string) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal([]byte(line), &m) == nil && len(m) == 1
}

// wantNothing checks that a directory is empty.
func wantNothing(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("got %s left behind, want nothing", e.Name())
	}
}

func TestMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "x.dump")
	if err := os.WriteFile(path, []byte("open to all"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := coredumpy.Dump(coredumpy.Path(path)); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := st.Mode(); got != 0o600 {
		t.Errorf("got mode %v, want -rw-------", got)
	}
	open(t, path) // the old content is gone
}

// A symbolic link at the final name stays, and the file that it names is replaced.
func TestSymlink(t *testing.T) {
	dir := t.TempDir()
	file, path := filepath.Join(dir, "file"), filepath.Join(dir, "x.dump")
	if err := os.WriteFile(file, []byte("the last one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, path); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if got, err := coredumpy.Dump(coredumpy.Path(path)); got != path || err != nil {
		t.Fatalf("got %q, %v, want the path of the link", got, err)
	}
	if to, err := os.Readlink(path); to != file {
		t.Errorf("got a link to %q, %v at the final name, want it to lead to %s still", to, err, file)
	}
	open(t, file)
}

// badPlace is a place where no dump can be written.
type badPlace struct {
	name string
	opt  func(dir string) coredumpy.Option
	want error    // the error, nil if systems differ
	text []string // parts of the error's text
	keep []string // what stays in dir
}

var badPlaces = []badPlace{
	{"missing directory",
		func(dir string) coredumpy.Option { return coredumpy.Path(filepath.Join(dir, "no", "x.dump")) },
		fs.ErrNotExist, []string{"no"}, nil},
	{"path is a directory", func(dir string) coredumpy.Option {
		os.MkdirAll(filepath.Join(dir, "d.dump", "full"), 0o700)
		return coredumpy.Path(filepath.Join(dir, "d.dump"))
	}, nil, []string{"d.dump"}, []string{"d.dump", "d.dump/full"}},
	{"directory is a file", func(dir string) coredumpy.Option {
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)
		return coredumpy.Directory(filepath.Join(dir, "file"))
	}, nil, []string{"file"}, []string{"file"}},
	{"below a file", func(dir string) coredumpy.Option {
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)
		return coredumpy.Path(filepath.Join(dir, "file", "x.dump"))
	}, nil, []string{"file"}, []string{"file"}},
	{"read-only directory", readOnly, fs.ErrPermission, nil, nil},
	{"name too long", func(dir string) coredumpy.Option {
		return coredumpy.Path(filepath.Join(dir, strings.Repeat("n", 300)))
	}, nil, []string{"nnn"}, nil},
	{"name with a zero byte", func(dir string) coredumpy.Option { return coredumpy.Path(filepath.Join(dir, "a\x00b")) },
		nil, nil, nil},
}

// readOnly returns a path in a directory where nobody can make files. Root may ignore the
// mode, but not in /sys.
func readOnly(dir string) coredumpy.Option {
	os.Chmod(dir, 0o500)
	if os.Geteuid() == 0 {
		dir = "/sys"
	}
	return coredumpy.Path(filepath.Join(dir, "x.dump"))
}

func (p *badPlace) skip(t *testing.T) {
	if p.name == "read-only directory" && (runtime.GOOS == "windows" || os.Geteuid() == 0 && runtime.GOOS != "linux") {
		t.Skip("no directory is read-only for this user")
	}
}

func TestBadPlace(t *testing.T) {
	nowhere(t)
	for _, tt := range badPlaces {
		t.Run(tt.name, func(t *testing.T) {
			tt.skip(t)
			dir := t.TempDir()
			var path string
			var err error
			opt := tt.opt(dir)
			told := quietly(t, func() { path, err = coredumpy.Dump(opt) })
			if path != "" || err == nil {
				t.Fatalf("got path %q, %v, want an error", path, err)
			}
			if tt.want != nil && !errors.Is(err, tt.want) && !strings.Contains(err.Error(), "read-only file system") {
				t.Errorf("got error %v, want one that is %v", err, tt.want)
			}
			for _, want := range append(tt.text, "coredumpy: no dump written: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got error %q, want %q in it", err, want)
				}
			}
			if told != "" {
				t.Errorf("got %q on standard error, want nothing", told)
			}
			wantOnly(t, dir, tt.keep)
		})
	}
}

// wantOnly checks that there are only the named files below a directory.
func wantOnly(t *testing.T, dir string, keep []string) {
	t.Helper()
	var got []string
	filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			t.Error(err)
		}
		if rel, _ := filepath.Rel(dir, path); rel != "." {
			got = append(got, filepath.ToSlash(rel))
		}
		return nil
	})
	if strings.Join(got, " ") != strings.Join(keep, " ") {
		t.Errorf("got %q left behind, want %q", got, keep)
	}
}

func init() {
	children["place"] = func() {
		for _, p := range badPlaces {
			if p.name == os.Args[1] {
				defer coredumpy.OnPanic(p.opt(os.Args[2]))
			}
		}
		panic("the original")
	}
}

// A panic whose dump can't be written goes on as it would have, after one line.
func TestBadPlaceOnPanic(t *testing.T) {
	nowhere(t)
	for _, tt := range badPlaces {
		t.Run(tt.name, func(t *testing.T) {
			tt.skip(t)
			dir := t.TempDir()
			o := child(t, "place", tt.name, dir)
			if o.exit != 2 {
				t.Errorf("got exit status %d, want 2", o.exit)
			}
			line, rest, _ := strings.Cut(o.stderr, "\n")
			if !strings.HasPrefix(line, "coredumpy: no dump written: ") {
				t.Errorf("got first line %q, want why no dump was written", line)
			}
			if !strings.HasPrefix(rest, "panic: the original [recovered") {
				t.Errorf("got %.60q after it, want the panic", rest)
			}
			if strings.Contains(o.stderr, "coredumpy load") {
				t.Errorf("got a dump announced in %q, want none", o.stderr)
			}
			wantOnly(t, dir, tt.keep)
			wantNothing(t, o.dir)
		})
	}
}
