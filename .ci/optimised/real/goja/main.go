// A JavaScript machine calls a function of ours from a callback of sort.
package main

import (
	"github.com/dop251/goja"

	"coredumpy/real/stop"
)

func main() {
	vm := goja.New()
	seen := map[string]int{}
	err := vm.Set("weigh", func(call goja.FunctionCall) goja.Value {
		name := call.Argument(0).String()
		seen[name]++
		stop.At(5)
		return vm.ToValue(len(name))
	})
	if err != nil {
		panic(err)
	}
	_, err = vm.RunString(`["pear", "fig", "banana", "kiwi"].sort((a, b) => weigh(a) - weigh(b)).join()`)
	if err != nil {
		panic(err)
	}
	stop.Never()
}
