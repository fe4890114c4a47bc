package gotypes

import (
	"strings"
	"testing"

	"coredumpy/internal/unsafely"
)

// A text that is too long doesn't end in half a word.
func TestTextCut(t *testing.T) {
	p := self(t)
	const words = MaxText / len("word ")
	for after, want := range map[string]int{"": words * 5, "w": words*5 + 1, "word word": words * 5} {
		text := any(strings.Repeat("word ", words) + after)
		header, err := p.PointerAt(unsafely.AddrOf(&text) + word)
		if err != nil {
			t.Fatal(err)
		}
		addr, err := p.PointerAt(header)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Text(addr, uint64(len(text.(string)))); len(got) != want {
			t.Errorf("got %d bytes of %d, want %d", len(got), len(text.(string)), want)
		}
	}
}
