package errors

import "testing"

func TestError(t *testing.T) {
	sum := 3
	t.Error("sum is", sum) // want TestError: "sum is 3" via testing.(*common).Error sum = 3
	t.Log("goes on")
}

func TestErrorfTwice(t *testing.T) {
	got := []int{1, 2}
	t.Errorf("got %v", got) // want TestErrorfTwice: "got [1 2]" got = []int len: 2, cap: 2, [1,2]
	got[0] = 7
	t.Errorf("got %v", got)
}

func TestErrorThenFatal(t *testing.T) {
	left := map[string]int{"a": 4}
	t.Error("first") // want TestErrorThenFatal: "first" left["a"] = 4
	left["a"]++
	t.Fatal("then")
}

func TestPasses(t *testing.T) { t.Log("fine") }
