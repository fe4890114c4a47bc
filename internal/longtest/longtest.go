// Package longtest keeps go test ./... short. What takes long and seldom finds
// what the rest doesn't (build modes, storms, hundreds of rounds) runs only where
// it is asked for, as before a change lands.
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
		t.Skip("takes long; to run it as well, set " + variable + "=all")
	}
}

// Rounds returns how often to do something: few times in the ordinary suite, all
// times in the long one.
func Rounds(few, all int) int {
	if All() {
		return all
	}
	return few
}
