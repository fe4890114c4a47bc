package apitest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"coredumpy"
)

// closer is a writer that notes how it was closed.
type closer struct {
	io.Writer
	close  func() error
	mu     sync.Mutex
	closed int
}

func (c *closer) Close() error {
	c.mu.Lock()
	c.closed++
	c.mu.Unlock()
	if c.close != nil {
		return c.close()
	}
	return nil
}

func (c *closer) times() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

func TestCreate(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	elsewhere(t)
	var file bytes.Buffer
	var w *closer
	asked := ""
	create := coredumpy.Create(func(name string) (io.WriteCloser, error) {
		file.Reset()
		w, asked = &closer{Writer: &file}, name
		return w, nil
	})
	path, err := coredumpy.Dump(create)
	if err != nil || path != asked || !strings.HasPrefix(path, "coredumpy_TestCreate_") ||
		filepath.Ext(path) != ".dump" || w.times() != 1 {
		t.Errorf("got %q, %v, name %q and closed %d times, want a default name and 1", path, err, asked, w.times())
	}
	if top := read(t, file.Bytes()).top(t); top != "TestCreate" {
		t.Errorf("got top frame %s, want TestCreate", top)
	}
	told := quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(create)
		panic(&coded{3})
	})
	if !strings.HasPrefix(told, "Your frame stack is dumped, open it with\ncoredumpy load "+asked+"\n") {
		t.Errorf("got %q, want the name %s", told, asked)
	}
	// What the value's method returns comes too late for the dump.
	if h := read(t, file.Bytes()).Head(); h.Reason != "panic" || h.Value == "" || h.Message == (&coded{3}).Error() {
		t.Errorf("got %s, %q, value %q, want a panic and its value", h.Reason, h.Message, h.Value)
	}
	var got reports
	config(t, func(c *coredumpy.Configuration) { c.Notify = got.add })
	quietly(t, func() {
		defer func() { recover() }()
		defer coredumpy.OnPanic(create)
		panic(&coded{3})
	})
	if r := got.only(t); r.Path != asked || r.Err != nil || r.Message != (&coded{3}).Error() {
		t.Errorf("got %+v, want the name %s and what the method returns", r, asked)
	}
	wantNothing(t, dir)
}

// writers returns functions that fail in every way that one given to Create can. Those
// that hang do so until end is closed.
func writers(end <-chan struct{}) map[string]func(string) (io.WriteCloser, error) {
	return map[string]func(string) (io.WriteCloser, error){
		"error":       func(string) (io.WriteCloser, error) { return &closer{Writer: io.Discard}, errDisk },
		"nothing":     func(string) (io.WriteCloser, error) { return nil, nil },
		"panic":       func(string) (io.WriteCloser, error) { panic("no writer") },
		"exit":        func(string) (io.WriteCloser, error) { runtime.Goexit(); return nil, nil },
		"hang":        func(string) (io.WriteCloser, error) { <-end; return nil, nil },
		"nil pointer": func(string) (io.WriteCloser, error) { return (*closer)(nil), nil },
		"full": func(string) (io.WriteCloser, error) {
			return &closer{Writer: &failingWriter{100, errDisk}}, nil
		},
		"short":        func(string) (io.WriteCloser, error) { return &closer{Writer: &failingWriter{100, nil}}, nil },
		"negative":     func(string) (io.WriteCloser, error) { return &closer{Writer: negativeWriter{}}, nil },
		"too much":     func(string) (io.WriteCloser, error) { return &closer{Writer: lyingWriter(1)}, nil },
		"write panics": func(string) (io.WriteCloser, error) { return &closer{Writer: panickingWriter{}}, nil },
		"write exits":  func(string) (io.WriteCloser, error) { return &closer{Writer: exitingWriter{}}, nil },
		"write hangs":  func(string) (io.WriteCloser, error) { return &closer{Writer: hangingWriter(end)}, nil },
		"close fails":  func(string) (io.WriteCloser, error) { return closing(func() error { return errDisk }) },
		"close panics": func(string) (io.WriteCloser, error) { return closing(func() error { panic("no close") }) },
		"close exits": func(string) (io.WriteCloser, error) {
			return closing(func() error { runtime.Goexit(); return nil })
		},
		"close hangs":   func(string) (io.WriteCloser, error) { return closing(func() error { <-end; return nil }) },
		"both of these": func(string) (io.WriteCloser, error) { return hopeless(end), nil },
	}
}

