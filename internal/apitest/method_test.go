package apitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coredumpy"
)

// When armed is set, every method of the following types ends the process, with a status
// of its own.
var armed atomic.Bool

func exit(status int) {
	if armed.Load() {
		os.Exit(status)
	}
}

// The method that returns a panic value's text may be called once, while asked is set.
// calls counts the calls.
var (
	asked atomic.Bool
	calls atomic.Int64
)

func said(status int) string {
	if armed.Load() && asked.Load() {
		calls.Add(1)
		return "said"
	}
	exit(status)
	return ""
}

// everyMethod has methods with all the names that the standard library looks for.
type everyMethod struct{ Note string }

func (everyMethod) Error() string                         { return said(51) }
func (everyMethod) String() string                        { return said(52) }
func (everyMethod) GoString() string                      { return said(53) }
func (everyMethod) Format(fmt.State, rune)                { exit(54) }
func (everyMethod) MarshalJSON() ([]byte, error)          { exit(55); return []byte("0"), nil }
func (everyMethod) MarshalText() ([]byte, error)          { exit(56); return nil, nil }
func (everyMethod) AppendText(b []byte) ([]byte, error)   { exit(57); return b, nil }
func (everyMethod) MarshalBinary() ([]byte, error)        { exit(58); return nil, nil }
func (everyMethod) AppendBinary(b []byte) ([]byte, error) { exit(59); return b, nil }
func (everyMethod) GobEncode() ([]byte, error)            { exit(60); return nil, nil }
func (everyMethod) LogValue() slog.Value                  { exit(61); return slog.Value{} }
func (everyMethod) Unwrap() error                         { exit(62); return nil }
func (everyMethod) Is(error) bool                         { exit(63); return false }
func (everyMethod) As(any) bool                           { exit(64); return false }
func (everyMethod) RuntimeError()                         { exit(65) }
func (everyMethod) Timeout() bool                         { exit(66); return false }
func (everyMethod) Temporary() bool                       { exit(67); return false }
func (everyMethod) IsZero() bool                          { exit(68); return false }
func (everyMethod) Equal(any) bool                        { exit(69); return false }
func (everyMethod) Len() int                              { exit(70); return 0 }
func (everyMethod) Less(i, j int) bool                    { exit(71); return false }
func (everyMethod) Swap(i, j int)                         { exit(72) }
func (everyMethod) Read([]byte) (int, error)              { exit(73); return 0, io.EOF }
func (everyMethod) WriteTo(io.Writer) (int64, error)      { exit(74); return 0, nil }
func (everyMethod) Close() error                          { exit(75); return nil }
func (everyMethod) Deadline() (time.Time, bool)           { exit(76); return time.Time{}, false }
func (everyMethod) Done() <-chan struct{}                 { exit(77); return nil }
func (everyMethod) Err() error                            { exit(78); return nil }
func (everyMethod) Value(any) any                         { exit(79); return nil }
func (everyMethod) Set(string) error                      { exit(80); return nil }
func (everyMethod) UnmarshalJSON([]byte) error            { exit(81); return nil }
func (everyMethod) Lock()                                 { exit(82) }
func (everyMethod) Unlock()                               { exit(83) }

// These types have the same methods on values of other kinds.
type (
	methodText string
	methodInt  int
	methodMap  map[string]int
	methodList []string
	methodFunc func()
	methodChan chan int
)

func (methodText) Error() string              { return said(91) }
func (methodText) String() string             { return said(92) }
func (methodInt) Error() string               { return said(93) }
func (methodInt) Format(fmt.State, rune)      { exit(94) }
func (methodMap) Error() string               { return said(95) }
func (methodList) String() string             { return said(96) }
func (methodFunc) Error() string              { return said(97) }
func (methodChan) GoString() string           { return said(98) }
func (*methodInt) UnmarshalText([]byte) error { exit(99); return nil }

// embeds has all methods of what it embeds.
type embeds struct {
	everyMethod
	Cause error
}

