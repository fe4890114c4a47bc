package dump

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// What is read of the variables without decoding the goroutines is what decoding them says.
func TestStackVariables(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "recorded", "*.dump"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d dumps, %v", len(paths), err)
	}
	variables := 0
	for _, path := range paths {
		core, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		unreadable := map[int64]bool{} // of a forged dump
		for _, id := range core.Goroutines() {
			_, err := core.Goroutine(id)
			unreadable[id] = err != nil
		}
		collect := func(into *[]string) func(*stackVariable) {
			return func(v *stackVariable) {
				if unreadable[v.Goroutine] {
					return
				}
				line, _ := number(v.line, 0) // 0 isn't written
				*into = append(*into, fmt.Sprintf("%v %d %#x %d %s %v", v.Root, v.typ, v.addr, line, v.value, v.unset()))
			}
		}
		var got, want []string
		if err := core.stackVariables(collect(&got), func() bool { return false }); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for g, err := range core.AllGoroutines() {
			if err == nil {
				decodedVariables(g, collect(&want))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d variables, want %d:\n%.3000q\n%.3000q", path, len(got), len(want), got, want)
		}
		variables += len(want)
	}
	if variables < 1000 {
		t.Errorf("got %d variables in all, want more to compare", variables)
	}
}
