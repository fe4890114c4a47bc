package vendoring

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// small returns a source with everything that matters.
func small() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"LICENSE":                         "Apache-2.0\n",
		"README.md":                       "# coredumpy\n",
		"coredumpy.go":                    "package coredumpy\n\nimport \"coredumpy/internal/ask\"\n\n// \"coredumpy/internal/ask\" in a comment\nconst path = \"coredumpy/internal/ask\" + ask.Path\n",
		"coredumpy_test.go":               "package coredumpy_test\n",
		"cmd/coredumpy/main.go":           "package main\n\nimport (\n\tdump \"coredumpy\"\n\t\"coredumpyx\"\n\t\"embed\"\n)\n\n//go:embed text/*.txt more\nvar f embed.FS\n",
		"cmd/coredumpy/text/a.txt":        "a",
		"cmd/coredumpy/text/a.md":         "not embedded",
		"cmd/coredumpy/more/b/c":          "c",
		"cmd/coredumpy/more/.hidden":      "",
		"cmd/coredumpy/more/_no/d":        "",
		"cmd/coredumpy/testdata/help.txt": "",
		"cmd/coredumpy/demo/main.go":      "package main\n",
		"internal/ask/ask.go":             "package ask\n\nimport _ `coredumpy/internal/deep/er`\n\nconst Path = \"\"\n",
		"internal/ask/ask_amd64.s":        "RET\n",
		"internal/ask/_old.go":            "package old\n",
		"internal/deep/er/er.go":          "package er\n",
		"internal/testonly/t.go":          "package testonly\n",
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestRead(t *testing.T) {
	got, err := Read(small(), "coredumpy", "example.com/shop/dump")
	if err != nil {
		t.Fatal(err)
	}
	const want = "LICENSE cmd/coredumpy/demo/main.go cmd/coredumpy/main.go cmd/coredumpy/more/b/c cmd/coredumpy/text/a.txt " +
		"coredumpy.go internal/ask/ask.go internal/ask/ask_amd64.s internal/deep/er/er.go"
	if names := strings.Join(got.names(), " "); names != want {
		t.Errorf("got files\n%s\nwant\n%s", names, want)
	}
	for name, want := range map[string]string{
		"coredumpy.go":          "package coredumpy\n\nimport \"example.com/shop/dump/internal/ask\"\n\n// \"coredumpy/internal/ask\" in a comment\nconst path = \"coredumpy/internal/ask\" + ask.Path\n",
		"cmd/coredumpy/main.go": "package main\n\nimport (\n\tdump \"example.com/shop/dump\"\n\t\"coredumpyx\"\n\t\"embed\"\n)\n\n//go:embed text/*.txt more\nvar f embed.FS\n",
		"internal/ask/ask.go":   "package ask\n\nimport _ \"example.com/shop/dump/internal/deep/er\"\n\nconst Path = \"\"\n",
	} {
		if string(got[name]) != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got[name], want)
		}
	}
}

func TestReadIncomplete(t *testing.T) {
	for _, tt := range []struct{ remove, add, text, want string }{
		{"LICENSE", "", "", "open LICENSE"},
		{"internal/deep/er/er.go", "", "", "internal/deep/er"},
		{"cmd/coredumpy/demo/main.go", "cmd/coredumpy/demo/x.txt", "", "no Go file in coredumpy/cmd/coredumpy/demo"},
		{"cmd/coredumpy/text/a.txt", "", "", "no file cmd/coredumpy/text/*.txt"},
		{"", "broken.go", "package", "broken.go"},
		{"", "quoted.go", "package coredumpy\n\n//go:embed \"a b\"\nvar x string\n", "only plain patterns"},
	} {
		source := small()
		delete(source, tt.remove)
		if tt.add != "" {
			source[tt.add] = &fstest.MapFile{Data: []byte(tt.text)}
		}
		if _, err := Read(source, "coredumpy", "x/y"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("without %q, with %q: got error %v, want one with %q", tt.remove, tt.add, err, tt.want)
		}
	}
}

func TestImportPath(t *testing.T) {
	top := t.TempDir()
	for name, text := range map[string]string{
		"shop/go.mod":       "module example.com/shop // comment\n\ngo 1.24\n",
		"quoted/go.mod":     "module (\n\t\"example.com/quoted\"\n)\n\ngo 1.26.1\n\nrequire (\n\tx v1.0.0\n)\n",
		"old/go.mod":        "module example.com/old\n\ngo 1.23.4\n",
		"ancient/go.mod":    "module example.com/ancient\n",
		"nameless/go.mod":   "go 1.24\n",
		"dotted/go.mod":     "module example.com\n\ngo 1.24\n",
		"shop/inner/go.mod": "module example.com/inner\n\ngo 1.24\n",
	} {
		write(t, filepath.Join(top, filepath.FromSlash(name)), text)
	}
	for _, tt := range []struct{ dir, as, want, wrong string }{
		{dir: "shop/third_party/coredumpy", want: "example.com/shop/third_party/coredumpy"},
		{dir: "shop", want: "example.com/shop"},
		{dir: "shop/inner/x/../dump", want: "example.com/inner/dump"},
		{dir: "quoted/dump", want: "example.com/quoted/dump"},
		{dir: "shop/dump", as: "example.org/dump", want: "example.org/dump"},
		{dir: "none/dump", as: "example.org/dump", want: "example.org/dump"},
		{dir: "dotted/dump", want: "example.com/dump"},
		{dir: "none/dump", wrong: "go mod init"},
		{dir: "old/dump", wrong: "go mod edit -go=1.24"},
		{dir: "old/dump", as: "example.org/dump", wrong: "Go 1.23.4"},
		{dir: "ancient/dump", wrong: "go mod edit -go=1.24"},
		{dir: "nameless/dump", wrong: "names no module"},
		{dir: "dotted", wrong: "a dot"},
		{dir: "shop/dump.v2", wrong: "a dot"},
		{dir: "shop/my dump", wrong: "must not contain ' '; name another directory"},
		{dir: "shop/vendor/dump", wrong: "go mod vendor"},
		{dir: "shop/.dump", wrong: "begins or ends with a dot"},
		{dir: "shop/dump", as: "a//b", wrong: "empty"},
		{dir: "shop/dump", as: "/a/b", wrong: "empty"},
		{dir: "shop/dump", as: "a/../b", wrong: "dot"},
		{dir: "shop/dump", as: "-a/b", wrong: "begins with -"},
		{dir: "shop/dump", as: "a/\"b", wrong: `must not contain '"'`},
		{dir: "shop/dump", as: "a/ü", wrong: "must not contain 'ü'"},
	} {
		got, err := ImportPath(filepath.Join(top, filepath.FromSlash(tt.dir)), tt.as)
		switch {
		case tt.wrong == "" && (err != nil || got != tt.want):
			t.Errorf("%s as %q: got %q, %v, want %q", tt.dir, tt.as, got, err, tt.want)
		case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
			t.Errorf("%s as %q: got %q, %v, want an error with %q", tt.dir, tt.as, got, err, tt.wrong)
		}
	}
}

// The minimum version of Go is the one in go.mod.
func TestMinimum(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if got := parseModule(string(text)); *got != (module{"coredumpy", minimum}) {
		t.Errorf("got %+v in go.mod, want coredumpy for Go %s", got, minimum)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
