package apitest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
)

// wantElsewhere checks that a program ended by its own panic, with a dump in another
// directory than it should have gone to, and a line that says so, and why.
func wantElsewhere(t *testing.T, o outcome, dir, why string) *dump {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("got %q, %v in %s, want a dump; stderr:\n%.1000s", paths, err, dir, o.stderr)
	}
	wantTold(t, o.stderr, paths[0], why, "panic: the original [recovered")
	if o.exit != 2 {
		t.Errorf("got exit status %d, want 2", o.exit)
	}
	return open(t, paths[0])
}

// wantTold checks that standard error says that a dump is elsewhere, and why, before the
// lines on how to open it, and then has text that begins with rest.
func wantTold(t *testing.T, told, path, why, rest string) {
	t.Helper()
	line, after, _ := strings.Cut(told, "\n")
	reasons, is := strings.CutPrefix(line, "coredumpy: the dump is in "+path+" instead: ")
	after, opens := strings.CutPrefix(after, "Your frame stack is dumped, open it with\ncoredumpy load "+path+"\n")
	if strings.HasPrefix(after, "for its variables, ") {
		_, after, _ = strings.Cut(after, "\n")
	}
	if !is || !opens || !strings.Contains(reasons, why) || !strings.HasPrefix(after, rest) ||
		rest == "" && after != "" {
		t.Errorf("got\n%.1000s\nwant a line that the dump is in %s instead, with %q, how to open it, and %q",
			told, path, why, rest)
	}
}

// A dump goes where the options say, or the environment.
func TestWhere(t *testing.T) {
	base := t.TempDir()
	for _, tt := range []struct {
		name, variable string
		opt            coredumpy.Option
		want           string // what the returned path matches; @ is the directory
	}{
		{"nothing", "", nil, "@/coredumpy_TestWhere_*.dump"},
		{"variable", "env/two", nil, "@/env/two/coredumpy_TestWhere_*.dump"},
		{"absolute", filepath.Join(base, "env"), nil, filepath.Join(base, "env", "coredumpy_TestWhere_*.dump")},
		{"directory", "env", coredumpy.Directory("d"), "d/coredumpy_TestWhere_*.dump"},
		{"path", "env", coredumpy.Path("x.dump"), "x.dump"},
		{"path function", "env", coredumpy.PathFunc(func() string { return "f.dump" }), "f.dump"},
		{"cleared", "", coredumpy.Directory(""), "@/coredumpy_TestWhere_*.dump"},
		{"no function", "", coredumpy.Create(nil), "@/coredumpy_TestWhere_*.dump"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			t.Setenv("COREDUMPY_DIR", tt.variable)
			var path string
			var err error
			told := quietly(t, func() { path, err = coredumpy.Dump(tt.opt) })
			want := strings.Replace(tt.want, "@", dir, 1)
			if match, _ := filepath.Match(want, path); !match || err != nil || told != "" {
				t.Fatalf("got %q, %v and %q told, want %q", path, err, told, want)
			}
			if top := open(t, path).top(t); !strings.HasPrefix(top, "TestWhere.") {
				t.Errorf("got top frame %s, want the caller", top)
			}
			if info, err := os.Stat(filepath.Dir(path)); tt.variable != "" && runtime.GOOS != "windows" &&
				(err != nil || filepath.Dir(path) != "." && info.Mode() != fs.ModeDir|0o700) {
				t.Errorf("got mode %v, %v of the directory, want drwx------", info.Mode(), err)
			}
		})
	}
}

// The path that is printed is absolute; the path that is returned is as it was given.
func TestToldAbsolute(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	told := quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic("x")
	})
	if want := "\ncoredumpy load " + filepath.Join(dir, "x.dump") + "\n"; !strings.Contains(told, want) {
		t.Errorf("got %q, want %q in it", told, want)
	}
	nowhere(t)
	told = quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(coredumpy.Path(filepath.Join("no", "x.dump")))
		panic("x")
	})
	if want := "coredumpy: no dump written: write " + filepath.Join(dir, "no", "x.dump") +
		": "; !strings.HasPrefix(told, want) {
		t.Errorf("got %q, want it to begin with %q", told, want)
	}
}

// A dump that can't be written where it should go isn't lost.
func TestElsewhere(t *testing.T) {
	for _, tt := range badPlaces {
		t.Run(tt.name, func(t *testing.T) {
			tt.skip(t)
			private, dir := elsewhere(t), t.TempDir()
			named := filepath.Join(t.TempDir(), "named")
			opt := tt.opt(dir)
			for range 2 { // with and without the variable
				other := private
				if os.Getenv("COREDUMPY_DIR") != "" {
					other = named
				}
				path, err := coredumpy.Dump(opt)
				if filepath.Dir(path) != other || err == nil ||
					!strings.HasPrefix(err.Error(), "coredumpy: the dump is in "+path+" instead: ") {
					t.Fatalf("got %q, %v, want a path in %s and why it isn't elsewhere", path, err, other)
				}
				if tt.want != nil && !errors.Is(err, tt.want) &&
					!strings.Contains(err.Error(), "read-only file system") {
					t.Errorf("got error %v, want one that is %v", err, tt.want)
				}
				open(t, path)
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				o := child(t, "place", tt.name, dir)
				if d := wantElsewhere(t, o, other, ""); d.Head().Message != "the original" {
					t.Errorf("got a dump of %q, want the panic's", d.Head().Message)
				}
				wantOnly(t, dir, tt.keep)
				wantNothing(t, o.dir)
				info, err := os.Stat(other)
				if runtime.GOOS != "windows" && (err != nil || info.Mode() != fs.ModeDir|0o700) {
					t.Errorf("got mode %v, %v, want drwx------", info.Mode(), err)
				}
				if err := os.RemoveAll(other); err != nil {
					t.Fatal(err)
				}
				t.Setenv("COREDUMPY_DIR", named)
			}
		})
	}
}

