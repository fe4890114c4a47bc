// The sample program of the tests of package debuginfo. A comment "mark:NAME"
// names a line for the tests. Run, it prints what the runtime says of itself,
// for the tests to compare with.
package main

import (
	"example.com/sample/shape.v2"
)

type Point struct {
	X, Y int
}

type Name string

type Shape interface {
	Area() float64
}

type Table map[Name][]*Point

type Circle struct {
	*Point
	Name
	radius float32
	next   *Circle
	hooks  map[string]func(int) error
	events chan<- Point
	grid   [2][3]uint16
	any    any
	shape  Shape
	err    error
	raw    uintptr
	bytes  []byte
	fn     func()
	c64    complex64
	ok     bool
	anon   struct{ a, b int8 }
}

var (
	counter int64 = 7
	table         = Table{"origin": {{0, 0}}}
	leaked  *int
	sink    any
	zero    int
)

//go:noinline
func use(args ...any) {
	if len(args) > 100 {
		sink = args
	}
}

//go:noinline
func stop(n int) int {
	counter += int64(n)
	return n + zero
}

//go:noinline
func signature(a, b int, name string) (sum int, err error) {
	x := a * 2
	ratio := float64(b) / 2
	stop(x) // mark:signature
	later := a + x + int(ratio) + len(name)
	sum = stop(later) // mark:later
	return sum, err
}

//go:noinline
func unnamed(n int) (int, string) {
	m := stop(n) // mark:unnamed
	return m, "x"
}

//go:noinline
func (p *Point) Move(dx int) *Point {
	p.X += stop(dx) // mark:Move
	return p
}

//go:noinline
func blocks(n int) int {
	x := n
	if n > zero-100 {
		x := "inner"
		y := len(x)
		stop(y) // mark:inner
	}
	if n > zero-100 {
		other := n * 3
		stop(other) // mark:other
	}
	stop(x) // mark:outer
	return x
}

//go:noinline
func escapes(n int) int {
	e := n + 1
	leaked = &e
	stop(e) // mark:escapes
	return *leaked
}

//go:noinline
func escapingParam(n int) int {
	leaked = &n
	stop(n) // mark:escapingParam
	return *leaked
}

//go:noinline
func escapingResult() (r int) {
	leaked = &r
	stop(1) // mark:escapingResult
	return 2
}

//go:noinline
func closures(n int) int {
	byValue := n * 2
	byRef := n * 3
	text := "abc"
	add := func(k int) int {
		byRef += byValue + len(text) + stop(k) // mark:closure
		return byRef
	}
	sink = add
	return add(1) + byRef
}

//go:noinline
func Largest[T int | string, K comparable](xs []T, keys map[K]T) T {
	var best T
	for _, x := range xs {
		if x > best {
			best = x
		}
	}
	stop(len(keys)) // mark:generic
	return best
}

type Pair[A, B any] struct {
	First  A
	Second B
}

//go:noinline
func (p *Pair[A, B]) Swap(b B) {
	old := p.Second
	p.Second = b
	stop(1) // mark:Swap
	use(old)
}

func leaf(v int) int {
	w := v + zero // mark:leaf
	return w * w
}

func middle(v int) int {
	k := v * 2
	return leaf(k) + 1 // mark:middle
}

//go:noinline
func inlines(n int) int {
	r := middle(n) // mark:inlines
	return r + leaf(r)
}

//go:noinline
func area(s Shape) int {
	return int(s.Area())
}

// escapesInlined is inlined where optimisation is on, and its variables that
// move to the heap with it.
func escapesInlined(n int) *int {
	e := n * 2
	leaked = &e
	n++
	e += zero // mark:escapesInlined
	return &n
}

//go:noinline
func around(n int) int {
	q := n
	sink = &q
	p := escapesInlined(n) // mark:around
	stop(*p)               // mark:afterInlined
	return *p + q
}

//go:noinline
func twiceAround(n int) int {
	p := escapesInlined(n)
	q := escapesInlined(n + 1)
	stop(*p + *q) // mark:twiceAround
	return *p + *q
}

//go:noinline
func walk(c *Circle, t Table) int {
	local := *c
	s := shape.Square{Side: float64(len(t))}
	p := &Pair[string, *Circle]{"k", c}
	stop(int(s.Area())) // mark:walk
	use(local, p)
	return len(local.grid)
}

func sequence(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

//go:noinline
func rangeFunc(n int) int {
	total := 0
	for i := range sequence(n) {
		total += stop(i) // mark:rangeFunc
	}
	return total
}

func main() {
	signature(1, 2, "n")
	unnamed(3)
	p := &Point{1, 2}
	p.Move(3)
	blocks(4)
	escapes(5)
	escapingParam(6)
	escapingResult()
	around(9)
	twiceAround(10)
	closures(6)
	use(Largest([]int{1, 2}, map[string]int{"a": 1}), Largest([]string{"a"}, map[Point]string{}))
	pair := &Pair[string, *Point]{"k", p}
	pair.Swap(p)
	inlines(7)
	walk(&Circle{Point: p}, table)
	rangeFunc(8)
	use(shape.New(2))
	var s Shape = shape.New(3)
	area(s)
	live()
}
