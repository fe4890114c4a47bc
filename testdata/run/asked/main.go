// Asked is a program that dumps its own panics, to the directory that ASKED names.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"

	"coredumpy"
)

type order struct{ ID int }

var errKnown = errors.New("known")

func main() {
	kind := os.Args[1]
	run := map[string]func(){
		"own":      func() { own(kind) },
		"twice":    func() { twice(kind) },
		"within":   func() { within(kind) },
		"known":    func() { own(kind) },
		"fault":    func() { own(kind) },
		"nothing":  func() { own(kind) },
		"passed":   func() { passed(kind); fmt.Println("went on") },
		"again":    func() { passed(kind); passed(kind); own(kind) },
		"limited":  func() { limited() },
		"refused":  refused,
		"skip":     skipped,
		"done":     func() { aside(false) },
		"donelast": func() { aside(true) },
		"changed":  func() { changed(kind) },
		"spawn":    spawn,
	}[kind]
	run()
}

func here() coredumpy.Option { return coredumpy.Directory(os.Getenv("ASKED")) }

func own(kind string) {
	result := 7
	defer coredumpy.OnPanic(here(), coredumpy.Description("of "+kind), coredumpy.Var("result", &result), coredumpy.Exclude(errKnown))
	result = fail(kind)
}

func fail(kind string) int {
	n := len(kind)
	switch kind {
	case "known":
		panic(fmt.Errorf("wrapped: %w", errKnown))
	case "fault", "again":
		return dereference(nil, n)
	case "nothing":
		panic(nil)
	}
	square := n * n
	panic(square)
}

//go:noinline
func dereference(o *order, n int) int {
	double := 2 * n
	return o.ID + double
}

// twice makes a panic pass two OnPanic.
func twice(kind string) {
	defer coredumpy.OnPanic(here())
	own(kind)
}

// within makes a panic pass an OnPanic that a deferred function calls, and another one.
func within(kind string) {
	defer coredumpy.OnPanic(here())
	defer func() { coredumpy.OnPanic(here(), coredumpy.Description("of "+kind)) }()
	fail(kind)
}

// passed has the panic recovered further out.
func passed(kind string) {
	defer func() { recover() }()
	own(kind)
}

// limited has one dump of its own for three panics at one place. Only the runtime reports
// the last one.
func limited() {
	coredumpy.Config.MaxPanicsPerSite = 1
	for range 2 {
		passed("again")
	}
	own("again")
}

// refused ends by a panic like the one before, at the same place of the same stack: the
// first was dumped and recovered, and OnPanic refuses the second.
func refused() {
	coredumpy.Config.MaxPanicsPerSite = 1
	for i := range 2 {
		func() {
			defer func() {
				if i == 0 {
					recover()
				}
			}()
			own("again")
		}()
	}
}

func skipped() {
	defer coredumpy.OnPanic(here(), coredumpy.Skip(1), coredumpy.Var("given", "text"))
	count := 3
	must(count)
}

//go:noinline
func must(n int) { panic(fmt.Sprint("count ", n)) }

// aside panics on a goroutine that others wait for.
func aside(last bool) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if last {
			defer wg.Done()
		}
		defer coredumpy.OnPanic(here())
		if !last {
			defer wg.Done()
		}
		fail("aside")
	}()
	wg.Wait()
}

// changed panics with another value while it recovers.
func changed(kind string) {
	defer func() { panic(fmt.Sprint("changed: ", recover())) }()
	own(kind)
}

// spawn runs a program that may not have been built the same way.
func spawn() {
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
