//go:build amd64 || arm64

package unsafely

import (
	"runtime"
	"slices"
	"testing"
)

//go:noinline
func addresses1(pcs []uintptr) (n int) {
	func() {
		defer func(max int) { n = ReturnAddresses(pcs[:max]) }(len(pcs))
	}()
	return n
}

// The result includes the function that the compiler makes for a deferred call with
// arguments, if it isn't inlined, and the test that called.
func TestReturnAddresses(t *testing.T) {
	var names []string
	pcs := make([]uintptr, 10)
	for _, pc := range pcs[:addresses1(pcs)] {
		names = append(names, runtime.FuncForPC(pc-1).Name())
	}
	for _, want := range []string{"coredumpy/internal/unsafely.addresses1.func1.deferwrap1",
		"coredumpy/internal/unsafely.addresses1", "coredumpy/internal/unsafely.TestReturnAddresses",
		"testing.tRunner"} {
		if !slices.Contains(names, want) {
			t.Errorf("got %q, want %s among them", names, want)
		}
	}
	if n := ReturnAddresses(make([]uintptr, 1000)); n < 2 || n > 100 {
		t.Errorf("got %d addresses, want all up to the goroutine's first function", n)
	}
}
