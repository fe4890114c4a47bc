package stuck

import (
	"sync"
	"testing"
)

func TestPasses(t *testing.T) {}

func TestStuck(t *testing.T) {
	var mu sync.Mutex
	for i := range 3 {
		mu.Lock() // want panic TestStuck: "test timed out after 1s" i = 1
		_ = i
	}
}
