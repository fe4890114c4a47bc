// Package token has a name that doesn't make its variables secret.
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
