package gotypes

import (
	"os"
	"reflect"
	"runtime/debug"
	"testing"
	"unsafe"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/debugtest"
	"coredumpy/internal/memory"
)

// self returns this process, ready to be read by the test's goroutine.
func self(t testing.TB) *Process {
	t.Helper()
	old := debug.SetPanicOnFault(true)
	t.Cleanup(func() { debug.SetPanicOnFault(old) })
	p := New(memory.Own{})
	p.Prepare(Layouts{})
	return p
}

// selfWithInfo returns this process with its debug information.
func selfWithInfo(t *testing.T) *Process {
	t.Helper()
	debugtest.Need(t)
	old := debug.SetPanicOnFault(true)
	t.Cleanup(func() { debug.SetPanicOnFault(old) })
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := New(memory.Own{})
	if p.Info, err = debuginfo.Open(exe); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Info.Close() })
	fn, ok := p.Info.FuncByName("coredumpy/internal/gotypes.New")
	if !ok {
		t.Fatal("no function New")
	}
	p.Slide = uint64(reflect.ValueOf(New).Pointer()) - fn.Entry
	p.Prepare(Layouts{})
	return p
}

func addressOf[T any](v *T) uint64 { return uint64(uintptr(unsafe.Pointer(v))) }
