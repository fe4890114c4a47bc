package example

import "fmt"

func Example() { // want Example: "got:\none\nwant:\ntwo" in testing.runExample stdout.file.name = "/dev/stdout"
	fmt.Println("one")
	// Output: two
}

func Example_right() {
	fmt.Println("right")
	// Output: right
}
