package gocmd

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTrialLine(t *testing.T) {
	const want = "go build -o /out -buildvcs=false '-ldflags=-s -w'"
	for _, row := range []struct{ line, goflags, want, key string }{
		{"go test ./...", "", want + " -overlay=/o /main.go", ""},
		{"go run . -race", "", want + " -overlay=/o /main.go", ""}, // the program's flag
		{"go test -run X -v -race -tags a,b ./... -custom", "", want + " -overlay=/o -race=true -tags=a,b /main.go",
			"-race=true -tags=a,b"},
		{"go build -o x -gcflags 'all=-N -l' -gcflags=-m -cover .", "",
			want + " -overlay=/o '-gcflags=all=-N -l' -gcflags=-m /main.go", "-gcflags=all=-N -l -gcflags=-m"},
		{"go build -buildmode=c-shared .", "", want + " -overlay=/o -buildmode=default /main.go", "-buildmode=default"},
		{"go build -buildmode pie .", "-buildmode=plugin",
			want + " -overlay=/o -buildmode=pie /main.go", "-buildmode=pie"},
		{"go test -x -overlay=u.json", "-x -json -mod=mod", want + " -x=false -json=false -overlay=/o /main.go", ""},
	} {
		e := testEnv("m")
		e.GOFLAGS = row.goflags
		c, key := Trial(e, words(t, row.line), Options{Overlay: "/o"}, "/main.go", "/out")
		if want := words(t, row.want); !slices.Equal(c.Args, want) || c.Path != "/go/bin/go" || c.Dir != "/base" {
			t.Errorf("%s (GOFLAGS %s):\n got %q in %q\nwant %q", row.line, row.goflags, c.Args, c.Dir, want)
		}
		if _, again := Trial(e, words(t, row.line), Options{}, "/other.go", "/other"); again != key {
			t.Errorf("%s: got keys %q and %q for the same flags", row.line, key, again)
		}
		for _, flag := range strings.Fields(row.key) {
			if !strings.Contains(key, flag) {
				t.Errorf("%s: got key %q, want %q in it", row.line, key, flag)
			}
		}
	}
	c, _ := Trial(testEnv("m"), words(t, "go -C d test"), Options{Overlay: "/o", GOROOT: "/link"}, "/main.go", "/out")
	if c.Path != filepath.Join("/link", "bin", "go"+exeSuffix()) || c.Dir != filepath.Join("/base", "d") ||
		!slices.Contains(c.Env, "GOROOT=/link") {
		t.Errorf("got %q in %q, want the go command of the other GOROOT in /base/d", c.Path, c.Dir)
	}
	// Without our overlay the user's isn't used, either.
	c, _ = Trial(testEnv("m"), words(t, "go test -overlay=u.json"), Options{}, "/main.go", "/out")
	if !slices.Contains(c.Args, "-overlay=") {
		t.Errorf("got %q, want no overlay", c.Args)
	}
}

func TestWhatIsBuilt(t *testing.T) {
	other := testEnv("m")
	other.GOOS = "plan9"
	for _, row := range []struct {
		e       Env
		line    string
		builds  bool
		prints  bool
		sub     string
		unknown string
	}{
		{testEnv("m"), "go test ./...", true, false, "test", ""},
		{testEnv("m"), "go build -n", true, true, "build", ""},
		{testEnv("m"), "go run -new=1 -old .", true, false, "run", "-new=1"},
		{testEnv("m"), "go test -new .", true, false, "test", ""}, // for the test binary, if not for a newer go test
		{testEnv("m"), "go run -compiler=gccgo .", false, false, "run", ""},
		{testEnv("m"), "go vet ./...", false, false, "", ""},
		{other, "go build", false, false, "build", ""},
	} {
		args := words(t, row.line)
		if got := Builds(row.e, args); got != row.builds {
			t.Errorf("%s for %s: got it builds: %t, want %t", row.line, row.e.GOOS, got, row.builds)
		}
		if got := Prints(row.e, args); got != row.prints {
			t.Errorf("%s: got it prints: %t, want %t", row.line, got, row.prints)
		}
		if got := Subcommand(row.e, args); got != row.sub {
			t.Errorf("%s: got subcommand %q, want %q", row.line, got, row.sub)
		}
		if got := UnknownFlag(row.e, args); got != row.unknown {
			t.Errorf("%s: got unknown flag %q, want %q", row.line, got, row.unknown)
		}
	}
}

// TestExec has go run and go test start programs through another one.
func TestExec(t *testing.T) {
	for _, row := range []struct {
		line, exec, want string
	}{
		{"go test ./...", "coredumpy run", "-exec=coredumpy run"},
		{"go run . x", `'my tool' run ''`, "-exec='my tool' run ''"},
		{"go test -exec=mine", "coredumpy run", "-exec=mine"},
		{"go test -c", "coredumpy run", ""},
		{"go build", "coredumpy run", ""},
	} {
		c, err := Instrument(testEnv("m"), words(t, row.line), nil, Options{Exec: words(t, row.exec)})
		if err != nil {
			t.Errorf("%s: %v", row.line, err)
			continue
		}
		var got string
		for _, arg := range c.Args {
			if strings.HasPrefix(arg, "-exec") {
				got += arg
			}
		}
		if got != row.want || len(c.Warnings) > 0 {
			t.Errorf("%s: got %q, warnings %q, want %q", row.line, got, c.Warnings, row.want)
		}
	}
	c, err := Instrument(testEnv("m"), words(t, "go test"), nil, Options{Exec: []string{`/it's "mine"`}})
	if err != nil || len(c.Warnings) != 1 ||
		slices.ContainsFunc(c.Args, func(arg string) bool { return strings.HasPrefix(arg, "-exec") }) {
		t.Errorf("got %q, warnings %q, error %v, want a warning and no -exec", c.Args, c.Warnings, err)
	}
}

func TestJoin(t *testing.T) {
	for _, list := range [][]string{{"a"}, {"a b", "c"}, {"it's", ""}, {`say "no"`, "x\ty"}, nil} {
		s, err := join(list)
		if err != nil {
			t.Errorf("%q: %v", list, err)
		}
		if got, err := split(s); err != nil || !slices.Equal(got, list) {
			t.Errorf("%q: got %q from %q, error %v", list, got, s, err)
		}
	}
	if s, err := join([]string{`'"`}); err == nil {
		t.Errorf("got %q, want an error for quotes of both kinds", s)
	}
}
