// Plant puts a secret of its own in each of its places, then panics or, with
// the argument wait, waits. It reads the secrets from standard input, reversed
// and in quotes, one line for each place: in the dump they are where they were
// planted, and nowhere else.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"coredumpy"
)

// A place is where a secret is planted. The value that plant returns is kept in a
// variable of a goroutine.
type place struct {
	name  string
	plant func(secret string) any
}

// Names of places that begin with one of these say what shows the secret: the text around
// it, or that it is in the environment. Others get a secret of a well-known form.
const (
	marked  = "marked: "
	environ = "environment: "
)

func places() []place {
	return slices.Concat(values(), library(), named(), known(), stacks())
}

var blocked = make(chan struct{})

// waiting counts the goroutines that hold a value.
var waiting atomic.Int32

// hold keeps a value in a goroutine.
func hold(p place, secret string) {
	value := p.plant(secret)
	secret = ""
	waiting.Add(1)
	<-blocked
	runtime.KeepAlive(value)
}

func reversed(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func main() {
	mode := os.Args[1]
	if mode == "list" {
		for _, p := range places() {
			fmt.Println(p.name)
		}
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	next := func() string {
		in.Scan()
		s, err := strconv.Unquote(in.Text())
		if err != nil {
			panic(err)
		}
		return reversed(s)
	}
	for _, p := range places() {
		go hold(p, next())
	}
	for int(waiting.Load()) < len(places()) {
		runtime.Gosched()
	}
	settings(os.Args[2])
	if mode == "wait" {
		fmt.Println("ready")
		<-blocked
	}
	description, given, name, message := next(), next(), next(), next()
	defer coredumpy.OnPanic(coredumpy.Path("x.dump"), coredumpy.Description("of "+description),
		coredumpy.Var("given", given), coredumpy.Var("given "+name, 1))
	labels := pprof.Labels("label", next(), "api-token", next())
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), labels))
	defer runtime.GC() // so the dump doesn't depend on when garbage is collected
	fail(message)
}

//go:noinline
func fail(message string) {
	panic(fmt.Errorf("it failed: %w", fmt.Errorf("for %s", message)))
}

// settings changes Config as the argument says: "plain", "strict", which hides text by no
// other rule, or limits in the form "depth string elements".
func settings(s string) {
	c := &coredumpy.Config
	if c.HideText = s == "strict"; c.HideText || s == "plain" {
		c.HideSecret, c.HideNamed, c.HideEnviron = false, false, false
		return
	}
	if _, err := fmt.Sscan(strings.ReplaceAll(s, ",", " "), &c.Depth, &c.MaxString, &c.MaxElements); err != nil {
		panic(err)
	}
}
