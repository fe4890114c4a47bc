package tests

import (
	"errors"
	"flag"
	"fmt"
	"testing"

	"coredumpy"
	"coredumpy/testdata/where/lib"
)

// With the flag -own tests dump themselves. A comment "opens: TEST" marks the line of the
// frame on which a dump opens, "opens-run: TEST" if only coredumpy run makes the dump.
var own = flag.Bool("own", false, "defer OnFailure")

func TestFatal(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	t.Fatal("wrong") // opens: TestFatal
}

func TestError(t *testing.T) {
	list := []int{1, 2}
	t.Errorf("got %v", list) // opens-run: TestError
}

func TestOptions(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t, coredumpy.Description("d"))
	}
	func() {
		t.FailNow() // opens: TestOptions
	}()
}

func TestHelper(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Equal(t, 1, 2) // opens: TestHelper
}

func TestBound(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	a := &lib.Assertions{T: t}
	a.Equal(1, 2) // opens: TestBound
}

func TestCheck(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Check(t, 4)
}

func check(t *testing.T, n int) {
	t.Helper()
	func() {
		if n != 3 {
			t.Fatalf("got %d", n) // opens: TestClosureOfHelper
		}
	}()
}

func TestClosureOfHelper(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	check(t, 4)
}

func TestAllHelpers(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	t.Helper()
	lib.Equal(t, 1, 2) // opens: TestAllHelpers
}

func TestMethodValue(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	stop := t.FailNow
	call(stop)
}

//go:noinline
func call(f func()) {
	f() // opens: TestMethodValue
}

func TestRunner(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Run(t, 12)
}

func TestRunnerInInterface(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(lib.Shim{T: t})
	}
	lib.Run(lib.Shim{T: t}, 12)
}

func TestRunnerSubtest(t *testing.T) {
	t.Run("script", func(t *testing.T) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		lib.Run(lib.Shim{T: t}, 12)
	})
}

type tb struct{ testing.TB }

func TestEmbeddedInterface(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Equal(tb{t}, "a", "b") // opens: TestEmbeddedInterface
}

func TestDeferred(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	list := []int{1}
	defer func() {
		if len(list) == 1 {
			t.Fatal("left over") // opens: TestDeferred
		}
	}()
}

func TestParentHelper(t *testing.T) {
	must := func(t *testing.T, n int) {
		t.Helper()
		lib.Equal(t, n, 3)
	}
	t.Run("sub", func(t *testing.T) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		must(t, 4) // opens: TestParentHelper/sub
	})
}

func TestCleanup(t *testing.T) {
	t.Cleanup(func() {
		lib.Equal(t, 1, 2) // opens-run: TestCleanup
	})
}

func TestGoroutine(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		lib.Equal(t, 1, 2) // opens-run: TestGoroutine
	}()
	<-done
}

func FuzzSeed(f *testing.F) {
	f.Add(4)
	f.Fuzz(func(t *testing.T, n int) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		lib.Equal(t, n, 3) // opens: FuzzSeed/seed#0
	})
}

func BenchmarkFatal(b *testing.B) {
	if *own {
		defer coredumpy.OnFailure(b)
	}
	lib.Equal(b, 1, 2) // opens: BenchmarkFatal
}

// Each of those below ends the test binary.

func TestPanicSum(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Sum(&lib.Node{V: 1, Next: &lib.Node{}}, 1)
}

func TestPanicPassedOn(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t, coredumpy.Description("d"))
	}
	defer func() { panic(fmt.Errorf("sum: %w", recover().(error))) }()
	lib.Sum(&lib.Node{V: 1, Next: &lib.Node{}}, 1)
}

func TestPanicSub(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	t.Run("sub", func(t *testing.T) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		lib.Sum(&lib.Node{}, 1)
	})
}

func TestPanicInHelper(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Must(t, errors.New("no such file")) // opens: TestPanicInHelper
}

func TestPanicFaultInHelper(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	lib.Sized(t, nil)
}

func TestPanicInCleanup(t *testing.T) {
	var m map[string]int
	t.Cleanup(func() {
		m["a"] = 1 // opens-run: TestPanicInCleanup
	})
}

func TestPanicOfTesting(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	t.Parallel()
	t.Parallel() // opens: TestPanicOfTesting
}

func TestPanicAfterFatal(t *testing.T) {
	if *own {
		defer coredumpy.OnFailure(t)
	}
	defer func() {
		panic("the cleanup failed") // opens: TestPanicAfterFatal
	}()
	t.Skip("not today")
}

func FuzzPanicSum(f *testing.F) {
	f.Add(4)
	f.Fuzz(func(t *testing.T, n int) {
		if *own {
			defer coredumpy.OnFailure(t)
		}
		lib.Sum(&lib.Node{}, n)
	})
}

func BenchmarkPanicInit(b *testing.B) {
	if *own {
		defer coredumpy.OnFailure(b)
	}
	for range b.N {
		var p *lib.Node
		p.V++ // opens: BenchmarkPanicInit
	}
}

func Example_panic() {
	var p *lib.Node
	p.V++ // opens-run: Example_panic
	// Output:
}
