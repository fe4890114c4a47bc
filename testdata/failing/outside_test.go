package failing

import (
	"testing"

	"coredumpy"
)

// FailNow is called from a goroutine without OnFailure: the test's own OnFailure finds
// that the test has failed.
func TestOutside(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	done := make(chan bool)
	parts := []string{"x", "y"}
	go func() {
		defer close(done)
		verify(t, 6*len(parts))
	}()
	<-done
	// want: failing.TestOutside parts[1] = "y"
	// want: failing.TestOutside kept = 2
	kept := len(parts)
	t.Log(kept)
}
