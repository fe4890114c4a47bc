// An excluded error passes untouched and undumped, and so does an excluded type.
//
// want-panic: read header: EOF
// want-dumps: 0
package main

import (
	"fmt"
	"io"
	"reflect"

	"coredumpy"
)

type quiet struct{ code int }

func main() {
	silent()
	defer coredumpy.OnPanic(coredumpy.Exclude(io.EOF))
	panic(fmt.Errorf("read header: %w", io.EOF))
}

// silent panics with a value of an excluded type; its caller recovers it.
func silent() {
	defer func() {
		if q, ok := recover().(quiet); !ok || q.code != 3 {
			panic("not the value that was panicked with")
		}
	}()
	func() {
		defer coredumpy.OnPanic(coredumpy.Exclude(reflect.TypeFor[quiet]()))
		panic(quiet{3})
	}()
}
