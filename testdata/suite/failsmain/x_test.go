package failsmain

import (
	"os"
	"testing"
)

// TestMain passes on the status of the tests: that isn't a failure of its own.
func TestMain(m *testing.M) {
	os.Exit(m.Run())
}

func TestError(t *testing.T) {
	word := "one"
	t.Error(word + " failure") // want TestError: "one failure" word = "one"
}
