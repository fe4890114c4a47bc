package failing

import (
	"testing"

	"coredumpy"
)

// FailNow is called two helpers deep, in generic code.
//
// want: failing.equal[...] got = "ANN"
// want: failing.equal[...] want = "ann"
// want: failing.equal[...] message = "not equal"
func TestHelper(t *testing.T) {
	defer coredumpy.OnFailure(t, dir)
	a := &account{Owner: "ANN"}
	// want: failing.TestHelper a.Owner = "ANN"
	sameOwner(t, a, "ann")
}

// want: failing.sameOwner name = "ann"
//
//go:noinline
func sameOwner(t *testing.T, a *account, name string) {
	t.Helper()
	equal(t, len(a.Owner), len(name))
	equal(t, a.Owner, name)
}
