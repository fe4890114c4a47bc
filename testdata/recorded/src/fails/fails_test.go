package fails

import (
	"os"
	"testing"

	"coredumpy"
)

type basket struct {
	Items map[string]int
	Sum   int
}

func (b *basket) add(t *testing.T, name string, price int) {
	t.Helper()
	b.Items[name] = price
	b.Sum += price
	if b.Sum > 10 {
		t.Fatalf("%s: got a sum of %d, want 10 at most", name, b.Sum)
	}
}

// TestBasket fails by itself; without the variable nothing runs.
func TestBasket(t *testing.T) {
	if os.Getenv("RECORDED_FAIL") == "" {
		t.Skip("it is to fail")
	}
	t.Run("sum", func(t *testing.T) {
		defer coredumpy.OnFailure(t)
		b := &basket{Items: map[string]int{}}
		for i, name := range []string{"apple", "pear", "plum"} {
			price := 3 * (i + 1)
			b.add(t, name, price)
		}
	})
}
