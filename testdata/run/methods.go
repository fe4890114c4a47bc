//go:build unix

package main

import (
	"fmt"
	"os"
	"time"
)

// Only the runtime may call these methods of panic values, to print the values: nobody
// else may.

type counted struct{ Code int }

func (c counted) Error() string {
	fmt.Println("Error of", c.Code)
	return fmt.Sprint("counted ", c.Code)
}

type printed struct{ Code int }

func (p *printed) String() string {
	fmt.Println("String of", p.Code)
	return fmt.Sprint("printed ", p.Code)
}

type explosive struct{ Code int }

func (e explosive) Error() string { panic("Error panics") }

type leaving struct{ Code int }

func (l leaving) Error() string {
	os.Exit(l.Code)
	return ""
}

type slow struct{ Code int }

func (s slow) Error() string {
	time.Sleep(1500 * time.Millisecond) // longer than coredumpy run waits before it announces the dump
	return fmt.Sprint("slow ", s.Code)
}

type hanging struct{ Code int }

func (hanging) Error() string { select {} }

// reset panics, and panics again with the same value: the runtime prints it once.
type reset struct{ Code int }

func (r *reset) Error() string { return fmt.Sprint("reset ", r.Code) }

func rePanicSame(n int) {
	defer func(n int) {
		if v := recover(); n > 0 {
			panic(v)
		}
	}(n)
	panic(&reset{n})
}

type code int

type label string

func panicWith[T any](v T) {
	value := v
	panic(value)
}

var methods = map[string]func(){
	"counted":   func() { panicWith(error(counted{21})) },
	"printed":   func() { panicWith(fmt.Stringer(&printed{22})) },
	"explosive": func() { panicWith(error(explosive{23})) },
	"code":      func() { panicWith(code(26)) },
	"label":     func() { panicWith(label("mine")) },
	"slow":      func() { panicWith(error(slow{24})) },
	"reset":     func() { rePanicSame(25) },
	"hanging":   func() { go func() { time.Sleep(time.Hour) }(); panicWith(error(hanging{27})) },
	"leaving":   func() { panicWith(error(leaving{9})) },
}
