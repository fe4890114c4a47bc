package main

import "unsafe"

type point struct{ X, Y int }

// want: main.pointers n = 3
//
//go:noinline
func pointers(n int) {
	p := &point{1, 2}
	// want: main.pointers *p = main.point {X: 1, Y: 2}
	pp := &p
	// want: main.pointers (*pp).Y = 2
	// want: main.pointers none = *main.point nil
	var none *point
	// want: main.pointers *same = main.point {X: 1, Y: 2}
	same := p
	// want: main.pointers *inner = 2
	inner := &p.Y
	// want: main.pointers *str = "pointed at"
	text := "pointed at"
	str := &text
	// want: main.pointers *row = [3]string ["a","b","c"]
	row := &[3]string{"a", "b", "c"}
	// want: main.pointers *empty = struct {} {}
	empty := &struct{}{}
	raw := unsafe.Pointer(p)
	// want-type: main.pointers raw = unsafe.Pointer
	// want-same: main.pointers p same
	slices(make([]int, 2, 8))
	use(n, p, pp, none, same, inner, str, row, empty, raw)
}
