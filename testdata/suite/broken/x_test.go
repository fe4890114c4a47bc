// Package broken doesn't compile.
package broken

import "testing"

func TestBroken(t *testing.T) {
	var n int = "text"
	t.Log(n)
}
