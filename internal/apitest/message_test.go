package apitest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"coredumpy"
)

type (
	code          int
	letter        rune
	saying        string
	answer        bool
	size          uint8
	ratio         float64
	half          float32
	point         complex128
	generic       [1]int
	password      string
	option[T any] int
)

// namedPanics are values that the runtime prints with their type.
var namedPanics = []struct {
	value any
	want  string
}{
	{code(-4), "apitest.code(-4)"},
	{letter('x'), "apitest.letter(120)"},
	{saying(`say "hi"`), `apitest.saying("say "hi"")`},
	{saying(""), `apitest.saying("")`},
	{answer(true), "apitest.answer(true)"},
	{size(200), "apitest.size(200)"},
	{option[saying](3), "apitest.option[coredumpy/internal/apitest.saying](3)"},
	{ratio(1.5), "apitest.ratio(1.5)"}, // from here on as printed since Go 1.26
	{half(0.1), "apitest.half(0.1)"},
	{point(1 + 2i), "apitest.point(1+2i)"},
	{generic{1}, "apitest.generic"}, // an address, which says nothing
}

// asPrinted is how many of them all versions of Go print in this way.
const asPrinted = 7

func init() {
	children["named"] = func() {
		defer coredumpy.OnPanic(coredumpy.Path("x.dump"))
		i, _ := strconv.Atoi(os.Args[1])
		panic(namedPanics[i].value)
	}
}

func TestNamedPanics(t *testing.T) {
	for _, tt := range namedPanics {
		d, _ := crash(t, func() { panic(tt.value) })
		if got := d.Head().Message; got != tt.want {
			t.Errorf("got message %q, want %q", got, tt.want)
		}
	}
}

// The message is what the runtime prints.
func TestNamedPanicsPrinted(t *testing.T) {
	for i := range asPrinted {
		o := child(t, "named", strconv.Itoa(i))
		if want := "panic: " + onlyDump(t, o.dir).Head().Message + " [recovered"; !strings.Contains(o.stderr, want) {
			t.Errorf("got %q from the runtime, want %q in it", o.stderr, want)
		}
	}
}

// A text is as secret with a type around it as without.
func TestNamedPanicSecrets(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.MaxString = 100 })
	type login struct{ Password, Token string }
	given := coredumpy.Var("login", login{"tiger", "83571"})
	for _, tt := range []struct {
		value any
		want  string
	}{
		{password("lion"), `apitest.password("` + mask + `#N")`},
		{saying("tiger"), `apitest.saying("` + mask + `#N")`},
		{code(83571), "apitest.code(" + mask + "#N)"},
		{saying("see password=cheetah1 there"), `apitest.saying("see password=` + mask + `#N there")`},
		{saying(strings.Repeat("all ", 40)), `apitest.saying("` + strings.Repeat("all ", 25) + `...+60 more")`},
	} {
		d, _ := crash(t, func() { panic(tt.value) }, given)
		if got := anyNumber(d.Head().Message); got != tt.want {
			t.Errorf("got message %q, want %q", got, tt.want)
		}
	}
}

// stubborn is an error whose code must not run.
type stubborn struct{ text string }

func (s *stubborn) Error() string { panic("code of the program ran: " + s.text) }

// The text of errors of the standard library that only join texts is found without
// running their code.
func TestErrorMessages(t *testing.T) {
	_, missing := os.Open("/no/such/file")
	_, number := strconv.Atoi(`12"x`)
	_, address := url.Parse("://")
	for _, err := range []error{
		missing, number, address, os.Rename("/no/such", "/no/such/b"), syscall.ENOSPC,
		json.Unmarshal([]byte("{"), new(int)),
		context.DeadlineExceeded, errors.Join(missing, io.EOF), fmt.Errorf("read: %w", missing),
		&reflect.ValueError{Method: "reflect.Value.Elem", Kind: reflect.Int},
	} {
		d, _ := crash(t, func() { panic(err) })
		if got := d.Head().Message; got != err.Error() {
			t.Errorf("got message %q, want %q", got, err)
		}
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&fs.PathError{Op: "open", Path: "x", Err: &stubborn{}}, "open x: *apitest.stubborn"},
		{&fs.PathError{Op: "open", Path: "x"}, "*fs.PathError"},
		{(*fs.PathError)(nil), "*fs.PathError"},
		{&url.Error{Op: "Get", URL: "https://user:tiger57@host/", Err: io.EOF},
			`Get "https://user:` + mask + `#N@host/": EOF`},
	} {
		d, _ := crash(t, func() { panic(tt.err) })
		if got := anyNumber(d.Head().Message); got != tt.want {
			t.Errorf("got message %q, want %q", got, tt.want)
		}
	}
}
