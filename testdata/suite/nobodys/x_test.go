package nobodys

import (
	"testing"

	"coredumpy/testdata/suite/check"
)

// A test of an assertion library makes a test fail that it has made itself.
func TestMakesOne(t *testing.T) {
	failing := new(testing.T)
	if check.Equal(failing, 1, 2) {
		t.Error("got true")
	}
	if !failing.Failed() {
		t.Error("hasn't failed")
	}
}
