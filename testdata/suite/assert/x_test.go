package assert

import (
	"testing"

	"coredumpy/testdata/suite/check"
)

type point struct{ X, Y int }

func TestAssert(t *testing.T) {
	p := &point{X: 1, Y: 2}
	check.Equal(t, 1, p.X)
	check.Equal(t, point{1, 3}, *p, "moved") // want TestAssert: "expected: assert.point{X:1, Y:3}\nactual  : assert.point{X:1, Y:2}\nMessages: moved" via testing.(*common).Errorf,coredumpy/testdata/suite/check.fail,coredumpy/testdata/suite/check.Equal p.Y = 2
	check.Equal(t, 5, p.Y)
}

func TestBound(t *testing.T) {
	a := &check.Assertions{T: t}
	name := "bound"
	a.Equal("free", name) // want TestBound: "expected: \"free\"" via coredumpy/testdata/suite/check.(*Assertions).Equal name = "bound"
}
