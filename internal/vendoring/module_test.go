package vendoring_test

import (
	"bytes"
	"errors"
	"go/format"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// work is the directory of the command, and of the modules that use coredumpy.
var work string

func TestMain(m *testing.M) {
	var err error
	if work, err = os.MkdirTemp("", "vendoring"); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(work)
	os.Exit(status)
}

// program panics under an OnPanic, recovers from that, and ends with status 3.
const program = `package main

import (
	"fmt"
	"os"

	coredumpy "IMPORT"
)

type order struct {
	Number int
	Items  map[string]int
}

func main() {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println("recovered:", r)
			os.Exit(3)
		}
	}()
	place(&order{Number: 4711})
}

//go:noinline
func place(o *order) {
	defer coredumpy.OnPanic()
	total := o.Number * 2
	o.Items["tea"] = total
	fmt.Println(total)
}
`

// newModule makes a module with the program, which imports coredumpy by a path.
func newModule(t *testing.T, name, imports string) string {
	t.Helper()
	dir := filepath.Join(work, name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"go.mod": "module example.com/shop\n\ngo 1.24\n",
		"main.go": strings.ReplaceAll(program, "IMPORT", imports)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// execute runs a command, offline, and returns what it prints and its exit status.
func execute(t *testing.T, dir string, env []string, args ...string) (out string, status int) {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOPROXY=off", "GONOSUMDB=*", "GOFLAGS=", "GOWORK=off",
		"GOTRACEBACK=single"), env...)
	text, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func succeed(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	out, status := execute(t, dir, env, args...)
	if status != 0 {
		t.Fatalf("%q in %s: got exit status %d\n%s", args, filepath.Base(dir), status, out)
	}
	return out
}

// checkDump wants one dump in a directory: of the program's panic, with its variables.
// It removes the dump.
func checkDump(t *testing.T, dir string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.dump"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("got dumps %q, %v, want one", paths, err)
	}
	core, err := coredumpy.Open(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if h.Reason != "panic" || h.Message != "assignment to entry in nil map" || h.Top == nil || h.Top.Func != "main.place" {
		t.Errorf("got %s %q in %+v, want the panic in place", h.Reason, h.Message, h.Top)
	}
	g, err := core.Goroutine(h.Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int64{}
	for _, v := range g.Frames[0].Vars {
		switch v.Name {
		case "o":
			numbers["o"] = v.Value.Elem().Field(0).Int()
		case "total":
			numbers["total"] = v.Value.Int()
		}
	}
	if numbers["o"] != 4711 || numbers["total"] != 9422 {
		t.Errorf("got o.Number and total %v, want 4711 and 9422", numbers)
	}
	if err := os.Remove(paths[0]); err != nil {
		t.Fatal(err)
	}
}

// crash runs a command in a directory: the program, or coredumpy run with it. The dump is
// left there.
func crash(t *testing.T, dir string, args ...string) {
	t.Helper()
	out, status := execute(t, dir, nil, args...)
	if status != 3 || !strings.Contains(out, "coredumpy load ") ||
		!strings.Contains(out, "recovered: assignment to entry in nil map") {
		t.Fatalf("%q: got exit status %d, want 3, of\n%s", args, status, out)
	}
	checkDump(t, dir)
}

// root returns coredumpy's directory.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// built builds a package in a directory and returns the program.
func built(t *testing.T, dir, pkg, name string) string {
	t.Helper()
	file := filepath.Join(work, name+".exe")
	succeed(t, dir, nil, "go", "build", "-o", file, "-gcflags=-N -l", pkg)
	return file
}

// TestCopy makes a copy and uses it as intended: it imports it, and runs its command. The
// copy's path doesn't contain the name coredumpy.
func TestCopy(t *testing.T) {
	command := built(t, root(t), "./cmd/coredumpy", "coredumpy")
	const imports = "example.com/shop/third_party/dumps"
	shop := newModule(t, "shop", imports)
	out := succeed(t, shop, nil, command, "vendor", "third_party/dumps")
	if !strings.Contains(out, `third_party/dumps is a copy: import "`+imports+`"`) {
		t.Errorf("got %q", out)
	}
	files := checkCopy(t, filepath.Join(shop, "third_party", "dumps"))
	succeed(t, shop, nil, "go", "vet", "./...")

	program := built(t, shop, ".", "shop")
	crash(t, shop, program)
	theirs := built(t, shop, "./third_party/dumps/cmd/coredumpy", "theirs")
	t.Run("run", func(t *testing.T) {
		if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
			t.Skip("coredumpy run watches programs on linux/amd64 and linux/arm64 only")
		}
		commands := []string{theirs, command}
		for _, command := range commands[:longtest.Rounds(1, len(commands))] {
			crash(t, shop, command, "run", "-recovered", ".")
			crash(t, shop, command, "run", program)
		}
	})
	t.Run("again", func(t *testing.T) {
		if out := succeed(t, shop, nil, theirs, "vendor", "third_party/dumps"); !strings.Contains(out, "up to date") {
			t.Errorf("got %q, want it to be up to date", out)
		}
		other := filepath.Join(work, "other")
		succeed(t, shop, nil, theirs, "vendor", "-as", "example.org/deep/er/coredumpy", other)
		for name, text := range checkCopy(t, other) {
			want := strings.ReplaceAll(files[name], `"`+imports, `"example.org/deep/er/coredumpy`)
			if name != "coredumpy.copy" && text != want {
				t.Errorf("%s: got another text than a copy of the original has", name)
			}
		}
	})
	t.Run("from elsewhere", func(t *testing.T) { // the command knows no directory of the source
		longtest.Skip(t)
		anonymous := filepath.Join(work, "anonymous.exe")
		succeed(t, shop, nil, "go", "build", "-trimpath", "-o", anonymous, "./third_party/dumps/cmd/coredumpy")
		succeed(t, shop, nil, anonymous, "vendor", "-as", "example.org/x/coredumpy", filepath.Join(work, "x"))
		checkCopy(t, filepath.Join(work, "x"))
		out, status := execute(t, work, nil, anonymous, "vendor", "-as", "example.org/x", "new")
		if status != 1 || !strings.Contains(out, "run it in a checkout of coredumpy") {
			t.Errorf("without a source: got exit status %d, want 1, of %q", status, out)
		}
	})
	t.Run("demo", func(t *testing.T) {
		longtest.Skip(t)
		if out := succeed(t, shop, nil, theirs, "demo"); !strings.Contains(out, "assignment to entry in nil map") {
			t.Errorf("got\n%s", out)
		}
	})
}

// checkCopy returns the files of a copy, and wants them formatted, with the license, and
// without tests.
func checkCopy(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		name = filepath.ToSlash(name)
		files[name] = string(text)
		if strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata/") {
			t.Errorf("%s was copied", name)
		}
		if strings.HasSuffix(name, ".go") {
			if formatted, err := format.Source(text); err != nil || !bytes.Equal(formatted, text) {
				t.Errorf("%s isn't formatted, %v", name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(files["LICENSE"], "Apache License") || files["coredumpy.go"] == "" ||
		files["internal/longtest/longtest.go"] != "" {
		t.Errorf("got %d files, want the license and the library, and not what is for tests only", len(files))
	}
	return files
}

// The other ways in README, which are the go command's own. Only go mod vendor copies
// anything.
func TestReplace(t *testing.T) {
	shop := newModule(t, "replace", "coredumpy")
	succeed(t, shop, nil, "go", "mod", "edit", "-require=coredumpy@v0.0.0", "-replace=coredumpy="+root(t))
	crash(t, shop, built(t, shop, ".", "replace"))

	if out := succeed(t, shop, nil, "go", "mod", "edit", "-tool=coredumpy/cmd/coredumpy"); out != "" {
		t.Errorf("go mod edit -tool: got %q", out)
	}
	checkTool(t, shop, nil)
	succeed(t, shop, []string{"GOFLAGS=-mod=mod"}, "go", "mod", "tidy")
	checkTool(t, shop, nil)

	t.Run("go mod vendor", func(t *testing.T) {
		longtest.Skip(t)
		succeed(t, shop, nil, "go", "mod", "vendor")
		if _, err := os.Stat(filepath.Join(shop, "vendor", "coredumpy", "LICENSE")); err != nil {
			t.Error(err)
		}
		vendored := []string{"GOFLAGS=-mod=vendor"}
		program := filepath.Join(work, "vendored.exe")
		succeed(t, shop, vendored, "go", "build", "-o", program, "-gcflags=-N -l", ".")
		crash(t, shop, program)
		checkTool(t, shop, vendored)
	})
}

func TestWorkspace(t *testing.T) {
	longtest.Skip(t)
	shop := newModule(t, "workspace", "coredumpy")
	env := []string{"GOWORK="}
	succeed(t, shop, env, "go", "work", "init", ".", root(t))
	program := filepath.Join(work, "workspace.exe")
	succeed(t, shop, env, "go", "build", "-o", program, "-gcflags=-N -l", ".")
	crash(t, shop, program)
	out := succeed(t, shop, env, "go", "run", "coredumpy/cmd/coredumpy", "version")
	if !strings.HasPrefix(out, "coredumpy ") {
		t.Errorf("got %q", out)
	}
}

func checkTool(t *testing.T, dir string, env []string) {
	t.Helper()
	if out := succeed(t, dir, env, "go", "tool", "coredumpy", "version"); !strings.HasPrefix(out, "coredumpy ") {
		t.Errorf("go tool coredumpy version: got %q", out)
	}
}
