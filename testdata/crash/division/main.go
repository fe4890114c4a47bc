// An integer is divided by zero.
//
// want-panic: runtime error: integer divide by zero
// want-frames: main.average main.main
package main

import "coredumpy"

func main() {
	defer coredumpy.OnPanic()
	var none []int32
	// want: main.main none = []int32 len: 0, cap: 0, nil
	println(average(none, 12))
	println(len(none))
}

// want: main.average xs = []int32 len: 0, cap: 0, nil
// want: main.average sum = 12
// want: main.average n = 0
//
//go:noinline
func average(xs []int32, sum int32) int32 {
	n := int32(len(xs))
	for _, x := range xs {
		sum += x
	}
	return sum / n
}
