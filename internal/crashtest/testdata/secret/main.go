//go:build goexperiment.runtimesecret

// Secret dumps itself while functions run in runtime/secret.Do. Its arguments are the text of
// the secrets, in two halves, and a text that isn't one.
package main

import (
	"os"
	"runtime"
	"runtime/secret"
	"strings"

	"coredumpy"
)

type sealed struct {
	text   string
	raw    []byte
	number int
	next   *sealed
	byName map[string]int
	any    any
}

var (
	outside = sealed{text: "plain-" + os.Args[3], number: 4711}
	kept    *sealed         // allocated in secret, and reachable from outside
	filled  = map[int]int{} // its entries are allocated in secret
)

//go:noinline
func wait(text string, numbers [4]int, ready, stop chan bool) {
	local := text + "!"
	ready <- true
	<-stop
	runtime.KeepAlive(local)
	runtime.KeepAlive(numbers)
}

// number returns a number made of the digits of a text's bytes.
func number(text string) (n int) {
	for _, c := range text[:6] {
		n = n*10 + int(c)%10
	}
	return n
}

func main() {
	first, second := os.Args[1], os.Args[2]
	ready, stop := make(chan bool), make(chan bool)
	go secret.Do(func() {
		whole := first + second
		n := number(whole)
		kept = &sealed{
			text: strings.Repeat(whole, 2), raw: []byte(whole), number: n,
			next: &sealed{text: whole[1:], number: n}, byName: map[string]int{whole: n}, any: n,
		}
		filled[n] = n
		wait(whole, [4]int{n, n, n, n}, ready, stop)
	})
	<-ready
	os.Args = nil
	first, second = "", ""
	if _, err := coredumpy.Dump(coredumpy.Path("secret.dump")); err != nil {
		panic(err)
	}
	close(stop)
}
