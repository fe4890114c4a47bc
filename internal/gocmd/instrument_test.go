package gocmd

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// testEnv returns an Env for tests that run nothing.
func testEnv(modules ...string) Env {
	return Env{
		Go: "/go/bin/go", Base: "/base", Dir: "/base", GOROOT: "/go", GOVERSION: "go1.26.8",
		GOOS: "linux", GOARCH: "amd64", GOHOSTOS: "linux", GOHOSTARCH: "amd64",
		Modules: modules,
	}
}

// overlayName is a file that nothing reads.
var overlayName, _ = filepath.Abs("/overlay.json")

// In the table O stands for the overlay, L for the linker's flags, C for the
// compiler's of run and test, B for those of build.
var abbreviations = strings.NewReplacer(
	"{O}", "-overlay="+overlayName,
	"{L}", "-w=0 -s=0 -compressdwarf=false",
	"{C}", "-dwarf=true -N -l=1",
	"{B}", "-N -l=1",
)

const testLine, runLine = "go test '-ldflags={L}' '-gcflags=m/...={C}' {O}", "go run '-ldflags={L}' '-gcflags=m/...={C}' {O}"

// instrumented are command lines and what becomes of them.
var instrumented = []struct {
	line, goflags string
	modules       string // "m" when empty, "-" for none
	optimise      bool
	want          string
}{
	// What is added.
	{line: "go test", want: testLine},
	{line: "go test ./... -run Login -race", want: testLine + " ./... -run Login -race"},
	{line: "go run . -ldflags=-s", want: runLine + " . -ldflags=-s"},
	{line: "go build -o x .", want: "go build '-gcflags=m/...={B}' {O} -o x ."},
	{line: "go install ./...", want: "go install '-gcflags=m/...={B}' {O} ./..."},
	{line: "go test -c -o x .", want: "go test '-gcflags=m/...={B}' {O} -c -o x ."},
	{line: "go test -C d -v", want: "go test -C d '-ldflags={L}' '-gcflags=m/...={C}' {O} -v"},
	{line: "go -C=d test -v", want: "go -C=d test '-ldflags={L}' '-gcflags=m/...={C}' {O} -v"},
	{line: "go test . -args -gcflags=-S", want: testLine + " . -args -gcflags=-S"},
	{line: "go test . -custom -ldflags=-s x", want: testLine + " . -custom '-ldflags=-s {L}' x"},

	// Which packages.
	{line: "go test", modules: "a.b/c d",
		want: "go test '-ldflags={L}' '-gcflags=a.b/c/...={C}' '-gcflags=d/...={C}' {O}"},
	{line: "go run x.go", modules: "-", want: "go run '-ldflags={L}' '-gcflags=command-line-arguments={C}' {O} x.go"},
	{line: "go run x.go",
		want: "go run '-ldflags={L}' '-gcflags=m/...={C}' '-gcflags=command-line-arguments={C}' {O} x.go"},
	{line: "go test", modules: "-", want: "go test '-ldflags={L}' '-gcflags={C}' {O}"},
	{line: "go build ./x", modules: "-", want: "go build '-gcflags={B}' {O} ./x"},
	{line: "go run a.b/c@v1.2.3 -h", modules: "-",
		want: "go run '-ldflags={L}' '-gcflags=a.b/c/...={C}' {O} a.b/c@v1.2.3 -h"},
	{line: "go install github.com/a/b/cmd/c@latest", modules: "-",
		want: "go install '-gcflags=github.com/a/b/...={B}' {O} github.com/a/b/cmd/c@latest"},
	{line: "go test fmt", want: testLine + " fmt"},
	{line: "go test std", modules: "std", want: "go test '-ldflags={L}' {O} std"},
	{line: "go test all", want: testLine + " all"},
	{line: "go test m/x m", want: testLine + " m/x m"},
	{line: "go test a.b/c a.b/d/...", want: "go test '-ldflags={L}' '-gcflags=m/...={C}' '-gcflags=a.b/c={C}' '-gcflags=a.b/d/...={C}' {O} a.b/c a.b/d/..."},
	{line: "go run cmd/asm", want: "go run '-ldflags={L}' '-gcflags=m/...={C}' '-gcflags=cmd/asm={C}' {O} cmd/asm"},

	// The user's linker flags.
	{line: "go test '-ldflags=-X=a=b -s' .", want: testLine + " '-ldflags=-X=a=b -s {L}' ."},
	{line: "go test . -ldflags '-s -w' -v", want: testLine + " . '-ldflags=-s -w {L}' -v"},
	{line: "go test -ldflags= .", want: testLine + " '-ldflags={L}' ."},
	{line: "go run -ldflags m/cmd=-s ./cmd", want: runLine + " '-ldflags=m/cmd=-s {L}' ./cmd"},
	{line: "go run -ldflags=m= .", want: runLine + " '-ldflags=m={L}' ."},
	{line: "go build '-ldflags=-s -w' .", want: "go build '-gcflags=m/...={B}' {O} '-ldflags=-s -w' ."},
	{line: `go run "-ldflags=-X 'a.b=c d'" .`, want: runLine + ` "-ldflags=-X 'a.b=c d' {L}" .`},
	{line: "go test -ldflags=bad .", want: testLine + " -ldflags=bad ."},
	{line: "go test .", goflags: "'-ldflags=-X=a=b -s'",
		want: "go test '-ldflags={L}' '-ldflags=-X=a=b -s {L}' '-gcflags=m/...={C}' {O} ."},
	{line: "go test -ldflags=-s .", goflags: "-ldflags=-w",
		want: "go test '-ldflags={L}' '-ldflags=-w {L}' '-gcflags=m/...={C}' {O} '-ldflags=-s {L}' ."},

	// The user's compiler flags.
	{line: "go test -gcflags=-S .", want: testLine + " '-gcflags=-S {C}' ."},
	{line: "go test '-gcflags=-N -l' .", want: testLine + " '-gcflags=-N -l {C}' ."},
	{line: "go test -gcflags '' .", want: testLine + " '-gcflags={C}' ."},
	{line: "go test -gcflags=all=-S .", want: testLine + " -gcflags=all=-S '-gcflags=m/...=-S {C}' ."},
	{line: "go test -gcflags=...=-S .", want: testLine + " -gcflags=...=-S '-gcflags=m/...=-S {C}' ."},
	{line: "go test -gcflags work=-S .", want: testLine + " -gcflags=work=-S '-gcflags=m/...=-S {C}' ."},
	{line: "go test -gcflags=std=-S .", want: testLine + " -gcflags=std=-S ."},
	{line: "go test -gcflags=a.b/...=-S .", want: testLine + " -gcflags=a.b/...=-S ."},
	{line: "go test -gcflags=m=-S .", want: testLine + " '-gcflags=m=-S {C}' ."},
	{line: "go test -gcflags=mm=-S .", want: testLine + " -gcflags=mm=-S ."},
	{line: "go test -gcflags=m/a/...=-S .", want: testLine + " '-gcflags=m/a/...=-S {C}' ."},
	{line: "go test -gcflags=m/...=-S .", want: testLine + " '-gcflags=m/...=-S {C}' ."},
	{line: "go test -gcflags=m...=-S .", want: testLine + " -gcflags=m...=-S '-gcflags=m/...=-S {C}' ."},
	{line: "go test -gcflags=.../x=-S .", want: testLine + " '-gcflags=.../x=-S {C}' ."},
	{line: "go test -gcflags=./...=-S .", want: testLine + " '-gcflags=./...=-S {C}' ."},
	{line: "go test -gcflags=tool=-S .", want: testLine + " '-gcflags=tool=-S {C}' ."},
	{line: "go test -gcflags=all= .", want: testLine + " -gcflags=all= '-gcflags=m/...={C}' ."},
	{line: `go test '-gcflags=all="-S"' .`, modules: "-",
		want: `go test '-ldflags={L}' '-gcflags={C}' {O} '-gcflags=all="-S"' '-gcflags=-dwarf=true "-S" {C}' .`},
	{line: "go test -gcflags=cmd=-S -gcflags=x=-e", modules: "-",
		want: "go test '-ldflags={L}' '-gcflags={C}' {O} -gcflags=cmd=-S '-gcflags=x=-e {C}'"},
	{line: "go run -gcflags=x...=-S x.go", modules: "-",
		want: "go run '-ldflags={L}' '-gcflags=command-line-arguments={C}' {O} -gcflags=x...=-S x.go"},
	{line: "go run -gcflags=c...=-S x.go", modules: "-", want: "go run '-ldflags={L}' '-gcflags=command-line-arguments={C}' {O} -gcflags=c...=-S '-gcflags=command-line-arguments=-S {C}' x.go"},
	{line: "go build -gcflags=-S -gcflags=all=-e",
		want: "go build '-gcflags=m/...={B}' {O} '-gcflags=-S {B}' -gcflags=all=-e '-gcflags=m/...=-e {B}'"},
	{line: "go test -gcflags=-e", goflags: "-gcflags=all=-S", want: "go test '-ldflags={L}' '-gcflags=m/...={C}' -gcflags=all=-S '-gcflags=m/...=-S {C}' {O} '-gcflags=-e {C}'"},

	// With optimisation.
	{line: "go test -gcflags=-S .", optimise: true, want: "go test '-ldflags={L}' {O} -gcflags=-S ."},
	{line: "go run .", optimise: true, want: "go run '-ldflags={L}' '-gcflags=m/...=-dwarf=true' {O} ."},
	{line: "go build .", optimise: true, want: "go build {O} ."},

	// Others are left alone.
	{line: "go vet ./...", want: "go vet ./..."},
	{line: "go generate -x", want: "go generate -x"},
	{line: "go mod tidy", want: "go mod tidy"},
	{line: "go tool pprof x", want: "go tool pprof x"},
	{line: "go env -json", want: "go env -json"},
	{line: "go list -gcflags=-S ./...", want: "go list -gcflags=-S ./..."},
	{line: "go", want: "go"},
}

