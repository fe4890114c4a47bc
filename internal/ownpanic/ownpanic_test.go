//go:build amd64 || arm64

package ownpanic

import (
	"errors"
	"runtime"
	"testing"
)

func TestValue(t *testing.T) {
	if Maybe() {
		t.Fatal("got a panic before there is one")
	}
	for _, value := range []any{"text", errors.New("error"), 7, [3]string{"a", "b", "c"}, new(int)} {
		func() {
			defer func() { recover() }()
			defer func() {
				if !Maybe() {
					t.Errorf("%v: got no panic", value)
				}
				if got, ok := Value(); !ok || got != value {
					t.Errorf("%v: got %v, %v", value, got, ok)
				}
			}()
			panic(value)
		}()
		if Maybe() {
			t.Errorf("%v: got a panic after it was recovered", value)
		}
	}
}

// The innermost panic counts, and one that has been recovered doesn't.
func TestValueNested(t *testing.T) {
	want := func(want any) {
		t.Helper()
		if got, ok := Value(); !ok || got != want {
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
func TestMaybeGoexit(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer func() { done <- Maybe() }()
		runtime.Goexit()
	}()
	if !<-done {
		t.Error("got no panic while Goexit runs deferred calls: the field isn't what it was")
	}
}

// The frames lie further and further out, even when the stack has moved.
func TestFrame(t *testing.T) {
	var got []uintptr
	note := func() {
		at, ok := Frame()
		if !ok {
			t.Fatal("got no frame")
		}
		got = append(got, at)
	}
	var down func(n int)
	down = func(n int) {
		defer func() {
			note()
			grow(1 << (6 + n))
			note()
		}()
		if n == 0 {
			panic(n)
		}
		down(n - 1)
	}
	func() {
		defer func() { recover() }()
		down(4)
	}()
	if len(got) != 10 {
		t.Fatalf("got %d frames, want two of each call", len(got))
	}
	for i := range got {
		if i%2 == 1 && got[i] != got[i-1] || i%2 == 0 && i > 0 && got[i] <= got[i-1] {
			t.Errorf("got %d, want each twice, in rising order", got)
		}
	}
}

// grow takes n KB of stack.
//
//go:noinline
func grow(n int) byte {
	var b [1 << 10]byte
	if n > 0 {
		b[n%len(b)] = grow(n - 1)
	}
	return b[0]
}

func BenchmarkMaybe(b *testing.B) {
	for b.Loop() {
		Maybe()
	}
}
