// A Go interpreter calls compiled code of ours.
package main

import (
	"reflect"

	"github.com/traefik/yaegi/interp"

	"coredumpy/real/stop"
)

func twice(n int, name string) (int, error) {
	out := n + len(name)
	stop.At(3)
	return out, nil
}

func main() {
	i := interp.New(interp.Options{})
	err := i.Use(interp.Exports{"shop/shop": {"Twice": reflect.ValueOf(twice)}})
	if err != nil {
		panic(err)
	}
	_, err = i.Eval(`
import "shop"

func sum(names []string) (n int) {
	for i, name := range names {
		m, _ := shop.Twice(i, name)
		n += m
	}
	return n
}

var total = sum([]string{"a", "bb", "ccc", "dddd"})
`)
	if err != nil {
		panic(err)
	}
	stop.Never()
}
