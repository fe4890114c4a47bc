//go:build amd64 || arm64

package target

import (
	"errors"
	"runtime"
	"slices"
	"testing"

	"coredumpy/internal/unsafely"
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

// The frames lie further and further out, also when the stack has moved.
func TestPanicFrame(t *testing.T) {
	var got []uintptr
	note := func() {
		at, ok := PanicFrame()
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
			t.Errorf("got %d, want the same twice, and then more", got)
		}
	}
}

// grow takes so many KB of stack.
//
//go:noinline
func grow(n int) byte {
	var b [1 << 10]byte
	if n > 0 {
		b[n%len(b)] = grow(n - 1)
	}
	return b[0]
}

//go:noinline
func addresses1(pcs []uintptr) (n int) {
	func() {
		defer func(max int) { n = unsafely.ReturnAddresses(pcs[:max]) }(len(pcs))
	}()
	return n
}

// The function that the compiler makes for a deferred call with arguments is there, if it
// isn't inlined, and the test that called.
func TestReturnAddresses(t *testing.T) {
	var names []string
	pcs := make([]uintptr, 10)
	for _, pc := range pcs[:addresses1(pcs)] {
		names = append(names, runtime.FuncForPC(pc-1).Name())
	}
	for _, want := range []string{"coredumpy/internal/target.addresses1.func1.deferwrap1", "coredumpy/internal/target.addresses1", "coredumpy/internal/target.TestReturnAddresses", "testing.tRunner"} {
		if !slices.Contains(names, want) {
			t.Errorf("got %q, want %s among them", names, want)
		}
	}
	if n := unsafely.ReturnAddresses(make([]uintptr, 1000)); n < 2 || n > 100 {
		t.Errorf("got %d addresses, want those up to the goroutine's first", n)
	}
}

func BenchmarkMayPanic(b *testing.B) {
	for b.Loop() {
		MayPanic()
	}
}
