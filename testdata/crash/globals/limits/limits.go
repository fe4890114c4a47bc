// Package limits has variables, and no function on the stack.
package limits

type Limits struct{ Most int }

var Current = &Limits{Most: 12}
