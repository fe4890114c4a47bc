//go:build go1.25

package tests

import (
	"testing"
	"testing/synctest"

	"coredumpy"
	"coredumpy/testdata/where/lib"
)

func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		lib.Equal(t, 1, 2) // opens: TestBubble
	})
}

func TestPanicInBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		var m map[string]int
		m["a"] = 1 // opens: TestPanicInBubble
	})
}
