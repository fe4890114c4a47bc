package apitest

import (
	"os"
	"strconv"
	"strings"
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
	{ratio(1.5), "apitest.ratio(1.5)"}, // from here on as of Go 1.26
	{half(0.1), "apitest.half(0.1)"},
	{point(1 + 2i), "apitest.point(1+2i)"},
	{generic{1}, "apitest.generic"}, // an address, which says nothing
}

// asPrinted is how many of them all versions of Go print so.
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

// That a type stands around it makes a text no less secret.
func TestNamedPanicSecrets(t *testing.T) {
	config(t, func(c *coredumpy.Configuration) { c.MaxString = 100 })
	type login struct{ Password, Token string }
	given := coredumpy.Var("login", login{"tiger", "83571"})
	for _, tt := range []struct {
		value any
		want  string
	}{
		{password("lion"), `apitest.password("` + mask + `")`},
		{saying("tiger"), `apitest.saying("` + mask + `")`},
		{code(83571), "apitest.code(" + mask + ")"},
		{saying("see password=cheetah1 there"), `apitest.saying("see password=` + mask + ` there")`},
		{saying(strings.Repeat("all ", 40)), `apitest.saying("` + strings.Repeat("all ", 25) + `...+60 more")`},
	} {
		d, _ := crash(t, func() { panic(tt.value) }, given)
		if got := d.Head().Message; got != tt.want {
			t.Errorf("got message %q, want %q", got, tt.want)
		}
	}
}
