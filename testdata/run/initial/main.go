// Initial panics before main, in an init function.
package main

import "fmt"

var prices = map[string]int{"pen": 3}

func init() {
	total := 7 * prices["pen"]
	list := []int{1, 2}
	fmt.Println(list[total])
}

func main() { fmt.Println("main") }
