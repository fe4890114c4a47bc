//go:build unix

package main

import (
	"fmt"
	"os"
)

// The methods of panic values, which the runtime calls to print them, are for
// nobody else to call.

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
	"leaving":   func() { panicWith(error(leaving{9})) },
}
