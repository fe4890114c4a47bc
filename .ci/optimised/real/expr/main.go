// An expression language's machine calls a function of ours.
package main

import (
	"github.com/expr-lang/expr"

	"coredumpy/real/stop"
)

type user struct {
	Name string
	Age  int
}

func main() {
	env := map[string]any{
		"users": []user{{"ann", 31}, {"bob", 17}},
		"grade": func(u user, by int) int {
			n := u.Age / by
			stop.At(2)
			return n
		},
	}
	program, err := expr.Compile(`map(filter(users, .Age > 10), {grade(#, 5) + len(#.Name)})`, expr.Env(env))
	if err != nil {
		panic(err)
	}
	if _, err := expr.Run(program, env); err != nil {
		panic(err)
	}
	stop.Never()
}
