//go:build go1.25

// Package bubble has tests in bubbles of testing/synctest, which Monitor watches.
package bubble

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"coredumpy"
)

func TestMain(m *testing.M) {
	if os.Getenv("BUBBLE_MONITOR") != "" {
		if err := coredumpy.Monitor(coredumpy.Path("crash.dump")); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	m.Run()
}

func TestDump(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, orders := time.Now(), []int{7, 8}
		results := make(chan int)
		go func() {
			time.Sleep(time.Hour)
			results <- 42
		}()
		synctest.Wait()
		if _, err := coredumpy.Dump(coredumpy.Path("dump.dump")); err != nil {
			t.Error(err)
		}
		func() {
			defer func() { recover() }()
			defer coredumpy.OnPanic(coredumpy.Path("panic.dump"))
			var stock map[string]int
			stock["tea"]++
		}()
		if passed := time.Since(start); passed != 0 {
			t.Errorf("%v have passed in the bubble", passed)
		}
		if n := <-results; n != 42 || time.Since(start) != time.Hour {
			t.Errorf("got %d after %v, with %v", n, time.Since(start), orders)
		}
	})
}

func TestCrash(t *testing.T) {
	if os.Getenv("BUBBLE_CRASH") == "" {
		t.Skip("only if asked for")
	}
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(time.Hour)
			var stock map[string]int
			stock["tea"]++
		}()
		time.Sleep(2 * time.Hour)
	})
}
