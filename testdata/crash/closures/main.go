// Closure variables are locals of the closure's frame: by value, by reference,
// changed after capture, captured twice.
//
// want-panic: count is 3, limit is 2
// want-frames: main.main.func2.1 main.each main.main.func2 main.main | main.main.main.func2.func3 main.each main.main.func2 main.main | main.main.func2.func1 main.each main.main.func2 main.main
package main

import (
	"fmt"

	"coredumpy"
)

type meter struct{ unit string }

func (m *meter) show(n int) string { return fmt.Sprint(n, m.unit) }

// want: main.each xs = []string len: 4, cap: 4, ["a","b","c","d"]
// want: main.each i = 2
// want: main.each x = "c"
//
//go:noinline
func each(xs []string, f func(int, string)) {
	for i, x := range xs {
		f(i, x)
	}
}

func main() {
	defer coredumpy.OnPanic()
	limit := 2
	count := 0
	var last string
	m := &meter{"kg"}
	show := m.show
	double := func(n int) int { return n * limit }
	// want: main.main limit = 2
	// want: main.main count = 3
	// want: main.main last = "c"
	// want: main.main m.unit = "kg"
	run := func(xs []string) {
		seen := map[string]bool{}
		// want: main.main.func2 len(seen) = 3
		// want: main.main.func2 xs[3] = "d"
		each(xs, func(i int, x string) {
			// want: main.main.func2.1 count = 3
			// want: main.main.func2.1 limit = 2
			// want: main.main.func2.1 last = "c"
			// want: main.main.func2.1 i = 2
			// want: main.main.func2.1 x = "c"
			// want: main.main.func2.1 seen["a"] = true
			count++
			last = x
			seen[x] = true
			if count > limit {
				panic(fmt.Sprintf("count is %d, limit is %d", count, limit))
			}
		})
	}
	run([]string{"a", "b", "c", "d"})
	fmt.Println(last, show(count), double(count))
}
