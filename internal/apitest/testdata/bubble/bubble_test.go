//go:build go1.25

package bubble

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"coredumpy"
)

var dir = os.Getenv("BUBBLE_DIR")

// Each fails, at the same time.
func TestFails(t *testing.T) {
	for _, owner := range []string{"Ann", "Bob", "Cid", "Dee"} {
		t.Run(owner, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { fail(t, owner) })
		})
	}
}

//go:noinline
func fail(t *testing.T, owner string) {
	if dir != "" {
		defer coredumpy.OnFailure(t, coredumpy.Directory(dir))
	}
	start := time.Now()
	time.Sleep(time.Second)
	t.Errorf("%s: failed after %v", owner, time.Since(start))
}

// serve is a server that recovers.
//
//go:noinline
func serve(i int) {
	defer func() { recover() }()
	if dir != "" {
		defer coredumpy.OnPanic(coredumpy.Directory(dir))
	}
	request := fmt.Sprint("request ", i)
	panic(request)
}

func TestServesInside(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for i := range 20 {
			serve(i)
			time.Sleep(time.Second)
		}
		synctest.Wait()
		t.Errorf("served for %v", time.Since(start))
	})
}

func TestServesOutside(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		serve(i)
	}
}
