package methods

import (
	"testing"

	"coredumpy/testdata/suite/check/flow"
)

type stockSuite struct {
	flow.Suite
	stock map[string]int
}

func (s *stockSuite) SetupTest() { s.stock = map[string]int{"tea": 3} }

func (s *stockSuite) TestAdd() {
	s.stock["tea"] += 2
	s.Equal(6, s.stock["tea"]) // want TestStock/TestAdd: "actual  : 5" via coredumpy/testdata/suite/check.Equal s.stock["tea"] = 5
}

func (s *stockSuite) TestPasses() { s.Equal(3, s.stock["tea"]) }

func (s *stockSuite) TestTake() {
	want := 1
	if got := s.stock["tea"] - 3; got != want {
		s.T().Fatalf("got %d, want %d", got, want) // want TestStock/TestTake: "got 0, want 1" want = 1
	}
}

func TestStock(t *testing.T) { flow.Run(t, new(stockSuite)) }
