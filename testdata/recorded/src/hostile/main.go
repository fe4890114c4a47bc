// Hostile has texts that a terminal must not see as they are, and names, keys and numbers
// that a reader may stumble over.
package main

import (
	"context"
	"errors"
	"math"
	"runtime/pprof"
	"strings"

	"coredumpy"
)

const clear = "\x1b[2J\x1b]0;title\x07"

type größe struct {
	Länge int
	文字    string
	_     int
	a, b_ bool
}

type text string

type tree map[string]tree

type self []self

type any0 any

//go:noinline
func show(argument text, rest ...string) (résult error) {
	bidi, invalid, nul := "user\u202e\u2066admin", "\xc3\x28\x9b31m", "a\x00b\r\nc"
	wide := größe{3, "字" + clear, 0, true, false}
	keys := map[string]int{clear: 1, "\n> p x": 2, "\"quoted\"": 3, "": 4, strings.Repeat("k", 200): 5}
	any0s := map[any0]any0{clear: clear, math.NaN(): math.NaN(), nil: nil}
	me := self{nil, {}}
	me[0] = me
	t := tree{}
	t["t"] = t
	var loop any
	loop = &loop
	quote, angle := `it's "it" \ `, "<script>&amp;</script>"
	résult = errors.New("bad: " + clear)
	use(bidi, invalid, nul, wide, keys, any0s, me, t, loop, quote, angle)
	panic("message " + clear + "\nframe 1: \u2028forged\n\ngoroutine 1 [running]:\n\tmain.go:1")
}

//go:noinline
func use(...any) {}

func main() {
	defer coredumpy.OnPanic(coredumpy.Description("described " + clear))
	pprof.Do(context.Background(), pprof.Labels("label "+clear, "value\n"+clear), func(context.Context) {
		show("argument "+clear, "one", clear)
	})
}