func TestInstrument(t *testing.T) {
	for _, row := range instrumented {
		e := testEnv("m")
		switch row.modules {
		case "":
		case "-":
			e.Modules = nil
		default:
			e.Modules = strings.Fields(row.modules)
		}
		e.GOFLAGS = row.goflags
		c, err := Instrument(e, words(t, row.line), []string{"A=b"}, Options{Overlay: overlayName, Optimise: row.optimise})
		if err != nil {
			t.Errorf("%s: %v", row.line, err)
			continue
		}
		if want := words(t, abbreviations.Replace(row.want)); !slices.Equal(c.Args, want) {
			t.Errorf("%s (GOFLAGS %s):\n got %q\nwant %q", row.line, row.goflags, c.Args, want)
		}
		if c.Watched != strings.Contains(row.want, "{O}") || c.Path != "/go/bin/go" || c.Dir != "/base" ||
			!slices.Equal(c.Env, []string{"A=b"}) {
			t.Errorf("%s: got watched %v, path %q in %q with %q", row.line, c.Watched, c.Path, c.Dir, c.Env)
		}
		c.Cleanup()
	}
}

func TestToolchain(t *testing.T) {
	env := []string{"GOROOT=/old", "X=y", "GOTOOLCHAIN=go1.25.5"}
	c, err := Instrument(testEnv("m"), []string{"go", "test"}, env, Options{GOROOT: "/tree"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(c.Env, " "), "X=y GOTOOLCHAIN=go1.25.5 GOROOT=/tree"; got != want {
		t.Errorf("got environment %q, want %q", got, want)
	}
	if want := filepath.Join("/tree", "bin", "go"+exeSuffix()); c.Path != want {
		t.Errorf("got %q, want %q", c.Path, want)
	}
	if env[0] != "GOROOT=/old" {
		t.Errorf("the caller's environment was changed to %q", env)
	}
}

func TestOtherPlatform(t *testing.T) {
	for _, test := range []struct {
		line, os, arch, host string
		refused              bool
	}{
		{"go run .", "windows", "amd64", "amd64", true},
		{"go test", "linux", "riscv64", "amd64", true},
		{"go test", "linux", "arm64", "amd64", true},
		{"go test", "linux", "arm64", "arm64", false},
		{"go run -compiler gccgo .", "linux", "amd64", "amd64", true},
		{"go run -compiler=gc .", "linux", "amd64", "amd64", false},
		{"go build", "darwin", "arm64", "amd64", false},
		{"go install", "linux", "386", "amd64", false},
		{"go test -c", "linux", "arm", "amd64", false},
		{"go test -c=false", "linux", "arm", "amd64", true},
		{"go vet", "windows", "amd64", "amd64", false},
	} {
		e := testEnv("m")
		e.GOOS, e.GOARCH, e.GOHOSTARCH = test.os, test.arch, test.host
		args := strings.Fields(test.line)
		c, err := Instrument(e, args, nil, Options{Overlay: overlayName})
		if test.refused {
			if err == nil {
				t.Errorf("%s for %s/%s: got %q, want an error", test.line, test.os, test.arch, c.Args)
			} else if !strings.Contains(test.line, "gccgo") && !errors.Is(err, errPlatform) {
				t.Errorf("%s for %s/%s: got %v, want errPlatform", test.line, test.os, test.arch, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s for %s/%s: %v", test.line, test.os, test.arch, err)
			continue
		}
		own := test.arch == test.host && test.os == "linux"
		subcommand := args[1] != "vet"
		if c.Watched != own || !own && !slices.Equal(c.Args, args) || (len(c.Warnings) == 1) != (!own && subcommand) {
			t.Errorf("%s for %s/%s: got %q, watched %v, warnings %q", test.line, test.os, test.arch, c.Args, c.Watched,
				c.Warnings)
		}
	}
}

func TestStrippedWarning(t *testing.T) {
	for _, test := range []struct {
		line, goflags string
		warn          bool
	}{
		{"go build '-ldflags=-s -w' .", "", true},
		{"go build -ldflags=-w .", "", true},
		{"go build --ldflags --s .", "", true},
		{"go build -ldflags=m/x=-w .", "", true},
		{"go install .", "-ldflags=-s", true},
		{"go test -c -ldflags=-w=true", "", true},
		{"go build '-ldflags=-s -w=0' .", "", false},
		{"go build '-ldflags=-w -w=false' .", "", false},
		{"go build '-ldflags=-X m.w=-w -extldflags -s' .", "", false},
		{"go build '-ldflags=-extldflags=-static -s' .", "", true},
		{"go build -ldflags=-X=m.s=-s .", "", false},
		{"go build .", "", false},
		{"go test -ldflags=-s .", "", false},
		{"go run -ldflags=-s .", "", false},
	} {
		e := testEnv("m")
		e.GOFLAGS = test.goflags
		c, err := Instrument(e, words(t, test.line), nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.Warnings) > 0; got != test.warn {
			t.Errorf("%s: got warnings %q, want any: %v", test.line, c.Warnings, test.warn)
		}
	}
}

func TestIsPackage(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(name string, mode os.FileMode) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	exe := exeSuffix()
	write("main.go", 0o644)
	write("server"+exe, 0o755)
	write("notes.txt", 0o644)
	write("bin/server"+exe, 0o755)
	write("cmd/server/main.go", 0o644)
	write("path/tool"+exe, 0o755)
	t.Setenv("PATH", filepath.Join(mustGetwd(t), "path"))
	for _, test := range []struct {
		arg  string
		want string // package, file, or a part of the error
	}{
		{".", "package"},
		{"./cmd/server", "package"},
		{"./...", "package"},
		{"cmd/server", "package"},
		{"example.com/x/y", "package"},
		{"example.com/x@latest", "package"},
		{"mymodule", "package"},
		{"main.go", "package"},
		{"-race", "package"},
		{mustGetwd(t), "package"},
		{"./server" + exe, "file"},
		{"bin/server" + exe, "file"},
		{filepath.Join(mustGetwd(t), "bin", "server"+exe), "file"},
		{"tool" + exe, "file"},
		{"server" + exe, `write "./server`},
		{"./notes.txt", "chmod +x"},
		{"./nowhere", "existing directory"},
		{"nowhere.go", "existing .go file"},
		{"", "name a package"},
	} {
		if runtime.GOOS == "windows" && strings.HasPrefix(test.want, "write") {
			continue // Windows looks for a name without a directory here, too
		}
		isPackage, err := IsPackage(test.arg)
		got := map[bool]string{true: "package", false: "file"}[isPackage]
		if err != nil {
			got = err.Error()
			if !strings.Contains(got, test.arg) {
				t.Errorf("%q: error %q doesn't name it", test.arg, got)
			}
		}
		if got != test.want && (err == nil || !strings.Contains(got, test.want)) {
			t.Errorf("%q: got %s, want %s", test.arg, got, test.want)
		}
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// The cover tool doesn't support overlays.
func TestCoverageOfStandardLibrary(t *testing.T) {
	e, err := Query("go", ".", nil)
	if err != nil {
		t.Fatal(err)
	}
	for pattern, bad := range map[string]bool{"all": true, "./...,std": true, "...": true, "./...": false,
		"example.com/all": false} {
		c, err := Instrument(e, []string{"go", "test", "-coverpkg=" + pattern, "."}, nil, Options{})
		if c != nil {
			c.Cleanup()
		}
		if bad != (err != nil) {
			t.Errorf("%s: got error %v, want one: %v", pattern, err, bad)
		}
	}
}
