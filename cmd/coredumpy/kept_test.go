package main

import (
	"strings"
	"testing"
	"testing/iotest"
)

// TestContains looks for a text that may be in two parts.
func TestContains(t *testing.T) {
	const text, block = "\x00a.b\x00", 1 << 20
	for _, before := range []int{0, 1, block - len(text), block - len(text) + 1, block - 1, block, 2 * block} {
		for _, found := range []bool{true, false} {
			all := strings.Repeat("\x00", before) + "a.b"
			if found {
				all = strings.Repeat("a", before) + text
			}
			for range 2 {
				if got := contains(strings.NewReader(all), []byte(text)); got != found {
					t.Errorf("after %d bytes: got %v, want %v", before, got, found)
				}
				all += strings.Repeat("x", block)
			}
		}
	}
	if !contains(iotest.OneByteReader(strings.NewReader("x"+text)), []byte(text)) {
		t.Error("got false for a text that comes byte by byte")
	}
}
