package wheretest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// shop is a module that panics two packages deep, in a program and in a test.
var shop = map[string]string{
	"go.mod": "module example.com/shop\n\ngo 1.24\n\nrequire coredumpy v0.0.0\n\nreplace coredumpy => %s\n",
	"main.go": `package main

import (
	"os"

	"coredumpy"
	"example.com/shop/stock"
)

func main() {
	defer coredumpy.OnPanic()
	n := len(os.Args) + 41
	stock.Take(n, nil)
}
`,
	"stock/stock.go": `package stock

type Shelf struct{ left int }

//go:noinline
func Take(n int, s *Shelf) {
	twice, half := n*2, n/2
	move(half, s)
	s.left -= twice
}

func move(n int, s *Shelf) {
	rest := n * 3
	s.left -= rest
}
`,
	"stock/stock_test.go": `package stock_test

import (
	"testing"

	"coredumpy"
	"example.com/shop/stock"
)

func TestTake(t *testing.T) {
	defer coredumpy.OnFailure(t)
	stock.Take(42, nil)
}

func TestFails(t *testing.T) {
	defer coredumpy.OnFailure(t)
	if n := len(t.Name()) * 2; n != 42 {
		t.Fatal("wrong")
	}
}
`,
}

// makeShop writes the module into a new directory and returns that.
func makeShop(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range shop {
		if name == "go.mod" {
			text = fmt.Sprintf(text, root)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// flagged is a way to run the shop in which its variables are missing.
type flagged struct {
	name    string
	command string // a command of the shell; FLAGS is where the flags go
	flags   string // flags that take the variables away
	want    string // how the line begins
	long    bool
}

const module = "-gcflags='example.com/shop/...="

var flaggedWays = []flagged{
	{name: "build", command: "go build -o x.exe FLAGS . && ./x.exe", want: "build with " + module + "-N -l'"},
	{name: "build stripped", command: "go build -o x.exe FLAGS . && ./x.exe", flags: "-ldflags='-s -w'",
		want: "build with -ldflags='-w=0 -s=0' " + module + "-N -l'"},
	{name: "build files", command: "go build -o x.exe FLAGS main.go && ./x.exe",
		want: "build with -gcflags='-N -l' " + module + "-N -l'", long: true},
	{name: "run", command: "go run FLAGS .", want: "go run with -ldflags='-w=0 -s=0' " + module + "-dwarf=true -N -l'"},
	{name: "run with debug information", command: "go run FLAGS .", flags: "-ldflags='-w=0 -s=0'",
		want: "go run with -ldflags='-w=0 -s=0' " + module + "-dwarf=true -N -l'", long: true},
	{name: "run files", command: "go run FLAGS main.go", want: "go run with ", long: true},
	{name: "test panics", command: "go test -run=Take FLAGS ./stock",
		want: "go test with -ldflags='-w=0 -s=0' " + module + "-N -l'"},
	{name: "test fails", command: "go test -run=Fails FLAGS ./stock",
		want: "go test with -ldflags='-w=0 -s=0' " + module + "-N -l'"},
	{name: "test with debug information", command: "go test -run=Take FLAGS ./stock", flags: "-ldflags='-w=0 -s=0'",
		want: "go test with -ldflags='-w=0 -s=0' " + module + "-N -l'", long: true},
	{name: "test files", command: "cd stock && go test -run=Take FLAGS stock_test.go",
		want: "go test with -ldflags='-w=0 -s=0' -gcflags='-N -l' -gcflags='example.com/shop/", long: true},
	{name: "traced", command: "go build -o x.exe FLAGS . && COREDUMPY run ./x.exe",
		want: "build with " + module + "-N -l'", long: true},
	{name: "traced test", command: "go test -c -o x.exe FLAGS ./stock && COREDUMPY run ./x.exe -test.run=Take",
		want: "go test with -ldflags='-w=0 -s=0' " + module + "-N -l'", long: true},
}

var forVariables = regexp.MustCompile(`(?m)^ *for its variables, (.*)$`)

// The flags named in the line after a dump bring back its variables, and then there is no
// such line.
func TestFlags(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a Unix shell")
	}
	for _, w := range flaggedWays {
		t.Run(w.name, func(t *testing.T) {
			if w.long {
				longtest.Skip(t)
			}
			dir := makeShop(t)
			lines := forVariables.FindAllStringSubmatch(w.run(t, dir, w.flags), -1)
			for _, line := range lines {
				if !strings.HasPrefix(line[1], w.want) {
					t.Errorf("got %q, want %q first", line[1], w.want)
				}
			}
			if len(lines) == 0 {
				t.Fatal("got no line that names flags")
			}
			_, flags, _ := strings.Cut(lines[0][1], " with ")
			for _, path := range dumpsIn(t, dir) {
				os.Remove(path)
			}
			if out := w.run(t, dir, flags); forVariables.MatchString(out) {
				t.Errorf("got %q with the flags as well", forVariables.FindString(out))
			}
			for _, path := range dumpsIn(t, dir) {
				checkVariables(t, path)
			}
		})
	}
}

// run runs the command with flags and returns what it printed.
func (w *flagged) run(t *testing.T, dir, flags string) string {
	t.Helper()
	ours := ""
	if strings.Contains(w.command, "COREDUMPY") {
		if runtime.GOOS != "linux" {
			t.Skip("coredumpy run is for Linux only")
		}
		ours = buildCommand(t)
	}
	out := command(t, dir, "sh", "-c", strings.NewReplacer("FLAGS", flags, "COREDUMPY", ours).Replace(w.command))
	if !strings.Contains(out, "coredumpy load ") {
		t.Fatalf("%s: got no dump\n%.3000s", w.command, out)
	}
	return out
}

// dumpsIn returns the dumps in a directory and in the directory of the package below.
func dumpsIn(t *testing.T, dir string) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"*.dump", "stock/*.dump"} {
		found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		t.Fatal("got no dump")
	}
	return paths
}

