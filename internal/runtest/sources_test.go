package runtest

import (
	"os"
	"path/filepath"
	"testing"

	"coredumpy"
)

// TestSourcesBuilt checks that the source files of a dump are those of the program: not those beside it
// that are for another system or never built, nor the other programs beside a file that go run
// was given.
func TestSourcesBuilt(t *testing.T) {
	needLinux(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module example.com/crash\n\ngo 1.24\n",
		"main.go":      "package main\n\nfunc main() { panic(1) }\n",
		"h_linux.go":   "package main\n\nfunc helper() int { return 1 }\n",
		"h_windows.go": "package main\n\nfunc helper() int { return 2 }\n",
		"tagged.go":    "//go:build special\n\npackage main\n",
		"types.go":     "package main\n\ntype unused int\n",
		"gen.go":       "// Text.\n\n//go:build ignore\n\npackage main\n\nfunc main() { println() }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		args []string
		want map[string]bool
	}{
		{[]string{"go", "run", "."}, map[string]bool{"main.go": true, "h_linux.go": true, "types.go": true,
			"h_windows.go": false, "tagged.go": false, "gen.go": false}},
		{[]string{"go", "run", "-tags=other,special", "."}, map[string]bool{"main.go": true, "tagged.go": true,
			"gen.go": false}},
		{[]string{"go", "run", "main.go"}, map[string]bool{"main.go": true, "h_linux.go": false, "types.go": false,
			"gen.go": false}},
	} {
		got, dumps := watchIn(t, dir, nil, tt.args...)
		if len(dumps) != 1 {
			t.Fatalf("%q: got %d dumps and %+v, want one", tt.args, len(dumps), got)
		}
		core, err := coredumpy.Open(dumps[0])
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range tt.want {
			if _, ok := core.Source(filepath.Join(dir, name)); ok != want {
				t.Errorf("%q: got source of %s: %t, want %t", tt.args, name, ok, want)
			}
		}
	}
}
