// Package suite has a test that waits for a goroutine that panics. See command
// crash; RATES=on adds OnPanic and OnFailure, main adds coredumpy.TestMain.
package suite

import (
	"os"
	"sync"
	"testing"

	"coredumpy"
)

type account struct{ limits map[string]int }

func work(a *account) { a.limits["x"] = 1 }

func TestWorker(t *testing.T) {
	how := os.Getenv("RATES")
	if how == "on" {
		defer coredumpy.OnFailure(t)
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if how != "off" {
			defer coredumpy.OnPanic()
		}
		defer wg.Done()
		work(new(account))
	}()
	wg.Wait()
}
