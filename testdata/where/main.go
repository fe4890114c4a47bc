// Where panics in many ways, one for each argument. A comment "opens: NAME" marks the
// line of the frame on which a dump opens. With a second argument the program dumps
// itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"coredumpy"
)

var cases = map[string]func(){}

func on() bool { return len(os.Args) > 2 }

func main() {
	if on() {
		defer coredumpy.OnPanic()
	}
	cases[os.Args[1]]()
}

type point struct{ x, y int }

var nowhere *point

//go:noinline
func fail(text string) { panic(text) } // opens: fail

//go:noinline
func fault(p *point) int {
	return p.x + 1 // opens: fault
}

func init() {
	cases["fail"] = func() { fail("no more tea") }
	cases["fault"] = func() { fault(nowhere) }
	cases["std"] = func() { fmt.Println(strings.Repeat("x", -len(os.Args))) }
	cases["value"] = func() { panic(point{1, 2}) }            // opens: value
	cases["error"] = func() { panic(errors.New("no sugar")) } // opens: error
	cases["bounds"] = func() {
		list := os.Args[:1]
		fmt.Println(list[len(os.Args)]) // opens: bounds
	}
	cases["map"] = func() {
		var m map[string]int
		m[os.Args[1]] = 1 // opens: map
	}
	cases["conversion"] = func() {
		var v any = 3
		fmt.Println(v.(string)) // opens: conversion
	}

	if os.Args[1] == "init" {
		if on() {
			defer coredumpy.OnPanic()
		}
		panic("in init") // opens: init
	}
}

// Panics that are passed on.
func init() {
	cases["repanic"] = func() {
		defer again()
		panic("passed on as it is") // opens: repanic
	}
	cases["fault passed on"] = func() {
		defer again()
		nowhere.x++ // opens: fault passed on
	}
	cases["passed on twice"] = func() {
		defer again()
		func() {
			defer again()
			panic(point{3, 4}) // opens: passed on twice
		}()
	}
	cases["wrapped"] = func() {
		defer func() { panic(fmt.Errorf("while pouring: %w", recover().(error))) }()
		panic(errors.New("no milk")) // opens: wrapped
	}
	cases["joined"] = func() {
		defer func() { panic(errors.Join(errors.New("first"), recover().(error))) }()
		panic(&problem{cause: 7}) // opens: joined
	}
	cases["held"] = func() {
		defer func() { panic(&problem{cause: recover(), stack: make([]byte, 100)}) }()
		panic(point{5, 6}) // opens: held
	}
	cases["told"] = func() {
		defer func() { panic(fmt.Sprintf("pouring failed: %v", recover())) }()
		panic("no milk left") // opens: told
	}
	cases["told of a fault"] = func() {
		defer func() { panic(fmt.Sprintf("pouring failed: %v", recover())) }()
		nowhere.y++ // opens: told of a fault
	}
	cases["two OnPanic"] = func() {
		defer coredumpy.OnPanic()
		defer again()
		panic("passed two") // opens: two OnPanic
	}
	cases["OnPanic with options"] = func() {
		defer coredumpy.OnPanic(coredumpy.Description("d"))
		defer again()
		nowhere.x++ // opens: OnPanic with options
	}
}

func again() {
	if r := recover(); r != nil {
		panic(r)
	}
}

type problem struct {
	cause any
	stack []byte
}

func (p *problem) Error() string { return fmt.Sprint("problem ", p.cause) }

// Panics during other panics, with which they have nothing to do.
func init() {
	cases["another"] = func() {
		defer func() {
			panic("the cleanup failed") // opens: another
		}()
		panic("no milk left")
	}
	cases["another fault"] = func() {
		defer func() {
			nowhere.y++ // opens: another fault
		}()
		nowhere.x++
	}
	cases["fault in a handler"] = func() {
		defer func() {
			if r := recover(); r != nil {
				nowhere.y++ // opens: fault in a handler
			}
		}()
		nowhere.x++
	}
	cases["another of its type"] = func() {
		defer func() {
			recover()
			panic(&problem{cause: "b"}) // opens: another of its type
		}()
		panic(&problem{cause: "a"})
	}
	cases["another passed on"] = func() {
		defer again()
		defer func() {
			panic("the second one") // opens: another passed on
		}()
		panic("no milk left")
	}
}

// Functions that the compiler makes.
type exploder interface{ explode(at int) }

type bomb struct{ fuse []int }

//go:noinline
func (b *bomb) explode(at int) { b.fuse[at]++ } // opens: bomb

type dud struct{ n int }

func (d dud) explode(at int) { fmt.Println(d.n, at) }

type crate struct{ *bomb }

type box struct{ exploder }

//go:noinline
func light(e exploder) {
	e.explode(3) // opens: nil receiver
}

func first[T any](list []T) T {
	return list[0] // opens: generic
}

func init() {
	cases["bomb"] = func() { new(bomb).explode(3) }
	for name, f := range map[string]func(){
		"method value":          func() { f := new(bomb).explode; call(f) },
		"method expression":     func() { f := (*bomb).explode; f(new(bomb), 3) },
		"embedded":              func() { light(crate{new(bomb)}) },
		"embedded interface":    func() { light(box{crate{new(bomb)}}) },
		"deferred":              func() { defer new(bomb).explode(3) },
		"deferred value":        func() { defer call(new(bomb).explode) },
		"deferred in interface": func() { var e exploder = box{crate{new(bomb)}}; defer e.explode(3) },
		"go": func() {
			go func() {
				if on() {
					defer coredumpy.OnPanic(coredumpy.Description("d"))
				}
				new(bomb).explode(3)
			}()
			select {}
		},
		"go with arguments": func() { go explodeIn(new(bomb), 3); select {} },
	} {
		cases["bomb: "+name] = f
	}
	cases["nil receiver"] = func() { var d *dud; light(d) }
	cases["generic"] = func() { first([]point{}) }
	cases["deferred closure"] = func() {
		list := []int{1}
		defer func() {
			list[len(os.Args)]++ // opens: deferred closure
		}()
	}
}

//go:noinline
func call(f func(int)) { f(3) }

func explodeIn(b *bomb, at int) {
	if on() {
		defer coredumpy.OnPanic()
	}
	b.explode(at)
}
