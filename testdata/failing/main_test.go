package failing

import (
	"os"
	"runtime/debug"
	"testing"

	"coredumpy"
)

// TestMain turns the collector off: otherwise a value that the test won't use any more
// could be gone when the dump is made.
func TestMain(m *testing.M) {
	debug.SetGCPercent(-1)
	os.Exit(m.Run())
}

// dir is the option that every test passes. It has no effect if the variable
// isn't set.
var dir = coredumpy.Directory(os.Getenv("FAILING_DIR"))

// equal fails the test at once if got isn't want, like an assertion library.
//
//go:noinline
func equal[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		message := "not equal"
		t.Fatalf("%s: got %v, want %v", message, got, want)
	}
}

type account struct {
	Owner   string
	Balance int
	History []int
}

//go:noinline
func (a *account) pay(amount int) { a.Balance -= amount; a.History = append(a.History, -amount) }
