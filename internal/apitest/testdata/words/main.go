// Command words has variables of which optimised code keeps only some words, and others
// that share their places on the stack. Each function runs in a goroutine of its own
// until it waits; then the program writes a dump to the path that it is given.
package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"coredumpy"
)

var (
	never   = make(chan int)
	waiting atomic.Int32
)

//go:noinline
func wait(n int) int {
	waiting.Add(1)
	return <-never + n
}

// pass returns its argument.
//
//go:noinline
func pass(n int) int { return n }

//go:noinline
func keep(a ...any) int { return len(a) }

//go:noinline
func add(l []int64) (n int) {
	for _, v := range l {
		n += int(v)
	}
	return n
}

//go:noinline
func list(n int) []int64 { l := make([]int64, n, n+4); l[0] = 7; return l }

//go:noinline
func pointerAndCapacity(n int) int {
	l := list(n)
	x := wait(n)
	return x + add(l[:cap(l)])
}

// Slicing up to a number needs the capacity but not the length.
//
//go:noinline
func sliced(n int) int {
	l := list(n)
	x := wait(n)
	return x + keep(l[:x])
}

//go:noinline
func lengthAndCapacity(n int) int {
	l := list(n)
	x := wait(n)
	return x + len(l)<<3 ^ cap(l)
}

//go:noinline
func pointerAndLength(n int) int {
	l := list(n)
	x := wait(n)
	for _, v := range l {
		x += int(v)
	}
	return x
}

//go:noinline
func wholeSlice(n int) int {
	l := list(n)
	return wait(n) + keep(l)
}

type padded struct {
	A uint8
	B int64
	C bool
	D int32
}

// as converts a number.
//
//go:noinline
func as[T uint8 | int16 | int32 | int64 | float32 | float64](n int) T { return T(n) }

//go:noinline
func positive(n int) bool { return n > 0 }

//go:noinline
func allFields(n int) int {
	p := padded{as[uint8](n), as[int64](n * 100), positive(n), as[int32](n * 7)}
	x := wait(n)
	if p.C {
		x++
	}
	return x + int(p.A)*int(p.B)<<uint(p.D)
}

//go:noinline
func someFields(n int) int {
	p := padded{A: as[uint8](n), D: as[int32](n * 7)}
	x := wait(n)
	return x + int(p.A) + int(p.D)
}

type inner struct {
	F float32
	E error
}

type outer struct {
	In inner
	N  int16
}

//go:noinline
func nested(n int) int {
	o := outer{inner{as[float32](n), fmt.Errorf("error %d", n)}, as[int16](n * 9)}
	x := wait(n)
	return x + int(o.N) + int(o.In.F) + keep(o.In.E)
}

type named struct {
	P *int
	S string
}

//go:noinline
func lastFields(n int) int {
	q := named{S: fmt.Sprint("text", n)}
	x := wait(n)
	return x + int(q.S[x&1]) + len(q.S)
}

//go:noinline
func complexes(n int) int {
	c := [1]complex128{complex(as[float64](n), as[float64](n+1))}
	x := wait(n)
	return x + int(imag(c[0])) + int(real(c[0]))
}

//go:noinline
func imaginary(n int) int {
	c := complex(as[float64](n), as[float64](n+1))
	x := wait(n)
	return x + int(imag(c))
}

// first and x have the same value, and the same place, until x gets another value.
//
//go:noinline
func shared(n int) int {
	x := 0
	for i := 0; i < 3; i++ {
		x = pass(n*5 + i)
		x += pass(2)
		pass(x & 1)
	}
	first := x
	y := pass(1)
	if first > 3 {
		n = pass(n / 3)
		x += pass(first & 1)
		y += pass(first / 3)
	} else {
		x += pass(first & 1)
	}
	n++
	pass(0)
	x++
	wait(n)
	return x + y
}

// A variable may have the name, the line and the type of a word of another one.
//
//go:noinline
func alike(n int) int {
	p, pA, pB := padded{A: as[uint8](n), B: as[int64](n)}, uint8(n+1), int64(n+2)
	point(&pA, &pB)
	x := wait(n)
	point(&pA, &pB)
	return x + int(p.A) + int(p.B) + int(pA) + int(pB)
}

