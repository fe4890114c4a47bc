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
	{`anyclient.(*"other/http".Client)`, `error: interface conversion: interface {} is *net/http.Client, not *"other/http".Client`},
	{`anyint.(string)`, `error: interface conversion: interface {} is int, not string`},
	{`anyt.(*T)`, `error: interface conversion: interface {} is main.T, not *main.T`},
	{`nilerr.(*T)`, `error: interface conversion: error is nil, not *T`},
	{`n.(int)`, `error: expression "n" not an interface`},
	{`anyint.(func(int))`, `error: interface conversion: interface {} is int, not func(int)`},
	{`anyint.(map[string]chan []byte)`, `error: interface conversion: interface {} is int, not map[string]chan []uint8`},
}

func TestAssertions(t *testing.T) { run(t, assertionTests) }
