package failing

import (
	"fmt"
	"testing"

	"coredumpy"
)

// One of the parallel subtests fails, the others leave no dump.
func TestParallel(t *testing.T) {
	for i := range 4 {
		t.Run(fmt.Sprint("n", i), func(t *testing.T) {
			defer coredumpy.OnFailure(t, dir)
			t.Parallel()
			// want: failing.TestParallel.func1 i = 2
			// want: failing.TestParallel.func1 square = 4
			square := i * i
			equal(t, square == 4, false)
		})
	}
}
