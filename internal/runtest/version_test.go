package runtest

import (
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
	"coredumpy/internal/modproxy"
)

// TestOtherVersion runs package@version of a module that wants a newer Go version than
// this one: a message says what isn't seen.
func TestOtherVersion(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	ours, newer, goroot := newerToolchain(t)
	env := append(published(t, newer), "GOTOOLCHAIN="+ours+"+path")
	bin := t.TempDir()
	if err := os.Symlink(filepath.Join(goroot, "bin", "go"), filepath.Join(bin, newer)); err != nil {
		t.Fatal(err)
	}
	env = append(env, "PATH="+os.Getenv("PATH")+":"+bin)
	for _, tt := range []struct {
		args  []string
		dumps int
		said  string
	}{
		{[]string{"example.com/tool@v1.0.0"}, 1,
			"example.com/tool@v1.0.0: built by another Go version than the hooks are for, " + ours +
				": it is traced, as by a debugger"},
		{[]string{"go", "run", "example.com/tool@v1.0.0"}, 0,
			"go run tool: its crashes aren't seen: built by " + newer + ", and the hooks are for " + ours},
	} {
		got, dumps := watchIn(t, t.TempDir(), env, tt.args...)
		if lines := said(got.err); len(dumps) != tt.dumps || len(lines) != 1 || lines[0] != "coredumpy run: "+tt.said {
			t.Errorf("%q: got %d dumps, %q and %+v, want %d and %q", tt.args, len(dumps), lines, got, tt.dumps, tt.said)
		}
	}
}

// newerToolchain returns this Go version, and a newer one with its GOROOT.
func newerToolchain(t *testing.T) (ours, newer, goroot string) {
	t.Helper()
	values := strings.Fields(execute(t, root, nil, "go", "env", "GOVERSION", "GOMODCACHE").out)
	ours = values[0]
	downloaded := regexp.MustCompile(`@v0\.0\.1-(go[0-9.]+)\.` + runtime.GOOS + "-" + runtime.GOARCH + "$")
	found, err := filepath.Glob(filepath.Join(values[len(values)-1], "golang.org", "toolchain@*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range found {
		if m := downloaded.FindStringSubmatch(dir); m != nil && version.Compare(m[1], ours) > 0 {
			return ours, m[1], dir
		}
	}
	t.Skip("there is no newer toolchain in the module cache")
	return
}

// published returns an environment in which a proxy has the module example.com/tool,
// which wants a Go version and has a program that crashes.
func published(t *testing.T, goversion string) (env []string) {
	t.Helper()
	proxy := t.TempDir()
	program, err := os.ReadFile(filepath.Join(front, "crashes", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if err := modproxy.Publish(proxy, "example.com/tool", "v1.0.0", map[string]string{
		"go.mod":  "module example.com/tool\n\ngo " + strings.TrimPrefix(goversion, "go") + "\n",
		"main.go": string(program),
	}); err != nil {
		t.Fatal(err)
	}
	return append(goEnv(t), "GOPROXY=file://"+proxy, "GONOSUMDB=example.com", "GOMODCACHE="+t.TempDir(),
		"GOFLAGS=-modcacherw")
}