func closing(f func() error) (io.WriteCloser, error) {
	return &closer{Writer: io.Discard, close: f}, nil
}

type hangingWriter <-chan struct{}

func (end hangingWriter) Write([]byte) (int, error) { <-end; return 0, errDisk }

// hopeless fails, and its Close hangs.
type hopeless <-chan struct{}

func (hopeless) Write([]byte) (int, error) { return 0, errDisk }
func (end hopeless) Close() error          { <-end; return nil }

// writersOf returns the writers of a test, none of which hangs after it.
func writersOf(t *testing.T) map[string]func(string) (io.WriteCloser, error) {
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	return writers(end)
}

// busy is how often a dump is made again if, as on a busy machine, a writer's second was
// over before the writer did what the test looks at.
const busy = 10

// writerErrors are the errors of writers, by their names.
var writerErrors = map[string]string{
	"error":         "the function given to Create: disk full",
	"nothing":       "the function given to Create returned no writer",
	"panic":         "the function given to Create panicked: no writer",
	"exit":          "the function given to Create called runtime.Goexit",
	"hang":          "the function given to Create hasn't returned for 1s",
	"nil pointer":   "the writer from Create panicked: ",
	"full":          "disk full",
	"short":         "the writer from Create: short write",
	"negative":      "the writer from Create says that it wrote -1 of ",
	"too much":      "the writer from Create says that it wrote ",
	"write panics":  "the writer from Create panicked: writer panics",
	"write exits":   "the writer from Create called runtime.Goexit",
	"write hangs":   "the writer from Create isn't done after 1s",
	"close fails":   "Close of the writer from Create: disk full",
	"close panics":  "Close of the writer from Create panicked: no close",
	"close exits":   "Close of the writer from Create called runtime.Goexit",
	"close hangs":   "Close of the writer from Create isn't done after 1s",
	"both of these": "disk full",
}

// Whatever a writer of the program does, the dump isn't lost and the panic goes on.
func TestCreateFails(t *testing.T) {
	writers := writersOf(t)
	for name, want := range writerErrors {
		t.Run(name, func(t *testing.T) {
			other := elsewhere(t)
			if name == "hang" || name == "close panics" || name == "write exits" { // these also at the end of a program
				o := child(t, "writes", name)
				wantElsewhere(t, o, other, want)
				wantNothing(t, o.dir)
				if err := os.RemoveAll(other); err != nil {
					t.Fatal(err)
				}
			}
			config(t, func(c *coredumpy.Configuration) { c.Timeout = 0 })
			panics := func() {
				defer func() {
					if r := recover(); r != "the original" {
						t.Errorf("got panic %v, want the original", r)
					}
				}()
				defer coredumpy.OnPanic(coredumpy.Create(writers[name]))
				panic("the original")
			}
			told := quietly(t, panics)
			for range busy {
				if !strings.Contains(told, "the writer from Create isn't done after 1s") ||
					strings.Contains(want, "isn't done after 1s") && strings.Contains(told, want) {
					break
				}
				if err := os.RemoveAll(other); err != nil {
					t.Fatal(err)
				}
				told = quietly(t, panics)
			}
			paths, err := filepath.Glob(filepath.Join(other, "*"))
			if err != nil || len(paths) != 1 {
				t.Fatalf("got %q, %v in %s, want a dump\n%s", paths, err, other, told)
			}
			wantTold(t, told, paths[0], want, "")
			if d := open(t, paths[0]); d.Head().Message != "the original" {
				t.Errorf("got a dump of %q, want the panic's", d.Head().Message)
			}
		})
	}
	if len(writers) != 18 {
		t.Errorf("got %d writers, want all of them tried", len(writers))
	}
}

// A writer is closed after an error, but not while a call of it hasn't returned, and not
// twice.
func TestCreateCloses(t *testing.T) {
	elsewhere(t)
	config(t, func(c *coredumpy.Configuration) { c.Timeout = 0 })
	writers := writersOf(t)
	for name, want := range map[string]int{"full": 1, "write panics": 1, "write exits": 1, "write hangs": 0,
		"close fails": 1, "close hangs": 1} {
		var w *closer
		create := coredumpy.Create(func(name2 string) (io.WriteCloser, error) {
			made, err := writers[name](name2)
			w = made.(*closer)
			return w, err
		})
		path, err := coredumpy.Dump(create)
		for range busy {
			if name != "write hangs" || w.times() == want {
				break // the others are closed in any case
			}
			path, err = coredumpy.Dump(create)
		}
		if path == "" || err == nil || w.times() != want {
			t.Errorf("%s: got %q, %v and closed %d times, want it elsewhere and closed %d times",
				name, path, err, w.times(), want)
		}
	}
}

