// Package longtest keeps go test ./... short. Tests that take long and seldom find
// what the others don't (build modes, storms, hundreds of rounds) run only on
// request, such as before a change lands.
package longtest

import (
	"os"
	"testing"
)

const variable = "COREDUMPY_TEST"

// All reports whether the long tests run too.
func All() bool { return os.Getenv(variable) == "all" }

// Skip skips a test that takes long, unless the long ones run too.
func Skip(t testing.TB) {
	t.Helper()
	if !All() {
		t.Skip("takes long; set " + variable + "=all to run it")
	}
}

// Rounds returns how often to do something: few in the ordinary suite, all in the
// long one.
func Rounds(few, all int) int {
	if All() {
		return all
	}
	return few
}
