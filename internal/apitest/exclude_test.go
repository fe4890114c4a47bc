package apitest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
)

type coded struct{ code int }

func (c coded) Error() string { return fmt.Sprint("code ", c.code) }

type pointed struct{ why string }

func (p *pointed) Error() string { return p.why }

// same is an error that equals another by its Is method.
type same struct{ to error }

func (s same) Error() string        { return "the same" }
func (s same) Is(target error) bool { return target == s.to }

type hostile struct{ error }

func (hostile) Is(error) bool { panic("Is panics") }
func (hostile) Error() string { return "hostile" }

type abort struct{ n int }

func TestExclude(t *testing.T) {
	stop := errors.New("stop")
	for _, tt := range []struct {
		name  string
		value any
		list  []any
		dump  bool
	}{
		{"nothing excluded", stop, nil, true},
		{"the error", stop, []any{stop}, false},
		{"another error", errors.New("stop"), []any{stop}, true},
		{"wrapped", fmt.Errorf("outer: %w", stop), []any{stop}, false},
		{"wrapped twice", fmt.Errorf("a: %w", fmt.Errorf("b: %w", stop)), []any{stop}, false},
		{"joined", errors.Join(io.EOF, stop), []any{stop}, false},
		{"second in the list", io.EOF, []any{stop, io.EOF}, false},
		{"equal value", coded{3}, []any{coded{3}}, false},
		{"other value", coded{3}, []any{coded{4}}, true},
		{"method Is", same{io.EOF}, []any{io.EOF}, false},
		{"Is panics", hostile{}, []any{io.EOF}, true},
		{"text, not error", "stop", []any{stop}, true},

		{"type", coded{1}, []any{reflect.TypeFor[coded]()}, false},
		{"pointer type", &pointed{"x"}, []any{reflect.TypeFor[*pointed]()}, false},
		{"type of what it points to", &pointed{"x"}, []any{reflect.TypeFor[pointed]()}, true},
		{"type in the chain", fmt.Errorf("outer: %w", coded{2}), []any{reflect.TypeFor[coded]()}, false},
		{"pointer type in the chain", errors.Join(stop, &pointed{"x"}), []any{reflect.TypeFor[*pointed]()}, false},
		{"type of no error", abort{1}, []any{reflect.TypeFor[abort]()}, false},
		{"pointer to it", &abort{1}, []any{reflect.TypeFor[abort]()}, true},
		{"string", "text", []any{reflect.TypeFor[string]()}, false},
		{"another type", 5, []any{reflect.TypeFor[string]()}, true},
		{"interface", &net.OpError{Op: "dial", Err: stop}, []any{reflect.TypeFor[net.Error]()}, false},
		{"interface in the chain", fmt.Errorf("x: %w", &net.OpError{Op: "dial", Err: stop}),
			[]any{reflect.TypeFor[net.Error]()}, false},
		{"interface not met", stop, []any{reflect.TypeFor[net.Error]()}, true},
		{"every error", stop, []any{reflect.TypeFor[error]()}, false},
		{"the runtime's", runtimeError(), []any{reflect.TypeFor[runtime.Error]()}, false},
		{"type and error", stop, []any{reflect.TypeFor[string](), stop}, false},
		{"error type of the library", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist},
			[]any{fs.ErrNotExist}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, told := crash(t, func() { panic(tt.value) }, coredumpy.Exclude(tt.list...))
			if got := d != nil; got != tt.dump {
				t.Errorf("got a dump: %v, want %v", got, tt.dump)
			}
			if got := told != ""; got != tt.dump {
				t.Errorf("got %q on standard error, want something: %v", told, tt.dump)
			}
		})
	}
}

func runtimeError() (v any) {
	defer func() { v = recover() }()
	var s []int
	_ = s[len(s)]
	return nil
}

// Several Exclude add up, and the panic goes on with its value.
func TestExcludeTwice(t *testing.T) {
	for _, value := range []error{io.EOF, io.ErrUnexpectedEOF} {
		var got any
		func() {
			defer func() { got = recover() }()
			defer coredumpy.OnPanic(coredumpy.Exclude(io.EOF), coredumpy.Exclude(),
				coredumpy.Exclude(io.ErrUnexpectedEOF), coredumpy.Directory(t.TempDir()))
			panic(value)
		}()
		if got != value {
			t.Errorf("got panic value %v, want %v", got, value)
		}
	}
}

// Dump makes a dump whatever is excluded.
func TestExcludeDump(t *testing.T) {
	if d := take(t, coredumpy.Exclude(io.EOF, reflect.TypeFor[error]())); d.top(t) != "take" {
		t.Errorf("got top frame %s, want take", d.top(t))
	}
}

func TestExcludeMistake(t *testing.T) {
	for want, arg := range map[string]any{
		"coredumpy.Exclude: string is neither an error nor a reflect.Type": "EOF",
		"coredumpy.Exclude: apitest.abort is neither":                      abort{},
		"coredumpy.Exclude: *apitest.abort is neither":                     (*abort)(nil),
		"coredumpy.Exclude: <nil> is neither":                              nil,
		"coredumpy.Exclude: reflect.Value is neither":                      reflect.ValueOf(1),
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, want) {
					t.Errorf("got panic %q, want %q", got, want)
				}
			}()
			coredumpy.Exclude(io.EOF, arg)
			t.Errorf("%v: got no panic, want %q", arg, want)
		}()
	}
}
