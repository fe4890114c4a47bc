package failing

import (
	"testing"

	"coredumpy"
)

// FailNow is called from a goroutine of the test, which has an OnFailure of its
// own; the test's OnFailure finds the failure, too.
//
// want-dumps: 1-2
func TestGoroutine(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	done := make(chan bool)
	total := 12
	go func() {
		defer close(done)
		defer coredumpy.OnFailure(t, dir)
		verify(t, total)
	}()
	<-done
	// want: failing.TestGoroutine total = 12
}

//go:noinline
func verify(t *testing.T, total int) {
	if half := total / 2; half != 5 {
		t.Log("half is", half)
		t.FailNow()
	}
}
