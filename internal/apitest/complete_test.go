package apitest

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"coredumpy"
)

type completed struct {
	Name  string
	inner struct{ Deep, Deeper int }
}

// Completion at a prompt offers commands, variables and fields.
func TestComplete(t *testing.T) {
	core := take(t, coredumpy.Var("value", completed{}), coredumpy.Var("pointer", &completed{}),
		coredumpy.Var("list", []completed{{}}))
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

// Source returns the text of the files on the stack, whatever name the dump has.
func TestSource(t *testing.T) {
	var file bytes.Buffer
	if err := coredumpy.DumpTo(&file); err != nil {
		t.Fatal(err)
	}
	d := read(t, file.Bytes())
	top := d.current(t).Frames[0]
	want, err := os.ReadFile(top.File)
	if err != nil {
		t.Skip("built with -trimpath: ", err)
	}
	if got, ok := d.Source(top.File); !ok || got != string(want) {
		t.Errorf("got source %v of %d bytes, want the %d of %s", ok, len(got), len(want), top.File)
	}
	if _, ok := d.Source("/no/such/file.go"); ok {
		t.Error("got source of a file that isn't on the stack")
	}
}
