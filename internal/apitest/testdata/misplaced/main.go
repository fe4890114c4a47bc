// Command misplaced panics where OnPanic isn't deferred by itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"coredumpy"
)

func cleanup() {
	defer coredumpy.OnPanic()
	fmt.Fprintln(os.Stderr, "cleanup")
}

func cleanupLoop() {
	for i := range 2 {
		_ = i
		defer coredumpy.OnPanic()
	}
	fmt.Fprintln(os.Stderr, "cleanup")
}

func direct(n int) {
	fmt.Fprintln(os.Stderr, "direct", n)
	coredumpy.OnPanic()
}

func helper() { coredumpy.OnPanic() }

type T struct{}

func (T) Close() { coredumpy.OnPanic(coredumpy.Description("close")) }

func crash(k string) {
	var m map[string]int
	m[k] = 1
}

func main() {
	switch os.Args[1] {
	case "literal":
		defer func() { coredumpy.OnPanic() }()
	case "args":
		defer direct(3)
	case "method":
		var t T
		defer t.Close()
	case "iface":
		var c interface{ Close() } = T{}
		defer c.Close()
	case "outer":
		defer coredumpy.OnPanic()
		defer func() { coredumpy.OnPanic() }()
	case "two":
		defer func() { coredumpy.OnPanic() }()
		defer func() { coredumpy.OnPanic() }()
	case "inner":
		defer func() { coredumpy.OnPanic() }()
		defer coredumpy.OnPanic()
	case "loop":
		for range 1 {
			defer func() { coredumpy.OnPanic() }()
		}
	case "recovered":
		defer func() { fmt.Fprintln(os.Stderr, recover()); coredumpy.OnPanic() }()
	case "no-cleanup":
		defer cleanup()
	case "no-loop":
		defer cleanupLoop()
	case "no-lit":
		defer func() { defer coredumpy.OnPanic() }()
	case "no-helper":
		defer func() { helper() }()
	case "no-goexit":
		go func() {
			defer os.Exit(4)
			defer func() { coredumpy.OnPanic() }()
			runtime.Goexit()
		}()
		select {}
	case "no-return":
		defer func() { coredumpy.OnPanic() }()
		return
	case "again":
		for range 3 {
			func() {
				defer func() { recover() }()
				defer func() { coredumpy.OnPanic() }()
				crash(fmt.Sprint())
			}()
		}
		return
	case "no-abort":
		defer coredumpy.OnPanic()
		panic(errors.New("net/http: abort Handler"))
	}
	crash("x")
}
