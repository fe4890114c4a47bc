package target

import (
	"runtime/debug"
	"testing"
	"unsafe"

	"coredumpy/internal/memory"
)

// self returns this process, ready to be read by the test's goroutine.
func self(t testing.TB) *Process {
	t.Helper()
	old := debug.SetPanicOnFault(true)
	t.Cleanup(func() { debug.SetPanicOnFault(old) })
	p := Self()
	t.Cleanup(p.Close)
	return p
}

func addressOf[T any](v *T) uint64 { return uint64(uintptr(unsafe.Pointer(v))) }

// A read that fails between others leaves nothing behind that breaks the next one.
func TestOwnMemoryAfterFault(t *testing.T) {
	p := self(t)
	v := uint64(0x0102030405060708)
	for range 1000 {
		if _, err := p.ReadWord(1 << 47); err == nil {
			t.Fatal("got no error")
		}
		if got, err := p.ReadWord(addressOf(&v)); got != v || err != nil {
			t.Fatalf("got %#x and error %v, want %#x", got, err, v)
		}
	}
}

func TestReadAllocates(t *testing.T) {
	debug.SetPanicOnFault(true)
	buf := make([]byte, 64)
	v := [64]byte{1}
	m := &layered{base: memory.Own{}}
	if got := testing.AllocsPerRun(100, func() { m.Read(buf, addressOf(&v)) }); got != 0 {
		t.Errorf("got %v allocations by a read, want 0", got)
	}
}
