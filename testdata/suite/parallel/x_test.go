package parallel

import (
	"fmt"
	"testing"
)

func TestParallel(t *testing.T) {
	for i := range 4 {
		t.Run(fmt.Sprint("n", i), func(t *testing.T) {
			t.Parallel()
			if square := i * i; square == 4 {
				t.Errorf("square of %d", i) // want TestParallel/n2: "square of 2" square = 4
			}
		})
	}
}

func TestBeside(t *testing.T) { t.Parallel() }
