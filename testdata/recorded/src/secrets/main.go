// Secrets has values that are removed from a dump, by their form, their name and their
// type, and neighbours that stay.
package main

import "coredumpy"

// header and cookie are as those of net/http.
type header map[string][]string

type cookie struct{ Name, Value string }

type login struct {
	User     string
	Password string
	PIN      int
	Tokens   []string
	Extra    map[string]any
}

type Secret struct{ value string }

var (
	apiKey  = "not-for-you-0123456789"
	visible = "visible"
)

//go:noinline
func sign(user, password string, h header) {
	token := []byte("tok-0123456789abcdef")
	l := &login{user, password, 1234, []string{"first-token", "second-token"}, map[string]any{"api_key": "abc", "near": 5, "nested": map[string]string{"secret": "x", "plain": "y"}}}
	s := Secret{"typed"}
	address := "postgres://ann:hunter22@db.example.com/shop?sslmode=off"
	form := "AKIAIOSFODNN7EXAMPLE"
	session := &cookie{Name: "session", Value: "0123456789"}
	var boxed any = l.Password
	use(h, token, l, s, address, form, session, boxed, apiKey, visible)
	panic("sign in of " + user + " with password=" + password)
}

//go:noinline
func use(...any) {}

func main() {
	defer coredumpy.OnPanic()
	sign("ann", "correct-horse", header{"Authorization": {"Bearer abcdefghijklmnop"}, "Accept": {"*/*"}})
}
