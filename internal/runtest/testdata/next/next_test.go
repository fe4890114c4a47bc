// Package next has tests that fail, for an unknown toolchain.
package next

import "testing"

func TestNextFails(t *testing.T) {
	want := 3
	if got := len("four"); got != want {
		t.Errorf("got %d, want %d", got, want)
	}
}

func TestNextPanics(t *testing.T) {
	var m map[string]int
	m["x"] = 1
}
