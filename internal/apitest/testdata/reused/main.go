// Reused panics in a function whose variables aren't used any more, after garbage has
// been collected and its memory filled with other values of the same types. Its arguments
// are texts that were never in the heap.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"slices"

	"coredumpy"
)

type request struct {
	ID   int
	User string
}

var (
	requests []*request // refers to what may be in the place of another request
	numbers  []*int
	sums     []*float64
	lists    [][]int
)

// For all the compiler knows, the parameters of these functions escape.

//go:noinline
func use(r *request) { requests = append(requests[:0], r); requests[0] = nil }

//go:noinline
func count(n *int) { numbers = append(numbers[:0], n); numbers[0] = nil }

//go:noinline
func add(f *float64) { sums = append(sums[:0], f); sums[0] = nil }

//go:noinline
func all(l []int) { lists = append(lists[:0], l); lists[0] = nil }

func handle(user, path string) {
	req := &request{7, user + " the first"}
	use(req)
	retries := 3
	count(&retries)
	sum := 2.5
	add(&sum)
	list := []int{11, 12, 13}
	all(list)
	inner(req, list)
}

func inner(again *request, listed []int) {
	use(again)
	all(listed)
	refill()
	var seen map[string]int
	seen["x"]++
}

// deferred panics before the memory is used again.
func deferred(req *request) {
	list := []int{11, 12, 13}
	all(list)
	use(req)
	defer refill()
	panic(use7(req))
}

//go:noinline
func use7(r *request) int {
	use(r)
	return r.ID
}

// In the following functions a closure still uses what the function around it doesn't.

func loop(req *request) {
	mine := &request{8, req.User}
	use(mine)
	for i := range indices {
		fail(i)
		use(req)
		use(mine)
	}
}

func callback(req *request) {
	mine := &request{8, req.User}
	use(mine)
	slices.SortFunc([]int{1, 2}, func(a, b int) int {
		for range indices {
			fail(a - b - 1)
			use(req)
			use(mine)
		}
		return a - b
	})
}

func shadowed(req *request) {
	mine := &request{8, req.User}
	use(mine)
	refill()
	{
		mine := &request{9, req.User}
		for i := range indices {
			fail(i)
			use(req)
			use(mine)
		}
	}
}

func recursive(n int, req *request) {
	mine := &request{8 + n, req.User}
	use(mine)
	for range indices {
		if n > 0 {
			recursive(n-1, req)
		}
		fail(n)
		if n == 0 {
			use(mine)
		}
	}
}

func indices(yield func(int) bool) {
	for i := range 3 {
		if !yield(i) {
			return
		}
	}
}

//go:noinline
func fail(n int) {
	refill()
	if n < 1 {
		var seen map[string]int
		seen["x"]++
	}
}

// channels has variables that aren't used any more, and no garbage is collected.
func channels(user string) {
	debug.SetGCPercent(-1)
	plain, closed := make(chan int), make(chan struct{})
	buffered, pointers := make(chan [3]int, 20), make(chan *request, 3)
	small, large := map[string]int{user: 1}, map[int]request{}
	for i := range 100 {
		large[i] = request{i, user}
	}
	req := &request{7, user}
	list, text := make([]request, 30), user+" and others"
	lists = append(lists, []int{len(list), len(text)})
	close(closed)
	buffered <- [3]int{1, 2, 3}
	pointers <- req
	use(req)
	go func() { plain <- len(small) + len(large) + len(buffered) + len(pointers) }()
	<-plain
	var seen map[string]int
	seen["x"]++
}

func refill() {
	for range 3 {
		runtime.GC()
	}
	for i := range 20_000 {
		n, f := i, float64(i)
		numbers, sums = append(numbers, &n), append(sums, &f)
		requests, lists = append(requests, &request{1000 + i, "somebody else"}), append(lists, []int{i, i, i})
	}
}

func main() {
	defer coredumpy.OnPanic(coredumpy.Path(os.Args[1]))
	req := func() *request { return &request{7, os.Args[3] + " the first"} }
	switch os.Args[2] {
	case "deferred":
		deferred(req())
	case "loop":
		loop(req())
	case "callback":
		callback(req())
	case "shadowed":
		shadowed(req())
	case "channels":
		channels(os.Args[3])
	case "recursive":
		recursive(1, req())
	}
	handle(os.Args[2], os.Args[3])
}
