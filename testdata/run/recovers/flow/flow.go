// Package flow panics to return errors, as packages of the standard library do.
package flow

import "fmt"

// Parse returns an error if n isn't 3.
func Parse(n int) (err error) {
	defer func() { err = recover().(error) }()
	check(n)
	return nil
}

func check(n int) {
	if n != 3 {
		panic(fmt.Errorf("%d isn't 3", n))
	}
}
