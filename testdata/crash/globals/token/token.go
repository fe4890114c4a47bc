// Package token has a name that says nothing about its variables.
package token

var (
	Keywords = []string{"break", "case"}
	secret   = "not shown"
)

//go:noinline
func Each(f func(string)) {
	for _, k := range append(Keywords, secret) {
		f(k)
	}
}
