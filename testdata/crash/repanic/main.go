// A panic is recovered and another one takes its place.
//
// want-panic: disk on fire [recovered]
// want-panic: 	panic: level 3 failed: disk on fire
// want-value: value = interface {}(string) "level 3 failed: disk on fire"
// want-earlier: interface {}(string) "disk on fire"
// want-frames: main.risky.func1 main.risky main.main
package main

import (
	"fmt"

	"coredumpy"
)

func main() {
	defer coredumpy.OnPanic()
	// want: main.main rooms = [2]string ["attic","cellar"]
	rooms := [2]string{"attic", "cellar"}
	risky(3, rooms[1])
	fmt.Println(rooms)
}

// want: main.risky level = 3
// want: main.risky room = "cellar"
// want: main.risky.func1 r = interface {}(string) "disk on fire"
//
//go:noinline
func risky(level int, room string) {
	defer func() {
		r := recover()
		panic(fmt.Sprintf("level %d failed: %v", level, r))
	}()
	if room != "" {
		panic("disk on fire")
	}
}
