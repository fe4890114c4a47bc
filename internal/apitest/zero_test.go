package apitest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"coredumpy"
)

// Without streams in its options a session uses the standard ones.
func TestLoadZeroOptions(t *testing.T) {
	c := take(t).Core
	dir := t.TempDir()
	open := func(name, text string) *os.File {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	in, out, errs := os.Stdin, os.Stdout, os.Stderr
	defer func() { os.Stdin, os.Stdout, os.Stderr = in, out, errs }()
	os.Stdin, os.Stdout, os.Stderr = open("in", "p 20+22\nbogus\n"), open("out", ""), open("err", "")
	err := coredumpy.Load(c, coredumpy.LoadOptions{})
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got := read("out"); err != coredumpy.ErrCommand || got != "42\n" || !strings.Contains(read("err"), "bogus") {
		t.Errorf("got %v, %q and errors %q, want ErrCommand, 42 and one about bogus", err, got, read("err"))
	}
}

// Impossible arguments return an error, and don't panic.
func TestNil(t *testing.T) {
	for _, c := range []*coredumpy.Core{nil, {}} {
		if err := coredumpy.Load(c, coredumpy.LoadOptions{}); err == nil ||
			!strings.Contains(err.Error(), "given to Load") {
			t.Errorf("Load: got %v, want an error that there is no dump", err)
		}
	}
	if _, err := coredumpy.Read(nil); err == nil || !strings.Contains(err.Error(), "given to Read") {
		t.Errorf("Read: got %v, want an error that the reader is nil", err)
	}
	if _, err := new(coredumpy.Frame).Eval("1"); err == nil || !strings.Contains(err.Error(), "that no Core returned") {
		t.Errorf("Eval: got %v, want an error that the frame is of no dump", err)
	}
}

// A type that doesn't exist can be asked for everything.
func TestZeroType(t *testing.T) {
	for _, typ := range []*coredumpy.Type{nil, {}, (coredumpy.Value{}).Type()} {
		if got := typ.String(); got != "?" || typ.Kind() != reflect.Invalid || typ.Size() != 0 || typ.Len() != 0 ||
			typ.NumField() != 0 {
			t.Errorf("got %q, kind %v, size %d, length %d and %d fields, want ? and nothing",
				got, typ.Kind(), typ.Size(), typ.Len(), typ.NumField())
		}
		for _, i := range []int{-1, 0, 1} {
			if name, field, embedded := typ.Field(i); name != "" || field.Kind() != reflect.Invalid || embedded {
				t.Errorf("got field %q of type %s, want none", name, field)
			}
		}
		if typ.Elem().Kind() != reflect.Invalid || typ.Key().Kind() != reflect.Invalid {
			t.Errorf("got element %s and key %s, want them unknown", typ.Elem(), typ.Key())
		}
	}
}
