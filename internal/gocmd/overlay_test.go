package gocmd

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMergeOverlays(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	ours := at("ours.json")
	data := `{"Replace": {"` + filepath.ToSlash(at("tree/src/runtime/panic.go")) + `": "` + filepath.ToSlash(at("panic.go")) + `"}}`
	writeFile(t, ours, data)
	for _, test := range []struct {
		user string
		want map[string]string // added to ours; names below dir
		err  string
	}{
		{`{}`, nil, ""},
		{`{"Replace": {"a.go": "b.go", "sub/../c.go": ""}, "Other": 1}`,
			map[string]string{"a.go": "b.go", "c.go": ""}, ""},
		{`{"Replace": {"goroot/src/fmt/print.go": "print.go"}}`,
			map[string]string{"tree/src/fmt/print.go": "print.go"}, ""},
		{`{"Replace": {"gorootless/x.go": "x.go"}}`, map[string]string{"gorootless/x.go": "x.go"}, ""},
		{`{"Replace": {"goroot/src/runtime/panic.go": "panic.go"}}`, nil, ""}, // the same
		{`{"Replace": {"goroot/src/runtime/panic.go": "mine.go"}}`, nil, "panic.go"},
		{`{"Replace": {"tree/src/runtime/../runtime/panic.go": ""}}`, nil, "panic.go"},
		{`{"Replace": {"a.go": "b.go", "./a.go": "c.go"}}`, nil, "a.go"},
		{`{"Replace": {"": "b.go"}}`, nil, "empty file name"},
		{`{"Replace": 1`, nil, "user.json"},
	} {
		writeFile(t, at("user.json"), test.user)
		e := testEnv("m")
		e.Base, e.GOROOT = dir, at("goroot")
		opts := Options{Overlay: ours, GOROOT: at("tree"), Temp: t.TempDir()}
		c, err := Instrument(e, []string{"go", "test", "-overlay", "user.json"}, nil, opts)
		if err != nil || test.err != "" {
			if err == nil || test.err == "" || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: got error %v, want one with %q", test.user, err, test.err)
			}
			continue
		}
		i := slices.IndexFunc(c.Args, func(a string) bool { return strings.HasPrefix(a, "-overlay=") })
		name := strings.TrimPrefix(c.Args[i], "-overlay=")
		if filepath.Dir(name) != opts.Temp {
			t.Errorf("%s: got it in %s, want it in %s", test.user, name, opts.Temp)
		}
		merged, err := readOverlay(name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{at("tree/src/runtime/panic.go"): at("panic.go")}
		for from, to := range test.want {
			if to != "" {
				to = at(to)
			}
			want[at(from)] = to
		}
		if !maps.Equal(merged.Replace, want) {
			t.Errorf("%s: got %q, want %q", test.user, merged.Replace, want)
		}
		c.Cleanup()
		if _, err := os.Stat(name); !os.IsNotExist(err) {
			t.Errorf("%s: Cleanup left %s: %v", test.user, name, err)
		}
	}
}

// TestOverlayPlace wants the last of several overlays to count, and all of them
// replaced.
func TestOverlayPlace(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "ours.json"), `{}`)
	writeFile(t, filepath.Join(dir, "sub", "good.json"), `{"Replace": {"x": "y"}}`)
	e := testEnv("m")
	e.Base, e.GOFLAGS = dir, "-overlay=missing.json"
	opts := Options{Overlay: filepath.Join(dir, "ours.json"), Optimise: true}
	args := []string{"go", "test", "-C", "sub", "-overlay=bad.json", ".", "--overlay", "good.json"}
	c, err := Instrument(e, args, nil, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Cleanup()
	if len(c.Args) != 8 || c.Args[5] != c.Args[7] || !strings.HasPrefix(c.Args[5], "-overlay=") {
		t.Errorf("got %q, want both replaced by the same", c.Args)
	}
	merged, err := readOverlay(strings.TrimPrefix(c.Args[5], "-overlay="))
	if err != nil || merged.Replace[filepath.Join(dir, "sub", "x")] != filepath.Join(dir, "sub", "y") {
		t.Errorf("got %v, error %v", merged, err)
	}
	// An empty -overlay on the command line switches off the one in GOFLAGS.
	c, err = Instrument(e, []string{"go", "test", "-overlay="}, nil, opts)
	if err != nil || c.Args[len(c.Args)-1] != "-overlay="+opts.Overlay {
		t.Errorf("got %v, error %v", c, err)
	}
}
