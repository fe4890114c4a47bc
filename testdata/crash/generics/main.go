// Generic code is compiled per shape; users must see the real type names.
//
// want-panic: interface conversion: interface {} is float64, not string
// want-frames: main.apply[...] main.walk[...].func1 main.(*Tree[...]).Each main.walk[...] main.main
package main

import (
	"cmp"

	"coredumpy"
)

type Shape interface{ Area() float64 }

type Circle struct{ R float64 }

func (c *Circle) Area() float64 { return 3 * c.R * c.R }

type Tree[K cmp.Ordered, V any] struct {
	Key         K
	Val         V
	Left, Right *Tree[K, V]
}

type Pair[A, B any] struct {
	First  A
	Second B
}

func (t *Tree[K, V]) Put(k K, v V) *Tree[K, V] {
	switch {
	case t == nil:
		return &Tree[K, V]{Key: k, Val: v}
	case k < t.Key:
		t.Left = t.Left.Put(k, v)
	default:
		t.Right = t.Right.Put(k, v)
	}
	return t
}

// want: main.(*Tree[...]).Each t.Key = "b"
// want: main.(*Tree[...]).Each t.Val.R = 2
// want-type: main.(*Tree[...]).Each t = *main.Tree[string,*main.Circle]
//
//go:noinline
func (t *Tree[K, V]) Each(f func(K, V)) {
	if t == nil {
		return
	}
	t.Left.Each(f)
	f(t.Key, t.Val)
	t.Right.Each(f)
}

// want: main.walk[...] root.Left.Key = "a"
// want: main.walk[...] pair.First = "m"
// want: main.walk[...] pair.Second.R = 1
// want-type: main.walk[...] root = *main.Tree[string,*main.Circle]
// want-type: main.walk[...] pair = main.Pair[string,*main.Circle]
// want-type: main.walk[...] zero = *main.Circle
// want-type: main.walk[...] all = []main.Pair[string,*main.Circle]
//
//go:noinline
func walk[K cmp.Ordered, V Shape](root *Tree[K, V], pair Pair[K, V], stop K, again V) int {
	var zero V
	all := []Pair[K, V]{pair}
	// want: main.walk[...] n = 1
	// want: main.walk[...] stop = "b"
	n := 0
	var last V
	root.Each(func(k K, v V) {
		last = v
		if k == stop {
			apply(any(v.Area()+again.Area()-v.Area()), all)
		}
		n++
	})
	_, _ = zero, last
	// want: main.walk[...].func1 stop = "b"
	// want: main.walk[...].func1 again.R = 2
	// want: main.walk[...].func1 v.R = 2
	// want: main.walk[...].func1 last.R = 2
	// want-type: main.walk[...].func1 last = *main.Circle
	return n + len(all)
}

// want: main.apply[...] x = interface {}(float64) 12
// want: main.apply[...] seen[0].First = "m"
//
//go:noinline
func apply[T any](x any, seen []T) string { return x.(string) }

type Number interface{ ~int | ~int64 | ~float64 }

// Max is instantiated for a type with a shape of its own.
//
//go:noinline
func Max[T Number](xs ...T) T {
	best := xs[0]
	for _, x := range xs {
		best = max(best, x)
	}
	return best
}

func main() {
	defer coredumpy.OnPanic()
	var root *Tree[string, *Circle]
	root = root.Put("b", &Circle{2}).Put("a", &Circle{1}).Put("c", &Circle{3})
	// want: main.main root.Right.Val.R = 3
	// want: main.main limit = 2.5
	// want: main.main boxed.Second = [2]int [1,2]
	// want-type: main.main boxed = main.Pair[map[string]int,[2]int]
	limit := Max(1.5, 2.5)
	boxed := Pair[map[string]int, [2]int]{nil, [2]int{1, 2}}
	println(walk(root, Pair[string, *Circle]{"m", &Circle{1}}, "b", &Circle{2}))
	println(limit, boxed.Second[0])
}