//go:noinline
func point(a *uint8, b *int64) {
	if *a == 0 {
		*b++
	}
}

type celsius int

//go:noinline
func use(d celsius) int { return int(d) }

// A value whose type differs from the variable's is in a place that others use as well.
//
//go:noinline
func converted(n int) int {
	d := celsius(pass(n))
	x := pass(1)
	x += use(d)
	y := pass(n+1)*3 + wait(n)
	return x + y
}

type table map[string]int

//go:noinline
func newTable(n int) map[string]int { return map[string]int{"n": n} }

//go:noinline
func useTable(t table) int { return len(t) }

//go:noinline
func three(a, b map[string]int, n int) int { return len(a) + len(b) + n }

func tableOf(n int) table { return newTable(n) }

// The declaration states a type; the value has another one.
//
//go:noinline
func stated(n int) int {
	var t table = newTable(n)
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}

// The value comes from a call that is inlined and converts it.
//
//go:noinline
func returned(n int) int {
	t := tableOf(n)
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}

// Another variable with the same value was declared with a conversion.
//
//go:noinline
func copied(n int) int {
	a := table(newTable(n))
	b := a
	x := useTable(a) + useTable(b)
	x += useTable(a) + useTable(b)
	return x + three(newTable(10), newTable(11), wait(n))
}

func swap(a, b string) (left, right string) {
	if len(a) > len(b) {
		return b + "!", a
	}
	return a, b
}

//go:noinline
func inlined(n int) int {
	left, right := swap(fmt.Sprint(n), fmt.Sprint(n, n))
	pass(keep(left))
	l, r := swap(right, left)
	pass(keep(l))
	x := wait(n)
	return x + keep(l, r)
}

// A closure that assigns to a variable has its address.
//
//go:noinline
func assignedByClosure(n int) int {
	var names []string
	last := "none"
	var err error
	each(func(s string) { names, last, err = append(names, s), s, fmt.Errorf("at %s", s) })
	x := wait(n)
	return x + len(names) + len(last) + keep(err)
}

//go:noinline
func each(f func(string)) { f("one"); f("two") }

type large struct {
	A, B, C, D, E int
	Name          string
}

//go:noinline
func fill(l *large, n int) { l.A, l.E, l.Name = n, n*2, "set" }

//go:noinline
func addressTaken(n int) int {
	var l large
	fill(&l, n)
	x := wait(n)
	return x + l.A + len(l.Name)
}

// An assignment to an element of a slice leaves the variable as it is.
//
//go:noinline
func used(n int) int {
	l := list(n)
	l[1] = 5
	x := wait(n)
	return x + add(l) + cap(l)
}

// The parameters of product and the variable of triple have the places of n and m.
//
//go:noinline
func sharedWithInlined(n int) int {
	m := pass(n)
	o := triple(m)
	x := wait(n)
	return x + product(m, o) + m + o
}

func product(a, b int) int { return a * b }

func triple(a int) int {
	b := pass(a * 3)
	return b
}

// The text of the function that converts is in another file.
//
//go:noinline
func fromOtherFile(n int) int {
	t := namedResult(n)
	x := useTable(t)
	x += useTable(t)
	return x + three(newTable(10), newTable(11), wait(n))
}

var functions = []func(int) int{
	assignedByClosure, addressTaken, used, sharedWithInlined,
	pointerAndCapacity, sliced, lengthAndCapacity, pointerAndLength, wholeSlice,
	allFields, someFields, nested, lastFields, complexes, imaginary, shared, alike, converted, stated, returned, copied, inlined,
	convertedForCall, convertedForCallTwice, oneOfSeveral, namedInCall, passedThrough, element, elementOfResult,
	partOfReceiver, literal, fromOtherFile,
}

func main() {
	for _, f := range functions {
		go f(3)
	}
	for int(waiting.Load()) < len(functions) {
		time.Sleep(time.Millisecond)
	}
	w, err := os.Create(os.Args[1])
	if err == nil {
		err = coredumpy.DumpTo(w)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
