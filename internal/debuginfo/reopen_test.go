package debuginfo

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// copied opens a copy of the sample, and closes it.
func copied(t *testing.T) (f *File, path string) {
	t.Helper()
	data, err := os.ReadFile(build(t, "opt").path)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "sample")
	if err := os.WriteFile(path, data, 0o700); err != nil {
		t.Fatal(err)
	}
	if f, err = Open(path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := f.DWARFError(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	return f, path
}

func TestReopen(t *testing.T) {
	f, _ := copied(t)
	if _, err := f.section("frame"); err == nil {
		t.Error("got no error from reading a file that is closed")
	}
	if err := f.Reopen(); err != nil {
		t.Fatalf("got error %v, want none", err)
	}
	if data, err := f.section("frame"); err != nil || len(data) == 0 {
		t.Errorf("got %d bytes and error %v after the file was opened again", len(data), err)
	}
}

func TestReopenReplaced(t *testing.T) {
	tests := map[string]func(path string) error{
		"removed": os.Remove,
		"changed": func(path string) error {
			return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour))
		},
		"longer": func(path string) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			return errors.Join(os.Truncate(path, info.Size()+1), os.Chtimes(path, time.Time{}, info.ModTime()))
		},
		"another": func(path string) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			other := path + "2"
			return errors.Join(os.WriteFile(other, data, 0o700), os.Chtimes(other, time.Time{}, info.ModTime()),
				os.Rename(other, path))
		},
	}
	for name, replace := range tests {
		t.Run(name, func(t *testing.T) {
			f, path := copied(t)
			if err := replace(path); err != nil {
				t.Skip(err) // not possible on this system
			}
			if err := f.Reopen(); err == nil {
				t.Error("got no error")
			}
			if data, err := f.section("frame"); err == nil {
				t.Errorf("got %d bytes of a file that isn't the same any more", len(data))
			}
		})
	}
}

// What a File says that it takes is about what it takes: in the heap of this process.
func TestMemory(t *testing.T) {
	path := build(t, "opt").path
	inUse := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := inUse()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Preload()
	check := func(what string) {
		t.Helper()
		got, want := f.Memory(), inUse()-before
		t.Logf("%s: got %d, want about %d", what, got, want)
		if got < want/2 || got > 2*want {
			t.Errorf("%s: got %d bytes, want about %d", what, got, want)
		}
	}
	if _, ok := f.FuncByName("main.main"); !ok {
		t.Fatal("no main.main")
	}
	check("a function")
	for _, u := range f.units {
		for _, r := range u.complete().funcs {
			if fn := u.function(r); fn != nil {
				fn.Calls(r.low)
			}
		}
	}
	f.Unwind(0)
	check("all functions")
	f.eachType(func(_ *scanner, d die) bool {
		f.Type(d.off)
		return true
	})
	check("all types")
	runtime.KeepAlive(f)
}
