package failing

import (
	"testing"

	"coredumpy"
)

// Tests that pass or are skipped leave no dump.
//
// want-dumps: 0
func TestPass(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	t.Run("sub", func(t *testing.T) {
		defer coredumpy.OnFailure(t, dir)
		t.Skip("not today")
	})
	equal(t, 1, 1)
}
