// Views has a variable of each type that package views shows in its own way. It dumps itself to the
// file that its argument names, and prints what the variables' own methods say, for a test to compare.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"coredumpy"
)

// truths are the texts, by the name of the variable.
var truths = map[string]string{}

// held are the same values in interfaces: there, their types are known from the runtime and not from
// debug information.
var held = map[string]any{}

// truth says how the view of a variable must read. A value that must not be copied is given by
// its address.
func truth(name string, value any, text string) { truths[name], held[name] = text, value }

func main() {
	network()
}

// finish takes the dump while all functions with variables are on the stack.
func finish() {
	if _, err := coredumpy.Dump(coredumpy.Path(os.Args[1])); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(truths); err != nil {
		os.Exit(1)
	}
}
