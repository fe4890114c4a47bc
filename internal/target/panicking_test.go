//go:build amd64 || arm64

package target

import (
	"errors"
	"runtime"
	"testing"
)

func TestPanicValue(t *testing.T) {
	if MayPanic() {
		t.Fatal("got a panic before there is one")
	}
	for _, value := range []any{"text", errors.New("error"), 7, [3]string{"a", "b", "c"}, new(int)} {
		func() {
			defer func() { recover() }()
			defer func() {
				if !MayPanic() {
					t.Errorf("%v: got no panic", value)
				}
				if got, ok := PanicValue(); !ok || got != value {
					t.Errorf("%v: got %v, %v", value, got, ok)
				}
			}()
			panic(value)
		}()
		if MayPanic() {
			t.Errorf("%v: got a panic after it was recovered", value)
		}
	}
}

// The innermost one counts, and one that has been recovered doesn't.
func TestPanicValueNested(t *testing.T) {
	want := func(want any) {
		t.Helper()
		if got, ok := PanicValue(); !ok || got != want {
			t.Errorf("got %v, %v, want %v", got, ok, want)
		}
	}
	defer func() { recover() }()
	defer func() {
		want("outer")
		func() {
			defer func() { recover() }()
			defer want("inner")
			panic("inner")
		}()
		want("outer")
	}()
	panic("outer")
}

// runtime.Goexit runs deferred calls in the same way.
func TestMayPanicGoexit(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer func() { done <- MayPanic() }()
		runtime.Goexit()
	}()
	if !<-done {
		t.Error("got no panic while Goexit runs deferred calls: the field isn't what it was")
	}
}

func BenchmarkMayPanic(b *testing.B) {
	for b.Loop() {
		MayPanic()
	}
}
