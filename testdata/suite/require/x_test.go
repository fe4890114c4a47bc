package require

import (
	"testing"

	"coredumpy/testdata/suite/check"
)

func TestRequire(t *testing.T) {
	for i, word := range []string{"a", "b", "c"} {
		length := len(word) + i
		check.MustEqual(t, 1, length, word) // want TestRequire: "expected: 1\nactual  : 2\nMessages: b" via coredumpy/testdata/suite/check.Equal,coredumpy/testdata/suite/check.MustEqual word = "b"
	}
}
