package panic

import "testing"

func TestPasses(t *testing.T) {}

func TestPanic(t *testing.T) {
	t.Cleanup(func() { t.Log("cleaned up") })
	prices := map[string][]int{"tea": {3, 4}}
	at := 2
	_ = prices["tea"][at] // want panic TestPanic: "runtime error: index out of range [2] with length 2" at = 2
}
