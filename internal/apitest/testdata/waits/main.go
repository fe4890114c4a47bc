// Command waits has a goroutine that panics while main waits for it, and goes on before
// OnPanic sees the panic.
package main

import (
	"fmt"
	"os"
	"sync"

	"coredumpy"
)

type account struct{ limits map[string]int }

func work(ended func()) {
	defer coredumpy.OnPanic()
	defer ended()
	new(account).limits["x"] = 1
}

func wait() {
	var wg sync.WaitGroup
	wg.Add(1)
	go work(wg.Done)
	wg.Wait()
}

// suite is run as package testing runs tests.
type suite struct{}

func (suite) Run() int {
	wait()
	return 0
}

func main() {
	switch os.Args[1] {
	case "return":
		wait()
	case "print":
		wait()
		fmt.Println("all done")
	case "defer":
		defer coredumpy.OnPanic()
		wait()
	case "close":
		ended := make(chan struct{})
		go work(func() { close(ended) })
		<-ended
	case "tests":
		coredumpy.TestMain(suite{})
	case "status":
		coredumpy.TestMain(failing{})
	}
}

// failing is a suite that fails without a panic.
type failing struct{}

func (failing) Run() int { return 3 }
