package cause

import (
	"runtime/debug"
	"testing"

	"coredumpy/internal/target"
)

// self returns this process, ready to be read by the test's goroutine.
func self(t testing.TB) *target.Process {
	t.Helper()
	old := debug.SetPanicOnFault(true)
	t.Cleanup(func() { debug.SetPanicOnFault(old) })
	p := target.Self()
	t.Cleanup(p.Close)
	return p
}
