// Package-level variables of the packages on the stack, and of others.
//
// want-panic: runtime error: integer divide by zero
// want-global: main.counter = 17
// want-global: main.table["b"] = 2
// want-global: main.config.Name = "prod"
// want-global: main.config.Next.Name = "dev"
// want-global: main.hook = main.twice
// want-global: "coredumpy/testdata/crash/globals/stock".Items[0].Name = "pen"
// want-global: "coredumpy/testdata/crash/globals/stock".total = 3
// want-global: "coredumpy/testdata/crash/globals/token".Keywords[1] = "case"
// want-global: "coredumpy/testdata/crash/globals/limits".Current.Most = 12
// want-global: "coredumpy/testdata/crash/globals/token".secret = "***redacted***#N"
package main

import (
	"coredumpy"
	"coredumpy/testdata/crash/globals/limits"
	"coredumpy/testdata/crash/globals/stock"
	"coredumpy/testdata/crash/globals/token"
)

type settings struct {
	Name string
	Next *settings
}

var (
	counter = 16
	table   = map[string]int{"a": 1, "b": 2}
	config  = settings{"prod", &settings{Name: "dev"}}
	hook    = twice
)

func twice(n int) int { return n * 2 }

func main() {
	defer coredumpy.OnPanic()
	counter++
	token.Each(func(string) { println(stock.Each(divide)) })
	println(table["a"], config.Name, hook(1), limits.Current.Most)
}

// want: main.divide n = 0
//
//go:noinline
func divide(n int) int { return counter / n }
