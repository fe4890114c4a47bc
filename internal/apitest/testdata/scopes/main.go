// Scopes has variables that hide each other, or of which the compiler keeps little. Each
// function dumps to a file of its own.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"coredumpy"
)

var limit, name, n = 1000, "global", 77

type level int

const (
	low  level = 1
	high level = 2
)

//go:noinline
func dump(name string) {
	path := filepath.Join(os.Args[1], name+".dump")
	if _, err := coredumpy.Dump(coredumpy.Path(path)); err != nil {
		fmt.Println(err)
	}
}

type conn struct {
	Host string
	Seen int
}

// inlined has a block that debug information lacks in an inlined call.
func inlined(c, spare *conn, n int) int {
	if n > 0 {
		c := spare
		c.Seen = n
	}
	dump("inlined")
	return c.Seen + spare.Seen
}

//go:noinline
func inline(k int) {
	primary, spare := &conn{"primary", 0}, &conn{"spare", 0}
	fmt.Println(inlined(primary, spare, k), primary, spare)
}

//go:noinline
func loop() {
	var fs []func()
	for i := 0; i < 3; i++ {
		fs = append(fs, func() { i += 100 })
		i := i * 7
		if i == 14 {
			dump("loop")
			fmt.Println("i is", i)
		}
	}
	fs[0]()
}

//go:noinline
func local() {
	n := len(fmt.Sprint("abc"))
	name := "local"
	dump("local")
	fmt.Println("n is", n, "name is", name)
}

func ranged(items []string) {
	limit := len(items)
	for range slices.Backward(items) {
		dump("ranged")
		break
	}
	fmt.Println("limit is", limit)
}

func constant() {
	const limit = 10
	const high level = 9
	dump("constant")
	fmt.Println("limit is", limit, "high is", high)
}

func literal() {
	name := fmt.Sprint("local")
	func() {
		dump("literal")
		fmt.Println("literal")
	}()
	fmt.Println("name is", name)
}

type list struct{ l []int }

type failure struct{ error }

//go:noinline
func numbers(n int) []int { return make([]int, n, 100) }

//go:noinline
func failed(n int) error { return fmt.Errorf("e%d", n) }

//go:noinline
func parts(k int) {
	l := list{numbers(k)}
	e := [1]failure{{failed(k)}}
	dump("parts")
	fmt.Println("len is", len(l.l), e[0].error != nil)
}

//go:noinline
func validator(c *conn) func(int) bool { return func(n int) bool { return n < c.Seen } }

func (c *conn) String() string { return c.Host }

var kept []func() string

//go:noinline
func churn(c *conn) {
	runtime.GC()
	for range 100_000 {
		kept = append(kept, c.String)
	}
}

//go:noinline
func funcs(k int, c *conn) {
	check := validator(c)
	both := [2]func(int) bool{validator(c), validator(c)}
	ok := check(k) && both[k&1](k)
	for range 3 {
		churn(c)
	}
	dump("funcs")
	fmt.Println(ok)
}

func one() any { type level int; return level(2) }

func types() {
	type level int // another one, without constants
	var own level = 2
	outer, other := high, one()
	m := map[any]string{other: "other", outer: "outer"}
	k, zero := 63, 0.0
	dump("types")
	fmt.Println(own, outer, other, m, k, zero)
}

func main() {
	inline(len(os.Args))
	loop()
	local()
	ranged([]string{"a", "b"})
	constant()
	literal()
	parts(len(os.Args) + 1)
	funcs(len(os.Args), &conn{"c", 9})
	types()
	fmt.Println(limit, name, n, low)
}
