// Variable panics before main, in what a package-level variable is made of.
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
