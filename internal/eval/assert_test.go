package eval_test

import "testing"

var assertionTests = []test{
	{`err.(*errors.errorString)`, `*errors.errorString {s: "boom"}`},
	{`err.(*errors.errorString).s`, `"boom"`},
	{`err.(data).s`, `"boom"`},
	{`anyint.(int)`, `5`},
	{`anyt.(T)`, `main.T {A: 3, B: 4}`},
	{`anyt.(main.T).B`, `4`},
	{`anytree.(Tree[string, *T])`, `main.Tree[string,*main.T] {root: *main.T nil}`},
	{`anyclient.(*http.Client)`, `*net/http.Client nil`},
	{`anyclient.(*"net/http".Client)`, `*net/http.Client nil`},
	{`anyclient.(*"other/http".Client)`, `error: interface conversion: anyclient is *net/http.Client, not *"other/http".Client`},
	{`anyint.(string)`, `error: interface conversion: anyint is int, not string`},
	{`anyt.(*T)`, `error: interface conversion: anyt is main.T, not *T`},
	{`nilerr.(*T)`, `error: interface conversion: nilerr (type error) is nil, not *T`},
	{`n.(int)`, `error: n (type int) is not an interface`},
	{`anyint.(func(int))`, `error: type func(int) is not supported in an assertion`},
	{`anyint.(map[string]chan []byte)`, `error: interface conversion: anyint is int, not map[string]chan []byte`},
}

func TestAssertions(t *testing.T) { run(t, assertionTests) }
