package main

import (
	"sort"
	"strings"
)

type op func(int, int) int

func add(a, b int) int { return a + b }

func (p *point) shift(d int) { p.X += d }

func (p point) sum() int { return p.X + p.Y }

// want: main.funcs given = main.channels.func3
//
//go:noinline
func funcs(given func(int) int) {
	// want: main.funcs null = nil
	// want: main.funcs plain = main.add
	// want: main.funcs typed = main.add
	// want: main.funcs std = strings.ToUpper
	// want: main.funcs closure = main.funcs.func1
	// want: main.funcs method = main.(*point).shift-fm
	// want: main.funcs bound = main.point.sum-fm
	// want: main.funcs expr = main.point.sum
	// want-type: main.funcs typed = main.op
	// want-closure: main.funcs closure base = 100
	// want-closure: main.funcs closure names = []string len: 2, cap: 2, ["a","b"]
	var null func()
	plain, typed, std := add, op(add), strings.ToUpper
	base, names := 100, []string{"a", "b"}
	closure := func(n int) int { return base + n + len(names) }
	p := &point{1, 2}
	method, bound, expr := p.shift, p.sum, point.sum
	// want: main.funcs table["add"] = main.add
	table := map[string]op{"add": add}
	sort.Strings(names)
	generic(pair[string, point]{"k", point{7, 8}}, []opt[int]{{1, true}, {}})
	use(given, null, plain, typed, std, closure, method, bound, expr, table)
}