// withMethods returns values with methods, the message of a panic with each of them, and
// how often a method is called for that message.
func withMethods() []methodPanic {
	m := everyMethod{"never ask"}
	return []methodPanic{
		{m, "said", 1},
		{&m, "said", 1},
		{embeds{m, m}, "said", 1},
		{methodText("never ask"), "said", 1},
		{methodInt(7), "said", 1},
		{methodMap{"never ask": 1}, "said", 1},
		{methodList{"never ask"}, "said", 1},
		{methodFunc(func() {}), "said", 1},
		{make(methodChan, 1), "apitest.methodChan", 0},
		{errors.Join(m, &m, errors.New("plain")), "said\nsaid\nplain", 2},
		{fmt.Errorf("never: %w", m), "never: ", 0},
		{context.WithValue(context.Background(), m, m), "context.Background.WithValue(said, said)", 2},
		{map[everyMethod]error{m: m}, "map[apitest.everyMethod]error", 0},
		{struct {
			everyMethod
			N int
		}{m, 5}, "said", 1},
	}
}

type methodPanic struct {
	value   any
	message string
	calls   int64
}

// methodTest is a test whose methods do what a test's methods do.
type methodTest struct{ everyMethod }

func (methodTest) Name() string { return "TestMethods" }
func (methodTest) Failed() bool { return true }

func init() {
	children["methods"] = func() {
		values := withMethods()
		graph := []any{values, methodTest{}, json.Marshaler(everyMethod{"never ask"})}
		armed.Store(true)
		coredumpy.Config.MaxPanicsPerSite = 0
		given := coredumpy.Var("graph", &graph)
		for _, v := range values {
			calls.Store(0)
			asked.Store(true)
			func() {
				defer func() { recover() }()
				defer coredumpy.OnPanic(given, coredumpy.Description(v.message))
				panic(v.value)
			}()
			asked.Store(false)
			if n := calls.Load(); n != v.calls {
				fmt.Printf("%d calls for %q\n", n, v.message)
			}
		}
		func() {
			defer coredumpy.OnFailure(methodTest{}, given, coredumpy.Description("TestMethods failed"))
		}()
		if _, err := coredumpy.Dump(given); err != nil {
			panic("no dump")
		}
		if err := coredumpy.DumpTo(io.Discard, given); err != nil {
			panic("no dump")
		}
		os.Stdout.WriteString("survived")
	}
	children["lastmethod"] = func() {
		armed.Store(true)
		defer coredumpy.OnPanic()
		panic(everyMethod{"never ask"})
	}
	children["plainmethod"] = func() {
		armed.Store(true)
		panic(everyMethod{"never ask"})
	}
}

// No method of the program is called, whatever is in the graph or has failed, except once
// the one that returns a panic value's text.
func TestMethodsNeverRun(t *testing.T) {
	o := child(t, "methods")
	if o.exit != 0 || o.stdout != "survived" {
		t.Fatalf("got exit status %d, stdout %q and stderr %.2000s, want it to survive", o.exit, o.stdout, o.stderr)
	}
	paths, err := filepath.Glob(filepath.Join(o.dir, "*.dump"))
	if want := len(withMethods()) + 2; err != nil || len(paths) != want {
		t.Errorf("got %d dumps, %v, want %d:\n%.2000s", len(paths), err, want, o.stderr)
	}
	for _, path := range paths {
		d := open(t, path)
		if h := d.Head(); h.Reason != "dump" && h.Message != h.Description {
			t.Errorf("got message %q, want %q", h.Message, h.Description)
		}
		graph := d.given(t, "graph").Elem()
		if n := graph.Index(0).Elem().Len(); graph.Len() != 3 || n != int64(len(withMethods())) ||
			strings.Count(d.text, "never ask") < 8 {
			t.Errorf("%s: got a graph of %d and %d, want all of it", path, graph.Len(), n)
		}
	}
}

// A panic that nobody recovers is printed by the runtime, which calls methods as it would
// have without coredumpy, and only after the dump.
func TestMethodsAtTheEnd(t *testing.T) {
	plain, o := child(t, "plainmethod"), child(t, "lastmethod")
	if plain.exit != 51 || o.exit != plain.exit || o.stdout != plain.stdout {
		t.Errorf("got exit status %d and stdout %q, want %d as without coredumpy, and that is 51",
			o.exit, o.stdout, plain.exit)
	}
	d := onlyDump(t, o.dir)
	if !strings.HasPrefix(o.stderr, "Your frame stack is dumped") || d.current(t).Panic == nil {
		t.Errorf("got stderr %.1000q, want the dump announced", o.stderr)
	}
	if got, want := show(d.current(t).Panic.Value),
		`interface {}(coredumpy/internal/apitest.everyMethod) {Note: "never ask"}`; got != want {
		t.Errorf("got panic value %s, want %s", got, want)
	}
}
