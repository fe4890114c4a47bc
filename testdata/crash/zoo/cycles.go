package main

import (
	"sync"
	"sync/atomic"
)

type ring struct {
	name string
	next *ring
}

type tree struct {
	parent *tree
	kids   []*tree
	byName map[string]*tree
	name   string
}

//go:noinline
func cycles() {
	a := &ring{name: "a"}
	a.next = &ring{"b", &ring{"c", a}}
	// want: main.cycles a.next.next.next.name = "a"
	// want-same: main.cycles a a.next.next.next
	root := &tree{name: "root", byName: map[string]*tree{}}
	for _, name := range []string{"left", "right"} {
		kid := &tree{parent: root, name: name}
		root.kids = append(root.kids, kid)
		root.byName[name] = kid
	}
	// want: main.cycles root.kids[1].parent.kids[0].name = "left"
	// want-same: main.cycles root.kids[0] root.byName["left"]
	var boxed any
	boxed = &boxed
	// want-type: main.cycles boxed = interface {}
	m := map[string]any{}
	m["m"] = m
	// want: main.cycles len(m) = 1
	shared := []int{1, 2, 3}
	x, y := shared, shared[:2]
	// want: main.cycles y = []int len: 2, cap: 3, [1,2]
	// want: main.cycles visits = sync.Map ["left": 7, ]
	// want: main.cycles many.m.inited.v = 1
	// want: main.cycles current.v.next.name = "b"
	// want-same: main.cycles current.v a
	var visits, many, none sync.Map
	visits.Store("left", 7)
	for i := range 1000 {
		many.Store(i, root)
	}
	// want: main.cycles none = sync.Map []
	var current atomic.Pointer[ring]
	current.Store(a)
	if len(x) > len(y) {
		panic("the zoo is closed")
	}
	use(a, root, boxed, m, x, y, &visits, &many, &none, &current)
}
