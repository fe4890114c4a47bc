package coredumpy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"coredumpy"
)

// With this variable the test binary is a program that crashes. Most tests of
// the package are in internal/apitest and internal/crashtest.
const crashVariable = "COREDUMPY"

func TestMain(m *testing.M) {
	if os.Getenv(crashVariable) != "" {
		defer coredumpy.OnPanic(coredumpy.Description("an order of 3"))
		place(&order{ID: 17, Items: map[string]int{"tea": 3}})
	}
	os.Exit(m.Run())
}

type order struct {
	ID    int
	Items map[string]int
	stock map[string]int
}

//go:noinline
func place(o *order) {
	defer coredumpy.OnPanic(coredumpy.Var("o", o), coredumpy.Path("order.dump"))
	for name, n := range o.Items {
		o.stock[name] -= n
	}
}

// A crash leaves its dump and ends as it would have.
func TestCrash(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), crashVariable+"=1")
	cmd.Dir, cmd.Stderr = t.TempDir(), &stderr
	cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != 2 {
		t.Errorf("got exit status %d, want 2", got)
	}
	if files, _ := filepath.Glob(filepath.Join(cmd.Dir, "*")); len(files) != 1 {
		t.Errorf("got files %q, want one: the outer OnPanic finds the panic dumped", files)
	}
	// The third line isn't there if the test binary has all its variables.
	want := regexp.MustCompile(`^Your frame stack is dumped, open it with\ncoredumpy load ` + regexp.QuoteMeta(filepath.Join(cmd.Dir, "order.dump")) + `\n(for its variables, go test with .*\n)?panic: assignment to entry in nil map \[recovered`)
	if got := stderr.String(); !want.MatchString(got) {
		t.Errorf("got stderr %.500q, want it to begin with %s", got, want)
	}
	core, err := coredumpy.Open(filepath.Join(cmd.Dir, "order.dump"))
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if h.Reason != "panic" || h.Message != "assignment to entry in nil map" || h.Top == nil || h.Top.Func != "coredumpy_test.place" {
		t.Errorf("got %s %q in %+v, want the panic in place", h.Reason, h.Message, h.Top)
	}
	g, err := core.Goroutine(h.Goroutine)
	if err != nil {
		t.Fatal(err)
	}
	vars := g.Frames[0].Vars
	if len(vars) == 0 || vars[len(vars)-1].Name != "o" {
		t.Fatalf("got variables %v, want o", vars)
	}
	o := vars[len(vars)-1].Value.Elem().Elem()
	_, tea := o.Field(1).Entry(0)
	if o.Field(0).Int() != 17 || tea.Int() != 3 || !o.Field(2).IsNil() {
		t.Errorf("got order %d of %d, stock nil: %v, want order 17 of 3, true", o.Field(0).Int(), tea.Int(), o.Field(2).IsNil())
	}
	text, ok := core.Source(g.Frames[0].File)
	if line := strings.Split(text+strings.Repeat("\n", 1000), "\n")[g.Frames[0].Line-1]; ok && strings.TrimSpace(line) != "o.stock[name] -= n" {
		t.Errorf("got source line %q, want the one that panicked", line)
	}
}

//go:noinline
func guarded(n int) int {
	defer coredumpy.OnPanic()
	return n + 1
}

func TestOnPanicAllocates(t *testing.T) {
	if got := testing.AllocsPerRun(100, func() { guarded(1) }); got != 0 {
		t.Errorf("got %v allocations of OnPanic without a panic, want none", got)
	}
}