// The reader of a pipe gets an error if the dump isn't complete.
func TestCreatePipe(t *testing.T) {
	elsewhere(t)
	r, w := io.Pipe()
	got := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, r)
		got <- err
	}()
	_, err := coredumpy.Dump(coredumpy.Create(func(string) (io.WriteCloser, error) { return halfPipe{w}, nil }))
	if told := <-got; err == nil || !errors.Is(told, errDisk) {
		t.Errorf("got %v, and %v at the other end, want %v", err, told, errDisk)
	}
}

// halfPipe is a pipe that fails after the head.
type halfPipe struct{ *io.PipeWriter }

func (w halfPipe) Write(b []byte) (int, error) {
	if n, err := w.PipeWriter.Write(b[:len(b)/2]); err != nil {
		return n, err
	}
	return len(b) / 2, errDisk
}

// What is written to the next place is the same again.
func TestWrittenAgain(t *testing.T) {
	other := elsewhere(t)
	secret := word(20)
	noise := []string{secret, "password=" + secret, "plain", "a\x00b"}
	tagged := struct {
		A int `json:"a" token:"x7Q2wAbcdefgh12345678901234567890ab"`
	}{1}
	opts := []coredumpy.Option{coredumpy.Var("noise", noise), coredumpy.Var("password", secret),
		coredumpy.Var("tagged", &tagged),
		coredumpy.Var("map", map[string]any{"token": 1, "x": []any{tagged, &noise}}),
		coredumpy.Var("runes", []rune(secret))}
	var file bytes.Buffer
	opts = append(opts, coredumpy.Create(func(string) (io.WriteCloser, error) {
		return &closer{Writer: &file, close: func() error { return errDisk }}, nil
	}))
	path, err := coredumpy.Dump(opts...)
	if filepath.Dir(path) != other || !errors.Is(err, errDisk) {
		t.Fatalf("got %q, %v, want it in %s, as the disk is full", path, err, other)
	}
	again, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if first := read(t, file.Bytes()); first.text != read(t, again).text || strings.Contains(first.text, secret) {
		t.Errorf("got %d bytes and then %d, want them the same, without the secret", file.Len(), len(again))
	}
}

func TestCreateConflicts(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	create := coredumpy.Create(func(string) (io.WriteCloser, error) { t.Error("Create called"); return nil, errDisk })
	for _, tt := range []struct {
		opt  coredumpy.Option
		want string
	}{
		{coredumpy.Path("x.dump"), `coredumpy: Path "x.dump" and Create exclude each other`},
		{coredumpy.PathFunc(func() string { return "x.dump" }), "coredumpy: PathFunc and Create exclude each other"},
	} {
		path, err := coredumpy.Dump(create, tt.opt)
		if path != "" || err == nil || err.Error() != tt.want {
			t.Errorf("got %q, %v, want %q", path, err, tt.want)
		}
		wantNothing(t, dir)
		told := quietly(t, func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(create, tt.opt)
			panic("x")
		})
		if !strings.HasPrefix(told, tt.want+": using Path") {
			t.Errorf("got %q, want it to begin with %q", told, tt.want)
		}
		if err := os.Remove("x.dump"); err != nil {
			t.Error(err)
		}
	}
	const want = `coredumpy: Create and Directory "d" exclude each other`
	if path, err := coredumpy.Dump(create, coredumpy.Directory("d")); path != "" || err == nil || err.Error() != want {
		t.Errorf("got %q, %v, want %q", path, err, want)
	}
	if err := coredumpy.DumpTo(io.Discard, create, coredumpy.Directory("d")); err != nil {
		t.Errorf("got %v from DumpTo, want it to ignore them", err)
	}
	wantNothing(t, dir)
}

// A function given to Create may dump, too.
func TestCreateDumps(t *testing.T) {
	var inner, outer bytes.Buffer
	_, err := coredumpy.Dump(coredumpy.Create(func(string) (io.WriteCloser, error) {
		if err := coredumpy.DumpTo(&inner); err != nil {
			return nil, fmt.Errorf("inner: %w", err)
		}
		return &closer{Writer: &outer}, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	read(t, inner.Bytes())
	read(t, outer.Bytes())
}
