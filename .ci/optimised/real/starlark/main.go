// A Starlark interpreter calls a builtin of ours.
package main

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"coredumpy/real/stop"
)

func scale(
	t *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple,
) (starlark.Value, error) {
	var n, by int
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "n", &n, "by?", &by); err != nil {
		return nil, err
	}
	out := n * by
	if out > 5 {
		stop.At(2)
	}
	return starlark.MakeInt(out), nil
}

func main() {
	globals := starlark.StringDict{"scale": starlark.NewBuiltin("scale", scale)}
	source := "def f(l):\n  return [scale(x, by = 3) for x in l]\nout = f([1, 2, 3])\n"
	thread := &starlark.Thread{Name: "t"}
	if _, err := starlark.ExecFileOptions(&syntax.FileOptions{}, thread, "x.star", source, globals); err != nil {
		panic(err)
	}
	stop.Never()
}
