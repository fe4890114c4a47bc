package main

import (
	"fmt"
	"time"

	"coredumpy"
)

// crashes are the ways to panic.
var crashes = map[string]func(){
	"value": func() { panic(newCard(7)) },
	"error": func() { panic(fmt.Errorf("no luck: %w", errFull)) },
	"nil":   func() { var c *card; c.Name = "x" },
	"map":   func() { var m map[string]int; m["x"] = 1 },
	"index": func() { list := []int{1, 2, 3}; list[len(*dir)+3] = 1 },
	"close": func() { c := make(chan int); close(c); close(c) },
	"deep":  func() { recurse(5000) },
	"locked": func() {
		shared.Lock()
		defer shared.Unlock()
		panic("locked")
	},
	"timer": func() { panic("timer") },
	"many":  func() { panic("one of many") },
}

// crash panics, on the goroutine that suits it.
func crash(how string) {
	switch how {
	case "timer":
		time.AfterFunc(0, func() { crashHere(how) })
	case "many":
		for range 3 {
			go crashHere(how)
		}
	case "locked":
		go crashHere(how)
	default:
		crashHere(how)
	}
	select {}
}

func crashHere(how string) {
	if !*plain {
		defer coredumpy.OnPanic(coredumpy.Directory(*dir))
	}
	crashes[how]()
}

func recurse(n int) int {
	if n == 0 {
		panic("deep")
	}
	return recurse(n-1) + n
}
