package failing

import (
	"testing"

	"coredumpy"
)

// The test goes on after Error; OnFailure runs when it returns.
func TestError(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	a := &account{Owner: "ann", Balance: 10}
	a.pay(3)
	// want: failing.TestError a.Balance = 7
	// want: failing.TestError a.History = []int len: 1, cap: 1, [-3]
	if want := 8; a.Balance != want {
		t.Errorf("got %d, want %d", a.Balance, want)
	}
	after := len(a.History) + 1
	// want: failing.TestError after = 2
	if after != 2 {
		t.Error("after")
	}
}
