// A Lua machine calls a function of ours.
package main

import (
	lua "github.com/yuin/gopher-lua"

	"coredumpy/real/stop"
)

func main() {
	l := lua.NewState()
	defer l.Close()
	total := 0
	l.SetGlobal("add", l.NewFunction(func(l *lua.LState) int {
		a, b := l.ToInt(1), l.ToInt(2)
		total += a * b
		stop.At(3)
		l.Push(lua.LNumber(a + b))
		return 1
	}))
	source := `local function f(n) local s = 0 for i = 1, n do s = add(s, i) end return s end return f(5)`
	if err := l.DoString(source); err != nil {
		panic(err)
	}
	stop.Never()
}
