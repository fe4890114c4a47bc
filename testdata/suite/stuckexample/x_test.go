package stuckexample

import "fmt"

func Example_stuck() {
	words := []string{"one", "two"}
	fmt.Println(len(words))
	select {} // want panic : "test timed out after 1s" words[1] = "two"
	// Output: 2
}
