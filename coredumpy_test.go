package coredumpy_test

import (
	"bytes"
	"fmt"
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
	want := regexp.MustCompile(`^Your frame stack is dumped, open it with\n` +
		`coredumpy load ` + regexp.QuoteMeta(filepath.Join(cmd.Dir, "order.dump")) + `\n` +
		`(for its variables, go test with .*\n)?` +
		`panic: assignment to entry in nil map \[recovered`)
	if got := stderr.String(); !want.MatchString(got) {
		t.Errorf("got stderr %.500q, want it to begin with %s", got, want)
	}
	core, err := coredumpy.Open(filepath.Join(cmd.Dir, "order.dump"))
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if h.Reason != "panic" || h.Message != "assignment to entry in nil map" ||
		h.Top == nil || h.Top.Func != "coredumpy_test.place" {
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
		t.Errorf("got order %d of %d, stock nil: %v, want order 17 of 3, true",
			o.Field(0).Int(), tea.Int(), o.Field(2).IsNil())
	}
	text, ok := core.Source(g.Frames[0].File)
	line := strings.Split(text+strings.Repeat("\n", 1000), "\n")[g.Frames[0].Line-1]
	if ok && strings.TrimSpace(line) != "o.stock[name] -= n" {
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

// A dump is read back with all its goroutines, their frames and the variables in these.
func ExampleRead() {
	var file bytes.Buffer
	if err := coredumpy.DumpTo(&file, coredumpy.Var("tea", &order{ID: 17})); err != nil {
		fmt.Println(err)
		return
	}
	core, err := coredumpy.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, frame := range g.Frames {
		for _, v := range frame.Vars {
			if v.Role == coredumpy.Given {
				fmt.Println(frame.Func, v.Name, v.Value.Elem().Type())
			}
		}
	}
	// Output: coredumpy_test.ExampleRead tea *coredumpy_test.order
}

// Methods that don't fit a value's kind return zero values, so a program can look where
// it likes, and ask in the end whether there is a value.
func ExampleValue() {
	var file bytes.Buffer
	o := &order{ID: 17, Items: map[string]int{"tea": 3}}
	if err := coredumpy.DumpTo(&file, coredumpy.Var("o", o)); err != nil {
		fmt.Println(err)
		return
	}
	core, err := coredumpy.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		fmt.Println(err)
		return
	}
	vars := g.Frames[0].Vars
	v := vars[len(vars)-1].Value.Elem().Elem() // in the interface, and what that points to
	for i := range v.Type().NumField() {
		name, typ, _ := v.Type().Field(i)
		fmt.Printf("%s %v: %d stored, nil: %v\n", name, typ, v.Field(i).Stored(), v.Field(i).IsNil())
	}
	key, n := v.Field(1).Entry(0)
	text, _ := key.Text()
	fmt.Println(text, n.Int(), v.Field(9).Valid(), v.Field(9).Reason())
	// Output:
	// ID int: 0 stored, nil: false
	// Items map[string]int: 1 stored, nil: false
	// stock map[string]int: 0 stored, nil: true
	// tea 3 false no such field
}

// An expression is evaluated with the variables of a frame, as the command p of
// "coredumpy load" does.
func ExampleFrame_Eval() {
	var file bytes.Buffer
	o := &order{ID: 17, Items: map[string]int{"tea": 3, "cups": 2}}
	if err := coredumpy.DumpTo(&file, coredumpy.Var("o", o)); err != nil {
		fmt.Println(err)
		return
	}
	core, err := coredumpy.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := core.Goroutine(core.Head().Goroutine)
	if err != nil {
		fmt.Println(err)
		return
	}
	frame := &g.Frames[0]
	for _, expr := range []string{`o.ID + 1`, `o.Items["tea"] * 2`, `len(o.Items)`} {
		v, err := frame.Eval(expr)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(v.Type(), v.Int())
	}
	_, err = frame.Eval(`o.Items["coffee"]`)
	fmt.Println(err)
	// Output:
	// int 18
	// int 6
	// int 2
	// coredumpy: eval "o.Items[\"coffee\"]": key not found: "coffee" is not among the 2 keys
}
