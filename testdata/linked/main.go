// Program linked does what the programs do that coredumpy is made for, and uses no more
// of it: everything that is linked into it is in every such program.
package main

import (
	"fmt"

	"coredumpy"
)

func main() {
	defer coredumpy.OnPanic()
	if err := coredumpy.Monitor(); err != nil {
		fmt.Println(err)
	}
	fmt.Println("hello")
}
