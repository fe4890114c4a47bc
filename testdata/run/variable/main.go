// Variable panics before main, in the initialisation of a package-level variable.
package main

import "fmt"

var limit = positive(-3)

func positive(n int) int {
	square := n * n
	if n < 0 {
		panic(fmt.Errorf("limit %d", n))
	}
	return square
}

func main() { fmt.Println(limit) }
