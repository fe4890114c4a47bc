// A value has another type than its user believes.
//
// want-panic: interface conversion: interface {} is string, not int
// want-frames: main.sum main.main
package main

import "coredumpy"

func main() {
	defer coredumpy.OnPanic()
	row := map[string]any{"qty": "three"}
	// want: main.main row["qty"] = interface {}(string) "three"
	// want: main.main len(row) = 1
	println(sum(row, "qty"))
	println(len(row))
}

// want: main.sum key = "qty"
// want: main.sum v = interface {}(string) "three"
//
//go:noinline
func sum(row map[string]any, key string) int {
	v := row[key]
	return v.(int) + 1
}
