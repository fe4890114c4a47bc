package apitest

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// A stack that grows moves, and at a panic the compiler considers nearly every variable
// dead: pointers into the old stack stay behind. They must still show the values of the
// new stack, in every frame. But if garbage has been collected since, the memory of the
// old stack may be in use for something else, and nothing shows where it ended; then the
// dump must say so.
func TestMovedStack(t *testing.T) {
	longtest.Skip(t)
	const last, step = 60, 1
	dir := t.TempDir()
	o := command(t, exec.Command(build(t, "moved", whole), dir, fmt.Sprint(last), fmt.Sprint(step)))
	if o.exit != 0 {
		t.Fatalf("got exit status %d: %s", o.exit, o.stderr)
	}
	values, lost := 0, 0
	for depth := 1; depth <= last; depth += step {
		d := open(t, filepath.Join(dir, fmt.Sprint(depth, ".dump")))
		want := int64(0)
		for _, f := range d.current(t).Frames {
			if f.Func != "main.recurse" {
				continue
			}
			lost += checkMoved(t, depth, want, f.Vars)
			values += len(f.Vars)
			want++
		}
		if want != int64(depth)+1 {
			t.Errorf("depth %d: got %d frames of the recursion, want %d", depth, want, depth+1)
		}
	}
	t.Logf("%d variables right, %d lost", values-lost, lost)
	if lost > values/10 {
		t.Errorf("got %d of %d variables lost, want nearly all of them", lost, values)
	}
}

// checkMoved compares the variables of the frame with the given n, and returns how many
// aren't available.
func checkMoved(t *testing.T, depth int, n int64, vars []coredumpy.Variable) (lost int) {
	t.Helper()
	list := fmt.Sprintf("[%d,%d,%d,%d]", n, n+1, n+2, n+3)
	want := map[string]string{
		"n":     fmt.Sprint(n),
		"local": fmt.Sprintf("main.node {N: %d, Twice: %d, ", n, 2*n),
		"p":     fmt.Sprintf("*main.node {N: %d, Twice: %d, ", n, 2*n),
		"pp":    fmt.Sprintf("**main.node {N: %d, Twice: %d, ", n, 2*n),
		"array": "[4]int " + list,
		"slice": fmt.Sprintf("[]int len: 2, cap: 3, [%d,%d]", n+1, n+2),
		"text":  fmt.Sprintf("[]uint8 len: 3, cap: 3, [%d,98,%d]", 'a'+n%26, n),
		"inner": fmt.Sprintf("struct { P *main.node; S []int } {P: *main.node {N: %d, Twice: %d, ", n, 2*n),
		"add":   "main.recurse.func1",
	}
	for _, v := range vars {
		got := strings.ReplaceAll(show(v.Value), "**main.node *", "**main.node ")
		if doubtful(v) {
			lost++
			delete(want, v.Name)
			continue
		}
		if !strings.HasPrefix(got, want[v.Name]) {
			t.Errorf("depth %d: got %s = %.200s with n = %d, want %s", depth, v.Name, got, n, want[v.Name])
		}
		switch v.Name {
		case "inner":
			if tail := "S: []int len: 4, cap: 4, " + list + "}"; !strings.HasSuffix(got, tail) {
				t.Errorf("depth %d: got inner = %.200s with n = %d, want ...%s", depth, got, n, tail)
			}
		case "up":
			// The frame above has the next number.
			if up := v.Value.Elem(); !v.Value.IsNil() && (up.Field(0).Int() != n+1 || up.Field(1).Int() != 2*n+2) {
				t.Errorf("depth %d: got up = %.200s with n = %d, want {N: %d, ...}", depth, got, n, n+1)
			}
			if v.Value.IsNil() != (n == int64(depth)) {
				t.Errorf("depth %d: got up nil: %v with n = %d", depth, v.Value.IsNil(), n)
			}
		}
		delete(want, v.Name)
	}
	for name := range want {
		t.Errorf("depth %d: got no variable %s with n = %d", depth, name, n)
	}
	return lost
}
