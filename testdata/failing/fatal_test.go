package failing

import (
	"testing"

	"coredumpy"
)

// Fatal leaves through runtime.Goexit with the failing frames on the stack.
//
// want-frames: failing.check failing.TestFatal testing.tRunner
func TestFatal(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	a := &account{Owner: "bob", Balance: 1}
	// want: failing.TestFatal a.Owner = "bob"
	// want: failing.TestFatal limit = -5
	limit := -5
	for _, amount := range []int{1, 2, 4} {
		// want: failing.TestFatal amount = 4
		a.pay(amount)
		check(t, a, limit)
	}
}

// want: failing.check a.Balance = -6
// want: failing.check limit = -5
// want: failing.check debt = 6
//
//go:noinline
func check(t *testing.T, a *account, limit int) {
	t.Helper()
	debt := -a.Balance
	if a.Balance < limit {
		t.Fatalf("%s owes %d", a.Owner, debt)
	}
}
