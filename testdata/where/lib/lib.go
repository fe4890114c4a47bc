// Package lib is what tests use: assertions, and code that isn't a test's.
package lib

import (
	"fmt"
	"testing"
)

// T is a test as an assertion library sees it.
type T interface {
	Helper()
	Log(args ...any)
	FailNow()
}

// Shim is a test with methods of its own.
type Shim struct{ *testing.T }

// Equal is an assertion in the usual style.
func Equal[V comparable](t testing.TB, got, want V) {
	t.Helper()
	if got != want {
		report(t, fmt.Sprintf("got %v, want %v", got, want))
	}
}

func report(t testing.TB, text string) {
	t.Helper()
	t.Fatal(text)
}

// Assertions are bound to a test.
type Assertions struct{ T testing.TB }

// Equal is the function of that name.
func (a *Assertions) Equal(got, want int) { Equal(a.T, got, want) }

// Run is a runner of scripts, which isn't a helper.
func Run(t T, line int) {
	if line == 12 {
		t.Log("bad line", line)
		t.FailNow() // opens: TestRunner TestRunnerInInterface TestRunnerSubtest/script
	}
}

// Check calls an assertion of this package.
func Check(t testing.TB, n int) {
	Equal(t, n, 3) // opens: TestCheck
}

// Must panics instead of failing the test.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		panic(err)
	}
}

// Node is a node of a list.
type Node struct {
	Next *Node
	V    int
}

// Sum takes the end of the list for a node.
func Sum(n *Node, depth int) int {
	local := depth * 2
	if n.V == 0 {
		return n.Next.V + local // opens: TestPanicSum TestPanicPassedOn TestPanicSub/sub FuzzPanicSum/seed#0
	}
	return n.V + Sum(n.Next, depth+1)
}

// Sized has the fault in a helper.
func Sized(t testing.TB, list []int) int {
	t.Helper()
	return list[len(t.Name())] // opens: TestPanicFaultInHelper
}
