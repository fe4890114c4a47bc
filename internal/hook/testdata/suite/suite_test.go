// Package suite holds tests that fail.
package suite

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("SUITE_MAIN") != "" {
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func TestPass(t *testing.T) { t.Log("fine") }

func TestSkip(t *testing.T) { t.Skip("not now") }

func TestError(t *testing.T) {
	t.Errorf("got %d, want %d", 1, 2)
	t.Error("a second time")
}

func TestFatal(t *testing.T) {
	t.Log("before")
	t.Fatal("two\nlines")
}

func TestFailNow(t *testing.T) { t.FailNow() }

func TestGoroutine(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		t.Error("aside")
	}()
	<-done
}

func TestNested(t *testing.T) {
	t.Run("good", func(t *testing.T) {})
	if !t.Run("bad", func(t *testing.T) { t.Error("deep") }) {
		t.Error("one of them failed")
	}
	t.Run("worse", func(t *testing.T) { t.Error("deeper") })
}

func TestParallel(t *testing.T) {
	for _, name := range []string{"a", "b", "c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Error("in " + name)
		})
	}
}

func TestMany(t *testing.T) {
	var wg sync.WaitGroup
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			t.Error("one of many")
		}()
	}
	wg.Wait()
}

// TestQueue has many tests fail at once, half of them holding a lock that the
// others wait for.
func TestQueue(t *testing.T) {
	var mu sync.Mutex
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			if i%2 == 0 {
				mu.Lock()
				defer mu.Unlock()
			}
			t.Errorf("in %d", i)
		})
	}
}

// TestFiles prints how many descriptors a failure leaves open.
func TestFiles(t *testing.T) {
	count := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			panic(err)
		}
		return len(files)
	}
	before := count()
	t.Run("sub", func(t *testing.T) { t.Fail() })
	fmt.Println("left open:", count()-before)
}

func TestOthersLog(t *testing.T) {
	t.Log("mine")
	done := make(chan bool)
	go func() {
		defer close(done)
		t.Log("not mine")
	}()
	<-done
	t.Fail()
}

func TestCleanup(t *testing.T) {
	t.Cleanup(func() { t.Error("not clean") })
}

// TestAnother fails itself while its subtest panics: no lock may stay held.
func TestAnother(t *testing.T) {
	t.Cleanup(func() { t.Error("the parent's cleanup") })
	t.Run("panics", func(t *testing.T) { panic("in the subtest") })
}

func TestPanic(t *testing.T) {
	t.Cleanup(func() { fmt.Println("cleanup") })
	panic(fmt.Errorf("no %s", "way"))
}

func TestRecovers(t *testing.T) {
	defer func() { t.Errorf("recovered: %v", recover()) }()
	panic("no")
}

func TestCleanupPanic(t *testing.T) {
	t.Cleanup(func() { panic("in cleanup") })
}

func TestCleanupPanicAfterSubtest(t *testing.T) {
	t.Cleanup(func() { panic("in cleanup") })
	t.Run("sub", func(t *testing.T) { t.Parallel() })
}

func TestGoexit(t *testing.T) { runtime.Goexit() }

func TestParentFailNow(t *testing.T) {
	t.Run("sub", func(*testing.T) { t.FailNow() })
}

func TestTimeout(t *testing.T) { time.Sleep(time.Minute) }

func TestExits(t *testing.T) { os.Exit(4) }

func TestLate(t *testing.T) {
	go func() {
		time.Sleep(50 * time.Millisecond)
		t.Fail()
	}()
}

func TestLater(t *testing.T) { time.Sleep(time.Second) }

func TestRace(t *testing.T) {
	n := 0
	done := make(chan bool)
	go func() { n++; close(done) }()
	n++
	<-done
}

func FuzzSeed(f *testing.F) {
	f.Add(1)
	f.Add(2)
	f.Fuzz(func(t *testing.T, n int) {
		if n == 2 {
			t.Error("two")
		}
	})
}

func FuzzPanic(f *testing.F) { panic("in the fuzz test") }

// FuzzFound fails for inputs that only fuzzing tries.
func FuzzFound(f *testing.F) {
	f.Add("x")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 3 {
			panic("long")
		}
	})
}

func BenchmarkFail(b *testing.B) { b.Error("slow") }

func BenchmarkPanic(b *testing.B) { panic("in the benchmark") }

func Example_wrong() {
	fmt.Println("something")
	// Output: anything
}