// Without an option that names a place, Dump accepts any place; standard error still says
// why.
func TestElsewhereWithoutOption(t *testing.T) {
	private := elsewhere(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("COREDUMPY_DIR", file)
	path, err := coredumpy.Dump()
	if filepath.Dir(path) != private || err != nil {
		t.Errorf("got %q, %v, want a path in %s", path, err, private)
	}
	os.RemoveAll(private)
	told := quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic()
		panic("x")
	})
	paths, err := filepath.Glob(filepath.Join(private, "*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("got %q, %v, want a dump\n%s", paths, err, told)
	}
	wantTold(t, told, paths[0], "COREDUMPY_DIR: mkdir "+file, "")
}

// Each place that fails gives its reason, once.
func TestEverywhereFails(t *testing.T) {
	nowhere(t)
	dir := t.TempDir()
	t.Chdir(dir)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		variable string
		opt      coredumpy.Option
		want     []string
	}{
		{"", coredumpy.Path("no/x.dump"), []string{"write " + filepath.Join(dir, "no", "x.dump"), "is not a directory"}},
		{"file", coredumpy.Path("no/x.dump"),
			[]string{"write " + filepath.Join(dir, "no", "x.dump"), "COREDUMPY_DIR: mkdir " + file, "is not a directory"}},
		{file, coredumpy.Directory("file"), []string{"mkdir " + file, "is not a directory"}},
		{file, nil, []string{"COREDUMPY_DIR: mkdir " + file, "is not a directory"}},
	} {
		t.Setenv("COREDUMPY_DIR", tt.variable)
		told := quietly(t, func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(tt.opt)
			panic("x")
		})
		reasons := strings.Split(strings.TrimSuffix(strings.TrimPrefix(told, "coredumpy: no dump written: "), "\n"),
			"; ")
		if strings.Count(told, "\n") != 1 || len(reasons) != len(tt.want) {
			t.Errorf("got %q, want a line with the reasons %q", told, tt.want)
			continue
		}
		for i, want := range tt.want {
			if !strings.Contains(reasons[i], want) {
				t.Errorf("got reason %q, want %q in it", reasons[i], want)
			}
		}
		wantOnly(t, dir, []string{"file"})
	}
}

// Anybody may have made a directory below the one for temporary files.
func TestPrivateDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the directory for temporary files is the user's own")
	}
	private := elsewhere(t)
	other := t.TempDir()
	for _, tt := range []struct {
		name string
		make func() error
		want string // what is wrong with it
	}{
		{"none", func() error { return nil }, ""},
		{"ours", func() error { return os.Mkdir(private, 0o700) }, ""},
		{"read by others", func() error { return errors.Join(os.Mkdir(private, 0o700), os.Chmod(private, 0o755)) },
			"is open to other users: its mode is drwxr-xr-x, want drwx------"},
		{"written by a group",
			func() error { return errors.Join(os.Mkdir(private, 0o700), os.Chmod(private, 0o730)) },
			"is open to other users: its mode is drwx-wx---, want drwx------"},
		{"file", func() error { return os.WriteFile(private, nil, 0o600) }, "is not a directory"},
		{"link", func() error { return os.Symlink(other, private) }, "is not a directory"},
		{"dangling link", func() error { return os.Symlink(filepath.Join(other, "no"), private) }, "is not a directory"},
		{"another user's", func() error { return errors.Join(os.Mkdir(private, 0o700), os.Chown(private, 1234, -1)) },
			"belongs to user 1234"},
	} {
		if tt.name == "another user's" && os.Geteuid() != 0 {
			continue
		}
		if err := errors.Join(os.RemoveAll(private), tt.make()); err != nil {
			t.Fatal(err)
		}
		path, err := coredumpy.Dump(coredumpy.Path(filepath.Join(other, "no", "x.dump")))
		switch {
		case err == nil:
			t.Errorf("%s: got no error, want one about the path", tt.name)
		case tt.want == "" && filepath.Dir(path) == private:
			open(t, path)
		case path != "" || tt.want == "" || !strings.HasSuffix(err.Error(), private+" "+tt.want):
			t.Errorf("%s: got %q, %v, want %q in the error", tt.name, path, err, tt.want)
		}
		wantNothing(t, other)
	}
}

func init() {
	children["writes"] = func() {
		defer coredumpy.OnPanic(coredumpy.Create(writers(nil)[os.Args[1]]))
		coredumpy.Config.Timeout = 0
		panic("the original")
	}
	children["notifies"] = func() {
		coredumpy.Config.Notify = notified[os.Args[1]]
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		panic(fmt.Errorf("%w: of the original", errDisk))
	}
}
