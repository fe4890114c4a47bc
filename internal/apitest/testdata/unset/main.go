// Unset panics in statements that declare variables, and in functions that return
// before they declare one.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"coredumpy"
)

type conf struct {
	Port int
	Tags []string
}

func (c *conf) with(n int) *conf { c.Port += n; return c }

func (c *conf) do(n int) (*conf, error) { return c, fmt.Errorf("%d", must(fmt.Sprint("x", n))) }

func must(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

// stain leaves values on the stack that a variable without a value must not show.
//
//go:noinline
func stain(n int) int {
	var junk [64]uint64
	for i := range junk {
		junk[i] = uint64(n)
	}
	runtime.KeepAlive(&junk)
	return n
}

func nested() {
	port := stain(7) - 6
	{
		port := strconv.Itoa(
			must("x"),
		)
		fmt.Println(port)
	}
	fmt.Println(port)
}

func literal() {
	before := stain(7)
	c := conf{
		Port: must("x"),
		Tags: os.Args,
	}
	fmt.Println(c, before)
}

func pointer() {
	before := stain(7)
	c := &conf{
		Port: before,
	}
	d := &conf{
		Port: must("x"),
	}
	fmt.Println(c, d)
}

// collected does the same as nested, after garbage has been collected. The second call
// finds on the stack what the first has left.
func collected(s string) {
	c := &conf{Port: stain(7)}
	{
		c := &conf{
			Port: must(garbage(s)),
		}
		fmt.Println(c)
	}
	fmt.Println(c)
}

//go:noinline
func garbage(s string) string {
	runtime.GC()
	return s
}

func function() {
	before := stain(7)
	v := func() int {
		return must("x")
	}()
	fmt.Println(v, before)
}

func chain() {
	before := &conf{Port: stain(7)}
	after, err := before.
		with(1).
		do(3)
	fmt.Println(after, err)
}

func header(n int) {
	if n := stain(7) + must(
		fmt.Sprint("x", n)); n > 3 {
		fmt.Println(n)
	}
}

func loop() {
	for i := 0; i < 3; i++ {
		if square := i * i; i == 2 {
			fmt.Println(
				must("x"),
				square,
			)
		}
	}
}

func ranged() {
	for i, s := range []string{"1", "x"} {
		n := stain(must(
			s,
		))
		fmt.Println(i, n)
	}
}

type counter struct{ n int }

func (c *counter) done() { must("x") }

func early(c *counter) (n int) {
	defer c.done()
	first := stain(7)
	if c.n == 0 {
		return first - 2
	}
	words := os.Args[c.n:]
	count := len(words)
	fmt.Println(words, count)
	return count
}

func late(c *counter) {
	defer c.done()
	first := stain(7)
	second := strings.ToUpper("b")
	fmt.Fprintln(os.Stderr, first, second)
}

func recovered(c *counter) {
	first := stain(7)
	defer c.done()
	defer func() { recover() }()
	second := must("x")
	fmt.Println(first, second)
}

var sink []int

//go:noinline
func fail(n int) {
	if n > 0 {
		must("x")
	}
}

// variadic is inlined.
func variadic(ys ...int) int {
	fail(len(os.Args))
	sink = ys
	return ys[0]
}

//go:noinline
func optimised(x int) int {
	x += 100
	n := variadic(1, 2, 3)
	m := variadic(4, 5, 6) + n
	return m + x
}

func main() {
	defer coredumpy.OnPanic(coredumpy.Path(os.Args[1]))
	switch os.Args[2] {
	case "nested":
		nested()
	case "literal":
		literal()
	case "pointer":
		pointer()
	case "collected":
		collected("1")
		collected("x")
	case "function":
		function()
	case "chain":
		chain()
	case "header":
		header(4)
	case "loop":
		loop()
	case "ranged":
		ranged()
	case "early":
		early(&counter{})
	case "late":
		late(&counter{})
	case "optimised":
		optimised(stain(7))
	case "recovered":
		recovered(&counter{})
	}
}
