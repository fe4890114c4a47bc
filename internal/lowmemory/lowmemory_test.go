package lowmemory

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

type count int

type state int

func (state) String() string { panic("called") }

type failure struct{ password string }

func (*failure) Error() string { panic("called") }

func TestAppendValue(t *testing.T) {
	var typeError error
	func() {
		defer func() { typeError = recover().(error) }()
		_ = any(1).(string)
	}()
	for want, value := range map[string]any{
		"nil":                     nil,
		"two lines":               "two\nlines",
		"-42":                     -42,
		"(lowmemory.count) 42":    count(42),
		"true":                    true,
		"1.5":                     1.5,
		"(lowmemory.state)":       state(3),
		"(*lowmemory.failure)":    &failure{"hunter2"},
		"plain":                   errors.New("plain"),
		"EOF":                     io.EOF,
		"outer: EOF":              fmt.Errorf("outer: %w", io.EOF),
		"outer: EOF, EOF":         fmt.Errorf("outer: %w, %w", io.EOF, io.EOF),
		"([]int) {...}":           []int{1},
		typeError.Error():         typeError,
		strings.Repeat("x", 1023): strings.Repeat("x", 5000),
	} {
		if got := string(appendValue(nil, value)); got != want {
			t.Errorf("%T: got %q, want %q", value, got, want)
		}
	}
}

// A value may hold a bad pointer.
func TestFault(t *testing.T) {
	address := uintptr(0x123456789)
	defer func() {
		if err, ok := recover().(runtime.Error); ok {
			t.Errorf("got a panic: %v", err)
		}
	}()
	tell(io.Discard, unsafe.String(*(**byte)(unsafe.Pointer(&address)), 10))
}

func TestEnough(t *testing.T) {
	var got strings.Builder
	if Tell(&got, "text"); left() > 1<<40 && got.Len() > 0 {
		t.Errorf("got %q without a limit, want nothing", got.String())
	}
}
