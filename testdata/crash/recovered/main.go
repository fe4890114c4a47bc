// A panic that the program recovers before OnPanic sees it leaves no dump, and
// OnPanic without a panic does nothing.
//
// want-exit: 0
// want-dumps: 0
package main

import (
	"fmt"

	"coredumpy"
)

func main() {
	defer coredumpy.OnPanic()
	for i := 0; i < 3; i++ {
		fmt.Println(i, safe(i))
	}
}

func safe(i int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	var table [2]int
	table[i]++
	return nil
}
