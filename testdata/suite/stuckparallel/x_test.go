package stuckparallel

import (
	"fmt"
	"testing"
)

// The goroutine of n9 is older than that of n10, which comes first by name.
func TestOuter(t *testing.T) {
	answers := make(chan int)
	for i := range 11 {
		t.Run(fmt.Sprint("n", i), func(t *testing.T) {
			t.Parallel()
			if i >= 9 {
				<-answers // want panic TestOuter/n9: "test timed out after 1s" i = 9
			}
		})
	}
}
