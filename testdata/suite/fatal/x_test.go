package fatal

import (
	"errors"
	"testing"
)

type order struct {
	ID    int
	Lines []string
}

func TestFatal(t *testing.T) {
	o := &order{ID: 12, Lines: []string{"tea", "salt"}}
	t.Fatal("two\nlines in " + o.Lines[0]) // want TestFatal: "two\nlines in tea" via testing.(*common).Fatal o.Lines[1] = "salt"
}

func TestFatalf(t *testing.T) {
	err := errors.Join(errors.New("one"), errors.New("two"))
	o := order{ID: 5}
	t.Fatalf("order %v: %v", o, err) // want TestFatalf: "order {5 []}: one\ntwo" o.ID = 5
}

func TestHelper(t *testing.T) {
	o := &order{ID: 9}
	wantID(t, o, 10) // want TestHelper: "TestHelper" via testing.(*common).FailNow,coredumpy/testdata/suite/fatal.wantID o.ID = 9
}

func wantID(t *testing.T, o *order, id int) {
	t.Helper()
	if off := id - o.ID; off != 0 {
		t.FailNow()
	}
}

func TestGeneric(t *testing.T) {
	side := "left"
	same(t, side, "right") // want TestGeneric: "got left, want right" via testing.(*common).Fatalf side = "left"
}

func same[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}