// checkVariables checks that all variables of the shop's frames have their values.
func checkVariables(t *testing.T, path string) {
	t.Helper()
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range g.Frames {
		switch f.Func {
		case "example.com/shop/stock.move", "example.com/shop/stock.Take", "example.com/shop/stock_test.TestFails",
			"main.main":
		default:
			continue
		}
		for _, v := range f.Vars {
			if n++; !v.Value.Valid() {
				t.Errorf("%s: %s: got %s, want a value", f.Func, v.Name, v.Value.Reason())
			}
		}
	}
	if n == 0 {
		t.Errorf("got no variables in the frames %v", g.Frames)
	}
}

// In what coredumpy run has built itself, only -O takes variables away.
func TestFlagsOfRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("coredumpy run is for Linux only")
	}
	longtest.Skip(t)
	ours := buildCommand(t)
	dir := makeShop(t)
	os.WriteFile(filepath.Join(dir, "main.go"),
		[]byte(strings.Replace(shop["main.go"], "defer coredumpy.OnPanic()", "_ = coredumpy.OnPanic", 1)), 0o600)
	for _, tt := range []struct{ args, want string }{
		{"run -O .", "for its variables, leave out -O"},
		{"run .", ""},
	} {
		out := command(t, dir, ours, strings.Fields(tt.args)...)
		if got := forVariables.FindString(out); got != tt.want || !strings.Contains(out, "coredumpy load ") {
			t.Errorf("coredumpy %s: got %q, want %q\n%.2000s", tt.args, got, tt.want, out)
		}
	}
}

// buildCommand returns the command coredumpy.
func buildCommand(t *testing.T) string {
	t.Helper()
	path := filepath.Join(work, "coredumpy")
	if _, err := os.Stat(path); err != nil {
		if out, err := exec.Command("go", "build", "-o", path, "../../cmd/coredumpy").CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
	}
	return path
}
