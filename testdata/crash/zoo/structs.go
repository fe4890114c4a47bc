package main

import (
	"sync"
	"time"
)

type base struct {
	id   int
	Name string
}

type middle struct {
	*base
	tags []string
}

type record struct {
	middle
	base2  base
	hidden bool
	_      [3]byte
	when   time.Time
	mu     sync.Mutex
	f      func(int) int
	any    any
	inner  struct {
		a, b uint8
		c    *string
	}
}

// want: main.records key = main.cell {Row: 3, Col: "c"}
//
//go:noinline
func records(key cell) {
	text := "deep"
	r := record{middle: middle{&base{1, "root"}, []string{"x"}}, base2: base{2, "side"}, hidden: true, any: key}
	r.inner.a, r.inner.b, r.inner.c = 1, 2, &text
	// want: main.records r.middle.base.Name = "root"
	// want: main.records r.Name = "root"
	// want: main.records r.tags = []string len: 1, cap: 1, ["x"]
	// want: main.records r.base2 = main.base {id: 2, Name: "side"}
	// want: main.records r.hidden = true
	// want: main.records r.f = nil
	// want: main.records r.any = interface {}(main.cell) {Row: 3, Col: "c"}
	// want: main.records *r.inner.c = "deep"
	// want: main.records r.inner.b = 2
	// want: main.records anon = struct { A int; B string } {A: 1, B: "b"}
	// want: main.records empty = struct {} {}
	// want: main.records bits = [2]struct { A bool; B int16 } [{A: true, B: -1},{A: false, B: 2}]
	anon, empty := struct {
		A int
		B string
	}{1, "b"}, struct{}{}
	bits := [2]struct {
		A bool
		B int16
	}{{true, -1}, {false, 2}}
	interfaces(key, nil)
	use(&r, anon, empty, bits)
}
