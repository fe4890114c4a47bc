package main

type pair[K comparable, V any] struct {
	Key K
	Val V
}

type opt[T any] struct {
	Val T
	OK  bool
}

type list[T any] struct {
	head *elem[T]
	n    int
}

type elem[T any] struct {
	val  T
	next *elem[T]
}

func (l *list[T]) push(v T) { l.head, l.n = &elem[T]{v, l.head}, l.n+1 }

// want: main.generic p = main.pair[string,main.point] {Key: "k", Val: main.point {X: 7, Y: 8}}
// want: main.generic opts = []main.opt[int] len: 2, cap: 2, [{Val: 1, OK: true},{Val: 0, OK: false}]
//
//go:noinline
func generic(p pair[string, point], opts []opt[int]) {
	var l list[map[string]int]
	l.push(map[string]int{"a": 1})
	l.push(nil)
	// want: main.generic l.n = 2
	// want: main.generic l.head.next.val["a"] = 1
	// want: main.generic l.head.val = map[string]int nil
	// want-type: main.generic l = main.list[map[string]int]
	// want-type: main.generic l.head = *main.elem[map[string]int]
	cycles()
	use(p, opts, l)
}
