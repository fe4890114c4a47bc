package apitest

import (
	"bytes"
	gobuild "go/build"
	"io"
	"os"
	"path/filepath"
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
			for text, want := range map[string][]string{
				"gorout":         {"goroutine ", "goroutines "}, // a space ends a word that is whole
				"help wha":       {"whatis "},
				"p val":          {"value"},
				"p value.":       {"Name", "inner"},
				"p pointer.N":    {"Name"},
				"p list[0].inn":  {"inner"},
				"p value.inner.": {"Deep", "Deeper"},
				"p nothing.":     nil,
				"p len(poi":      {"pointer"},
			} {
				if _, words := complete(text); !slices.Equal(words, want) {
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

// A dump has all files of the program's own packages on the stack that were built, and of other files
// the functions on the stack, or all with WholeSources.
func TestSourceFiles(t *testing.T) {
	built := gobuild.Default
	if raceDetector {
		built.BuildTags = []string{"race"}
	}
	config := coredumpy.Config
	defer func() { coredumpy.Config = config }()
	for _, whole := range []bool{false, true} {
		coredumpy.Config.WholeSources = whole
		var file bytes.Buffer
		if err := coredumpy.DumpTo(&file); err != nil {
			t.Fatal(err)
		}
		d := read(t, file.Bytes())
		frames := d.current(t).Frames
		if _, err := os.Stat(frames[0].File); err != nil {
			t.Skip("built with -trimpath: ", err)
		}
		own, err := filepath.Glob(filepath.Join(filepath.Dir(frames[0].File), "*.go"))
		if err != nil || len(own) < 10 {
			t.Fatalf("got %d files of this package, error %v", len(own), err)
		}
		for _, path := range own {
			want, err := built.MatchFile(filepath.Split(path))
			if _, ok := d.Source(path); ok != want || err != nil {
				t.Errorf("got source of %s: %t, want %t: it is of a package on the stack; error %v", path, ok, want, err)
			}
		}
		for _, f := range frames {
			want, err := os.ReadFile(f.File)
			if err != nil {
				continue // generated
			}
			text, ok := d.Source(f.File)
			got, lines := strings.Split(text, "\n"), strings.Split(string(want), "\n")
			switch {
			case !ok || len(got) != len(lines):
				t.Errorf("%s: got source %t of %d lines, want %d", f.File, ok, len(got), len(lines))
			case got[f.Line-1] != lines[f.Line-1]:
				t.Errorf("%s:%d: got %q, want %q", f.File, f.Line, got[f.Line-1], lines[f.Line-1])
			}
			if f.Func == "testing.tRunner" && (text == string(want)) != whole {
				t.Errorf("WholeSources %t: got all of %s: %t", whole, f.File, text == string(want))
			}
		}
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
