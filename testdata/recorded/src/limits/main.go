// Limits makes a dump in which every limit cuts something.
package main

import (
	"strings"
	"time"

	"coredumpy"
)

type link struct {
	N    int
	Next *link
}

var (
	first  = []int{1, 2, 3}
	second = map[int]string{1: "a", 2: "b"}
	third  = "third"
	fourth = "fourth"
)

//go:noinline
func deep(n int, text string) {
	if n > 0 {
		deep(n-1, text)
		use(n)
		return
	}
	data := []byte(strings.Repeat("bytes ", 40))
	numbers := make([]int, 50)
	table := map[int]int{}
	for i := range numbers {
		numbers[i] = i
		table[i] = -i
	}
	queue := make(chan int, 20)
	for i := range 10 {
		queue <- i
	}
	array := [30]string{3: "three"}
	var chain *link
	for i := range 30 {
		chain = &link{i, chain}
	}
	var nested any = []any{[]any{[]any{[]any{[]any{"deep"}}}}}
	use(data, numbers, table, queue, array, chain, nested)
	panic(text)
}

//go:noinline
func use(...any) {}

func main() {
	c := &coredumpy.Config
	c.MaxString, c.MaxElements, c.MaxFrames, c.MaxGoroutines, c.MaxGlobals, c.MaxObjects = 40, 4, 6, 3, 3, 30
	c.MaxSource = 3000
	defer coredumpy.OnPanic(coredumpy.Depth(4))
	for range 10 {
		go func() { select {} }()
	}
	time.Sleep(10 * time.Millisecond)
	use(first, second, third, fourth)
	deep(12, strings.Repeat("a long message; ", 40))
}
