package failing

import (
	"testing"

	"coredumpy"
)

// A panic in a test ends the test binary.
//
// want-frames: failing.set failing.TestPanic testing.tRunner
func TestPanic(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	var prices map[string]int
	// want: failing.TestPanic name = "pen"
	// want: failing.TestPanic prices = map[string]int nil
	name := "pen"
	set(prices, name, 3)
}

// want: failing.set name = "pen"
// want: failing.set price = 3
//
//go:noinline
func set(prices map[string]int, name string, price int) { prices[name] = price }
