// Package asked has tests that dump themselves, to the directory ASKED names.
package asked

import (
	"os"
	"testing"

	"coredumpy"
)

func here() coredumpy.Option { return coredumpy.Directory(os.Getenv("ASKED")) }

func TestError(t *testing.T) {
	defer coredumpy.OnFailure(t, here())
	sum := 3
	t.Error("sum is", sum)
}

func TestFatal(t *testing.T) {
	defer coredumpy.OnFailure(t, here())
	left := 4
	t.Fatal("left are", left)
}

func TestPanics(t *testing.T) {
	more := 5
	defer coredumpy.OnFailure(t, here(), coredumpy.Description("more"), coredumpy.Var("added", more))
	fail(more)
}

func fail(n int) {
	square := n * n
	panic(square)
}

func TestErrorThenPanic(t *testing.T) {
	defer coredumpy.OnFailure(t, here())
	t.Error("first")
	fail(6)
}

func TestOnPanic(t *testing.T) {
	defer coredumpy.OnPanic(here())
	t.Cleanup(func() { t.Log("cleaned up") })
	fail(7)
}

func TestSub(t *testing.T) {
	defer coredumpy.OnFailure(t, here())
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(t *testing.T) {
			defer coredumpy.OnFailure(t, here())
			t.Error("in", name)
		})
	}
}

func TestPasses(t *testing.T) {
	defer coredumpy.OnFailure(t, here())
	defer func() { recover() }()
	defer coredumpy.OnPanic(here())
	fail(8)
}

// another is a test that doesn't belong to package testing.
type another struct{ failed bool }

func (*another) Name() string   { return "another" }
func (a *another) Failed() bool { return a.failed }

func TestAnother(t *testing.T) {
	a := &another{}
	defer coredumpy.OnFailure(a, here())
	a.failed = true
}
