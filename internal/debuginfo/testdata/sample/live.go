package main

import (
	"reflect"
	"runtime"
)

// Go 1.25.0 describes only types that a variable has.
var (
	array  [3]int8
	noName struct{ A int }
)

// live prints the truth to standard error, one line each:
//
//	entry NAME ADDRESS                         where a function starts
//	type NAME ADDRESS                          where a runtime type is
//	var FUNCTION NAME ADDRESS                  where a variable is
//	call PC INLINED LINE FUNCTION FILE         a frame of the stack at a stop
//	line PC LINE FUNCTION FILE                 the innermost call at an address
func live() {
	println("entry main.liveOuter", reflect.ValueOf(liveOuter).Pointer())
	types := []any{0, "", Point{}, &Point{}, Table{}, Circle{}, []string{}, map[string]int{},
		Pair[string, *Point]{}, Name(""), make(chan int), array, 1.5, noName}
	for _, v := range types {
		t := reflect.TypeOf(v)
		println("type", t.String(), reflect.ValueOf(t).Pointer())
	}
	for _, fn := range []any{liveOuter, liveInner, inlines, walk, blocks, closures, rangeFunc, main, use, runtime.GC, reflect.DeepEqual} {
		lines(reflect.ValueOf(fn).Pointer())
	}
	liveOuter(3)
}

//go:noinline
func liveOuter(n int) int {
	a := n + 1
	var array [5]int
	array[n] = a
	text := "text"
	println("var main.liveOuter a", &a)
	println("var main.liveOuter array", &array)
	println("var main.liveOuter text", &text)
	r := viaInlined(array[:], a)
	return r + a + array[1] + len(text)
}

func viaInlined(s []int, n int) int {
	return liveInner(s, n*2) + 1
}

//go:noinline
func liveInner(s []int, n int) int {
	b := n
	point := Point{n, len(s)}
	label := "label"
	println("var main.liveInner b", &b)
	println("var main.liveInner label", &label)
	println("var main.liveInner point", &point)
	calls()
	return b + point.Y + len(label)
}

//go:noinline
func calls() {
	var pcs [20]uintptr
	n := runtime.Callers(1, pcs[:])
	for _, pc := range pcs[:n] {
		frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		println("call", pc, frame.Func == nil, frame.Line, frame.Function, frame.File)
	}
}

// lines prints the line of each address of the function at entry.
func lines(entry uintptr) {
	for pc := entry; ; pc++ {
		frame, _ := runtime.CallersFrames([]uintptr{pc + 1}).Next()
		if frame.Entry != entry {
			return
		}
		println("line", pc, frame.Line, frame.Function, frame.File)
	}
}
