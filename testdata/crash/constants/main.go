// Numbers of named types have the names of their constants, as Delve shows them.
//
// want-panic: no such state
package main

import (
	"fmt"
	"os"
	"reflect"
	"time"

	"coredumpy"
)

type state int8

const (
	idle state = iota - 1
	running
	stopped
	ended = stopped
)

type access uint8

const (
	read access = 1 << iota
	write
	execute
)

type large uint64

const most large = 1<<64 - 1

type plain int

type job struct {
	State  state
	Access access
}

// want: main.run s = idle (-1)
// want: main.run t = stopped (1)
// want: main.run other = 7
// want: main.run rights = read|execute (5)
// want: main.run none = 0
// want: main.run odd = 12
// want: main.run l = most (18446744073709551615)
// want: main.run p = 3
// want: main.run kind = Map (21)
// want: main.run month = March (3)
// want: main.run pause = 90000000000
// want: main.run j = main.job {State: running (0), Access: write (2)}
// want: main.run names = map[main.state]string [idle (-1): "idle", ]
//
//go:noinline
func run(s, t, other state, rights, none, odd access, l large, p plain) {
	kind, month, pause := reflect.Map, time.March, 90*time.Second
	j := job{running, write}
	names := map[state]string{idle: "idle"}
	if s != running {
		panic("no such state")
	}
	fmt.Fprintln(os.Stderr, s, t, other, rights, none, odd, l, p, kind, month, pause, j, names, ended)
}

func main() {
	defer coredumpy.OnPanic()
	run(idle, stopped, 7, read|execute, 0, 12, most, 3)
}
