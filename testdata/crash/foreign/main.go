// Pointers into the stack of another goroutine, which only unsafe code can have:
// the values there are part of the dump, as that goroutine's own variables are.
//
// want-panic: foreign
// want-frames: main.borrow main.main
package main

import (
	"unsafe"

	"coredumpy"
)

type lent struct {
	Name    string
	Numbers [3]int
	Next    *int
}

// want: main.lend l = main.lent {Name: "lent", Numbers: [3]int [7,8,9], Next: *10}
//
//go:noinline
func lend(address chan<- uintptr, back <-chan bool) int {
	deepen(0)
	ten := 10
	l := lent{"lent", [3]int{7, 8, 9}, &ten}
	address <- uintptr(unsafe.Pointer(&l)) // so that it stays on the stack
	<-back
	return l.Numbers[0] + *l.Next
}

// deepen makes the stack grow now, so that it needn't move later.
//
//go:noinline
func deepen(i int) byte {
	var room [60 << 10]byte
	room[i] = 1
	return room[len(room)-1-i]
}

// want: main.borrow p = *main.lent {Name: "lent", Numbers: [3]int [7,8,9], Next: *10}
// want: main.borrow number = *9
// want: main.borrow all = []int len: 3, cap: 3, [7,8,9]
//
//go:noinline
func borrow(p *lent, number *int, all []int) {
	if len(all) == 3 && *number == 9 && p.Name != "" {
		panic("foreign")
	}
}

func main() {
	defer coredumpy.OnPanic()
	address := make(chan uintptr)
	go lend(address, make(chan bool))
	at := <-address
	p := *(**lent)(unsafe.Pointer(&at))
	borrow(p, &p.Numbers[2], p.Numbers[:])
}
