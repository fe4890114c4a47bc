// Command messages panics with a value of the kind that its argument names. If own
// follows, the program dumps itself.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"coredumpy"
)

type (
	failure        struct{ code int }
	pointed        struct{ code int }
	describe       struct{ code int }
	number         int
	word           string
	named          int
	spelled        string
	goer           int
	pair[T any]    struct{ a, b T }
	generic[T any] int
	embeds         struct{ error }
)

func (f failure) Error() string     { return fmt.Sprintf("failure with code %d", f.code) }
func (p *pointed) Error() string    { return fmt.Sprintf("pointed with code %d", p.code) }
func (d describe) String() string   { return "described\nin two lines" }
func (n number) Error() string      { return "number " + strconv.Itoa(int(n)) }
func (w word) String() string       { return "the word " + string(w) }
func (g goer) GoString() string     { return "for %#v" }
func (p pair[T]) Error() string     { return fmt.Sprint("a pair of ", p.a, " and ", p.b) }
func (g generic[T]) String() string { return fmt.Sprintf("generic of %T", *new(T)) }

func joined(n int) error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = failure{i}
	}
	return errors.Join(errs...)
}

func failed(err error) func() { return func() { panic(err) } }

var zero = len(os.Args) - len(os.Args)

var kinds = map[string]func(){
	"failure":  func() { panic(failure{7}) },
	"&failure": func() { panic(&failure{7}) },
	"pointed":  func() { panic(&pointed{8}) },
	"value":    func() { panic(pointed{8}) },
	"describe": func() { panic(describe{9}) },
	"number":   func() { panic(number(5)) },
	"word":     func() { panic(word("x")) },
	"named":    func() { panic(named(6)) },
	"spelled":  func() { panic(spelled("mine")) },
	"goer":     func() { panic(goer(8)) },
	"pair":     func() { panic(pair[string]{"x", "y"}) },
	"generic":  func() { panic(generic[pair[int]](3)) },
	"embeds":   func() { panic(embeds{failure{4}}) },
	"empty":    failed(errors.New("")),
	"joined":   failed(joined(150)),
	"wrapped":  func() { panic(fmt.Errorf("wrapped: %w", failure{9})) },
	"in path":  failed(&fs.PathError{Op: "open", Path: "x", Err: failure{9}}),
	"path":     func() { _, err := os.Open("/no/such"); panic(err) },
	"exit":     func() { panic(exec.Command("sh", "-c", "exit 3").Run()) },
	"network":  failed(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}),
	"url":      func() { _, err := url.Parse("http://[::1"); panic(err) },
	"json":     failed(json.Unmarshal([]byte("{"), new(any))),
	"deadline": failed(context.DeadlineExceeded),
	"errno":    func() { panic(syscall.ENOENT) },
	"string":   func() { panic("plain\ntext") },
	"rune":     func() { panic('x') },
	"bool":     func() { panic(true) },
	"slice":    func() { panic([]string{"s"}) },
	"pointer":  func() { panic(&struct{ A int }{3}) },
	"func":     func() { panic(func() {}) },
	"index":    func() { _ = []int{1, 2}[zero+5] },
	"divide":   func() { _ = 1 / zero },
	"convert":  func() { var v any = 3; _ = v.(fmt.Stringer) },
	"repeat":   func() { strings.Repeat("x", zero-1) },
}

func main() {
	if len(os.Args) < 2 {
		for kind := range kinds {
			fmt.Println(kind)
		}
		return
	}
	if len(os.Args) > 2 {
		defer coredumpy.OnPanic(coredumpy.Path("own.dump"))
	}
	kinds[os.Args[1]]()
}
