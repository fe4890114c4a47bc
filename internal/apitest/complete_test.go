package apitest

import (
	"io"
	"slices"
	"strings"
	"testing"

	"coredumpy"
)

type completed struct {
	Name  string
	inner struct{ Deep, Deeper int }
}

// What is asked for at a prompt can be completed: commands, variables and fields.
func TestComplete(t *testing.T) {
	core := take(t, coredumpy.Var("value", completed{}), coredumpy.Var("pointer", &completed{}), coredumpy.Var("list", []completed{{}}))
	asked := false
	err := coredumpy.Load(core.Core, coredumpy.LoadOptions{
		In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Prompt: true,
		ReadLine: func(prompt string, complete func(string) (int, []string)) (string, error) {
			asked = true
			for text, want := range map[string]string{
				"gorout":         "goroutine goroutines",
				"help wha":       "whatis",
				"p val":          "value",
				"p value.":       "Name inner",
				"p pointer.N":    "Name",
				"p list[0].inn":  "inner",
				"p value.inner.": "Deep Deeper",
				"p nothing.":     "",
				"p len(poi":      "pointer",
			} {
				if _, words := complete(text); !slices.Equal(words, strings.Fields(want)) {
					t.Errorf("%q: got %q, want %q", text, words, want)
				}
			}
			return "", io.EOF
		},
	})
	if err != nil || !asked {
		t.Errorf("got error %v, and ReadLine called: %t", err, asked)
	}
}
