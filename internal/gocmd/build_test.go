package gocmd

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestBuild(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the table has Unix file names")
	}
	out := t.TempDir()
	abbreviations := strings.NewReplacer("{out}", out, "{F}", "'-ldflags=-w=0 -s=0 -compressdwarf=false' '-gcflags=m/...=-dwarf=true -N -l=1' -overlay=/overlay.json")
	build := "go build -o {out} -buildvcs=false {F} "
	install := "go install -buildvcs=false '-ldflags=-w=0 -s=0 -compressdwarf=false' '-gcflags=m/...=-dwarf=true -N -l=1' "
	for _, test := range []struct {
		line, goflags string
		build         string
		program       string
		dir           string // "/base" when empty
		err           string
	}{
		{line: ".", build: build + ".", program: "{out}"},
		{line: "./cmd/server -addr :8080", build: build + "./cmd/server", program: "{out} -addr :8080"},
		{line: "-race -tags=a . -race", build: build + "-race -tags=a .", program: "{out} -race"},
		{line: "-C d . -C e", build: build + ".", program: "{out} -C e", dir: "/base/d"},
		{line: "-C /d -v .", build: build + "-v .", program: "{out}", dir: "/d"},
		{line: "-ldflags=-s .", build: build + "'-ldflags=-s -w=0 -s=0 -compressdwarf=false' .", program: "{out}"},
		{line: "-exec 'env A=b' . x", build: build + ".", program: "env A=b {out} x"},
		{line: "-exec= -v .", goflags: "-exec=env", build: build + "-v .", program: "{out}"},
		{line: ".", goflags: "-exec=env", build: build + ".", program: "env {out}"},
		{line: "-buildvcs=auto .", build: "go build -o {out} {F} -buildvcs=auto .", program: "{out}"},
		{line: ".", goflags: "-buildvcs=true", build: "go build -o {out} {F} .", program: "{out}"},
		{line: "-n .", build: build + "-n ."},
		{line: "-- . -v", build: build + "-- .", program: "{out} -v"},
		{line: "a.b/c/cmd/d/v2@v2.0.1 -h", build: install + "'-gcflags=a.b/c/cmd/d/v2/...=-dwarf=true -N -l=1' -overlay=/overlay.json a.b/c/cmd/d/v2@v2.0.1",
			program: "{out}/d -h"},
		{line: "github.com/a/b@latest", build: install + "'-gcflags=github.com/a/b/...=-dwarf=true -N -l=1' -overlay=/overlay.json github.com/a/b@latest",
			program: "{out}/b"},

		{line: "-v", err: "no package"},
		{line: "", err: "no package"},
		{line: "-addr :8080 .", err: `"-addr"`},
		{line: "-o x .", err: `"-o"`},
		{line: "- .", err: `"-"`},
		{line: "x.go x_test.go", err: "use go test"},
		{line: "-exec \"'a\" .", err: "-exec"},
		{line: "-compiler=gccgo .", err: "gccgo"},
	} {
		e := testEnv("m")
		e.GOFLAGS = test.goflags
		c, program, err := Build(e, words(t, test.line), []string{"A=b"}, Options{Overlay: "/overlay.json"}, out)
		if err != nil || test.err != "" {
			if err == nil || test.err == "" || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: got %v, error %v, want one with %q", test.line, program, err, test.err)
			}
			continue
		}
		if want := words(t, abbreviations.Replace(test.build)); !slices.Equal(c.Args, want) {
			t.Errorf("%s:\n got %q\nwant %q", test.line, c.Args, want)
		}
		if want := words(t, abbreviations.Replace(test.program)); !slices.Equal(program, want) {
			t.Errorf("%s: got program %q, want %q", test.line, program, want)
		}
		dir := test.dir
		if dir == "" {
			dir = "/base"
		}
		if c.Dir != filepath.FromSlash(dir) {
			t.Errorf("%s: got directory %q, want %q", test.line, c.Dir, dir)
		}
		bin := strings.Contains(strings.Join(c.Env, " "), "GOBIN="+out)
		if bin != strings.HasPrefix(test.build, "go install") || !slices.Contains(c.Env, "A=b") {
			t.Errorf("%s: got environment %q", test.line, c.Env)
		}
	}
}

// TestName wants the name that go run gives to a program of files.
func TestName(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a_windows.go": "package main\n", "b.go": "//go:build special\n\npackage main\n",
		"c.go": "package main\n\nimport \"C\"\n", "d.go": "package main\n", "e.go": "package main\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ line, want string }{
		{"e.go", "e"},
		{"e.go d.go x", "d"},
		{"./e.go c.go", "e"},
		{"c.go", "c"},
		{"e.go b.go a_windows.go", "e"},
		{"-tags=other,special e.go b.go", "b"},
	} {
		e := testEnv("m")
		e.Base, e.GOOS = dir, "linux"
		if got := Name(e, words(t, test.line), ""); got != test.want+exeSuffix() {
			t.Errorf("%s: got %q, want %q", test.line, got, test.want)
		}
	}
}
