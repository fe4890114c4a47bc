package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy"
)

// The other tests must not depend on what is on the machine.
func init() { shelfOf = func(*coredumpy.Core) *shelf { return nil } }

// shelved is a program built with -trimpath or without, with frames in its own code, a module and
// two packages of Go.
func shelved(module, goroot string) string {
	return `{"coredumpy":{"version":2,"reason":"panic","go":"go1.26.8 X:some","os":"linux","arch":"amd64","goroutine":1,` +
		`"goroutines":1,"build":{"path":"example.com/shop","main":"example.com/shop",` +
		`"deps":[["example.com/Mixed","v1.2.0"],["example.com/dir","(devel)"],["./local",""]]}}}` + "\n" +
		`{"goroutine":{"id":1,"status":"running","frames":[` +
		`{"func":"example.com/Mixed.F","file":"` + module + `/sub/f.go","line":1},` +
		`{"func":"example.com/Mixed.G","file":"` + module + `/../secret.go","line":1},` +
		`{"func":"net/http.Serve","file":"` + goroot + `net/http/server.go","line":1},` +
		`{"func":"main.main","file":"example.com/shop/main.go","line":1},` +
		`{"func":"runtime.goexit","file":"` + goroot + `runtime/asm_amd64.s","line":1}]}}` + "\n" +
		`{"end":{"records":2}}` + "\n"
}

// Files of modules and of Go are those of the program's versions, or none.
func TestShelf(t *testing.T) {
	cache, root := t.TempDir(), t.TempDir()
	for file, text := range map[string]string{
		filepath.Join(cache, "example.com/!mixed@v1.2.0/sub/f.go"): "package f // of v1.2.0\n",
		filepath.Join(cache, "example.com/secret.go"):              "package secret\n",
		filepath.Join(cache, "example.com/!mixed@v1.3.0/sub/f.go"): "package f // of v1.3.0\n",
		filepath.Join(root, "VERSION"):                             "go1.26.8\ntime 2026-11-01T00:00:00Z\n",
		filepath.Join(root, "src/net/http/server.go"):              "package http // of go1.26.8\n",
		filepath.Join(root, "src/example.com/shop/main.go"):        "package wrong\n",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name, module, goroot, version string
		want                          [4]string
	}{
		{"-trimpath", "example.com/Mixed@v1.2.0", "", "go1.26.8",
			[4]string{"package f // of v1.2.0", "", "package http // of go1.26.8", ""}},
		{"as usual", "/home/a/go/pkg/mod/example.com/!mixed@v1.2.0", "/usr/lib/go/src/", "go1.26.8",
			[4]string{"package f // of v1.2.0", "", "package http // of go1.26.8", ""}},
		{"another version of the module", "example.com/Mixed@v1.3.0", "", "go1.26.8",
			[4]string{"", "", "package http // of go1.26.8", ""}},
		{"a directory", "/src/Mixed", "/usr/lib/go/src/", "go1.26.7", [4]string{}},
		{"another version of Go", "example.com/dir@(devel)", "", "go1.26.80", [4]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("GOMODCACHE", cache)
			t.Setenv("GOROOT", root)
			t.Setenv("PATH", "")
			version := []byte(tt.version + "\n")
			if err := os.WriteFile(filepath.Join(root, "VERSION"), version, 0o600); err != nil {
				t.Fatal(err)
			}
			core, err := coredumpy.Read(strings.NewReader(shelved(tt.module, tt.goroot)))
			if err != nil {
				t.Fatal(err)
			}
			g, err := core.Goroutine(1)
			if err != nil || len(g.Frames) != 5 {
				t.Fatalf("got %+v, error %v, want 5 frames", g, err)
			}
			l := newShelf(core)
			for i, want := range tt.want {
				got, ok := l.text(g.Frames[i].File)
				if strings.TrimSpace(got) != want || ok != (want != "") {
					t.Errorf("%s: got %q, %v, want %q", g.Frames[i].File, got, ok, want)
				}
			}
		})
	}
}

// load shows such a file as it shows those in the dump.
func TestLoadFromShelf(t *testing.T) {
	cache := t.TempDir()
	file := filepath.Join(cache, "example.com/!mixed@v1.2.0/sub/f.go")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("package f\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOMODCACHE", cache)
	defer func(before func(*coredumpy.Core) *shelf) { shelfOf = before }(shelfOf)
	shelfOf = newShelf
	dump := filepath.Join(t.TempDir(), "x.dump")
	if err := os.WriteFile(dump, []byte(shelved("example.com/Mixed@v1.2.0", "")), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	status := run(strings.NewReader(""), &out, &errs, []string{"load", "-c", "frame 0", dump})
	if status != statusOK || !strings.HasSuffix(out.String(), "=>   1:\tpackage f\n") {
		t.Errorf("got status %d, %q and %q, want the line", status, out.String(), errs.String())
	}
}

// The settings of the go command count, also those that go env -w has stored.
func TestModuleCache(t *testing.T) {
	dir := t.TempDir()
	env := filepath.Join(dir, "env")
	if err := os.WriteFile(env, []byte("GOPROXY=off\nGOMODCACHE=/stored/mod\nGOPATH=/stored\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "first") + string(filepath.ListSeparator) + "/second"
	tests := []struct{ cache, gopath, env, want string }{
		{"/a/mod", "/b", env, "/a/mod"},
		{"", "/b", env, "/stored/mod"},
		{"", list, "off", filepath.Join(dir, "first", "pkg", "mod")},
		{"", "", "off", filepath.Join(dir, "go", "pkg", "mod")},
	}
	for _, tt := range tests {
		t.Setenv("GOMODCACHE", tt.cache)
		t.Setenv("GOPATH", tt.gopath)
		t.Setenv("GOENV", tt.env)
		t.Setenv("HOME", dir)
		t.Setenv("USERPROFILE", dir)
		if got := moduleCache(); got != tt.want {
			t.Errorf("GOMODCACHE=%q GOPATH=%q GOENV=%q: got %q, want %q", tt.cache, tt.gopath, tt.env, got, tt.want)
		}
	}
}

// No path of a dump leads out of a module.
func TestWithinModule(t *testing.T) {
	tests := []struct {
		m    module
		path string
		want string
	}{
		{module{"x.org/a", "v1.0.0"}, "x.org/a@v1.0.0/b/c.go", "b/c.go"},
		{module{"x.org/a", "v1.0.0"}, "/mod/x.org/a@v1.0.0/c.go", "c.go"},
		{module{"x.org/a", "v1.0.0"}, "x.org/a@v1.0.0/../c.go", ""},
		{module{"x.org/a", "v1.0.0"}, "x.org/a@v1.0.0//etc/passwd", ""},
		{module{"x.org/a", "v1.0.0"}, "x.org/a/c.go", ""},
		{module{"../a", "v1.0.0"}, "../a@v1.0.0/c.go", ""},
		{module{"a", "v1/../../.."}, "a@v1/../../../c.go", ""},
		{module{"x.org/a", "(devel)"}, "x.org/a@(devel)/c.go", ""},
		{module{"", ""}, "@/c.go", ""},
	}
	for _, tt := range tests {
		if got, ok := tt.m.within(tt.path); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%+v, %s: got %q, %v, want %q", tt.m, tt.path, got, ok, tt.want)
		}
	}
}
