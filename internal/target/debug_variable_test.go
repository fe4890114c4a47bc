package target

import (
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/target/testdata/dotted.v2"
	"coredumpy/internal/unsafely"
)

var (
	sinkMu sync.Mutex
	sink   any
)

// leak makes the compiler put what v points to into the heap.
func leak(v any) {
	sinkMu.Lock()
	defer sinkMu.Unlock()
	sink = v
}

// keep makes the compiler keep what it is given.
//
//go:noinline
func keep(vs ...any) { runtime.KeepAlive(vs) }

//go:noinline
func outer(c chan int, a int) int { return middle(c, a+1) + a }

func middle(c chan int, b int) int { return inner(c, b*2) + b }

func inner(c chan int, d int) int { return <-c + d }

func TestDebugInlined(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go outer(c, 20)
	await(t, "target.outer", "chan receive")
	capture(t, func(s *snapshot) {
		g, f := s.find("target.outer")
		s.wantNames(g, "target.inner*", "target.middle*", "target.outer", "target.TestDebugInlined.gowrap1")
		if f.Optimized == unoptimised {
			t.Errorf("got Optimized %v, want %v", f.Optimized, !unoptimised)
		}
		s.check(f, "a int 20")
		_, f = s.find("target.middle")
		s.check(f, "b int 21")
		_, f = s.find("target.inner")
		s.check(f, "d int 42")
		line := f.Line
		for _, f := range s.stacks[g] {
			if strings.HasPrefix(short(f.Func), "target.m") && f.Line != line-2 {
				t.Errorf("got line %d of middle, want %d", f.Line, line-2)
			}
		}
	})
	c <- 1
}

type shape interface{ area() float64 }

type circle struct{ r float64 }

func (c *circle) area() float64 { return c.r * c.r * 3 }

//go:noinline
func generic[K comparable, V shape](c chan int, k K, list []V, pairs map[K]pair[K, V]) (n int) {
	var zero V
	first := list[0]
	both := pair[K, V]{k, first}
	n = <-c
	keep(zero, first, both, list, pairs, k)
	return n
}

func TestDebugGeneric(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go generic(c, "key", []*circle{{2}}, map[string]pair[string, *circle]{})
	await(t, "target.generic[...]", "chan receive")
	const circles = "*" + here + "circle"
	capture(t, func(s *snapshot) {
		_, f := s.find("target.generic[go.shape.string,go.shape.*uint8]")
		if i := slices.IndexFunc(s.p.Variables(f), func(v Variable) bool { return v.Type == nil || v.Type.Name[0] == '.' }); i >= 0 {
			t.Errorf("got variable %+v, want the compiler's names for types hidden", s.p.Variables(f)[i])
		}
		if !unoptimised {
			return // the dictionary isn't kept
		}
		s.check(f,
			`k string "key"`,
			`list []`+circles+` [&{2}]`,
			`zero `+circles+` nil`,
			`first `+circles+` &{2}`,
			`both `+here+`pair[string,`+circles+`] {"key" &{2}}`,
			`pairs map[string]`+here+`pair[string,`+circles+`] a map`,
		)
	})
	c <- 1
}

//go:noinline
func encloses(c chan int, value string, ref int) {
	late := 1
	f := func(arg int) int {
		late += len(value)
		got := <-c
		return late + got + ref + arg
	}
	late++
	go func() { f(9) }()
	<-c
	keep(&late, value, ref)
}

func TestDebugClosure(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go encloses(c, "text", 7)
	await(t, "target.encloses", "chan receive")
	await(t, "target.encloses.func1", "chan receive")
	capture(t, func(s *snapshot) {
		g, f := s.find("target.encloses.func1")
		s.check(f, `arg int 9`, `value string "text"`, `ref int 7`, `late int 6`)
		for _, v := range s.p.Variables(f) {
			want := debuginfo.Captured
			switch v.Name {
			case "arg":
				want = debuginfo.Param
			case "~r0":
				want = debuginfo.Result
			case "got":
				want = debuginfo.Local
			}
			if v.Role != want {
				t.Errorf("got role %v of %s, want %v", v.Role, v.Name, want)
			}
		}
		s.wantNames(g, "target.encloses.func1", "target.encloses.func2")
	})
	c <- 1
	c <- 1
}

// A func value tells its function, and what it has captured.
func TestDebugFunc(t *testing.T) {
	needDebugInformation(t)
	byValue, byRef := "seven", 7
	f := func() int { byRef++; return len(byValue) + byRef }
	f()
	keep(f)
	capture(t, func(s *snapshot) {
		var v any = f
		_, addr := unsafely.Words(&v)
		got, err := s.p.Func(addr)
		if err != nil || short(got.Name) != "target.TestDebugFunc.func1" || !strings.HasSuffix(got.File, "/debug_variable_test.go") {
			t.Errorf("got %+v and error %v, want TestDebugFunc.func1", got, err)
			return
		}
		if got.Captured == nil {
			t.Error("got nothing captured")
			return
		}
		shown := s.show(got.Captured, addr)
		if shown != `{"seven" 8}` && shown != `{8 "seven"}` {
			t.Errorf("got captured %s, want a string by value and a number by reference", shown)
		}
		for name, fn := range map[string]any{
			"strings.ToUpper": strings.ToUpper, "coredumpy/internal/target.waits": waits, "net/http.Header.Get-fm": http.Header.Get,
			"coredumpy/internal/target.(*circle).area-fm": (&circle{}).area,
		} {
			_, addr := unsafely.Words(&fn)
			got, err := s.p.Func(addr)
			if err != nil || got.Name != strings.TrimSuffix(name, "-fm") && got.Name != name {
				t.Errorf("got %+v and error %v, want %s", got, err, name)
			}
		}
		if got, err := s.p.Func(addressOf(&byRef)); err == nil {
			t.Errorf("got %+v of what is no function, want an error", got)
		}
	})
}

//go:noinline
func escapes(c chan int, arg int) (result int) {
	local := 5
	leak([]*int{&arg, &local, &result})
	arg, local, result = 10, 50, 500
	<-c
	return result
}

func TestDebugEscaped(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go escapes(c, 1)
	await(t, "target.escapes", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("target.escapes")
		s.check(f, "arg int 10", "local int 50", "result int 500")
		roles := map[string]debuginfo.VarKind{}
		for _, v := range s.p.Variables(f) {
			roles[v.Name] = v.Role
		}
		if roles["arg"] != debuginfo.Param || roles["result"] != debuginfo.Result || roles["local"] != debuginfo.Local {
			t.Errorf("got roles %v, want arg a parameter and result a result", roles)
		}
	})
	c <- 1
}

//go:noinline
func shadows(c chan int, x int) int {
	y := "outer"
	if x := "two"; len(x) > 0 {
		keep(x)
		for i := range 3 {
			x := float64(i) + 0.5
			y := i
			if i == 2 {
				<-c
			}
			keep(x, y)
		}
		keep(x)
	}
	keep(x, y)
	later := 1
	keep(later)
	return x
}

func TestDebugShadowed(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go shadows(c, 1)
	await(t, "target.shadows", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("target.shadows")
		s.check(f, "x float64 2.5", "y int 2", `y' string "outer"`)
		type state struct {
			typ      string
			shadowed bool
		}
		var xs []state
		for _, v := range s.p.Variables(f) {
			switch v.Name {
			case "x":
				xs = append(xs, state{v.Type.Name, v.Shadowed})
			case "later":
				t.Error("got a variable that isn't declared yet")
			}
		}
		want := []state{{"int", true}, {"string", true}, {"float64", false}}
		if unoptimised && !slices.Equal(xs, want) {
			t.Errorf("got %v, want %v", xs, want)
		}
	})
	c <- 1
}

//go:noinline
func results(c chan int) (int, string) { return <-c, "x" }

func TestDebugResults(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go results(c)
	await(t, "target.results", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("target.results")
		var got []string
		for _, v := range s.p.Variables(f) {
			if v.Role == debuginfo.Result {
				got = append(got, v.Name+" "+v.Type.Name)
			}
		}
		if !slices.Equal(got, []string{"~r0 int", "~r1 string"}) {
			t.Errorf("got results %q, want ~r0 and ~r1", got)
		}
	})
	c <- 1
}

// blocked is deferred, to hold a goroutine in the middle of a panic.
func blocked(c chan int) {
	<-c
	recover()
}

//go:noinline
func indexes(xs []int, i int, c chan int) int {
	defer blocked(c)
	return at(xs, i)
}

//go:noinline
func at(xs []int, i int) int { return xs[i] }

// The function that checks an index saves all registers, since Go 1.26.
func TestDebugBounds(t *testing.T) {
	needDebugInformation(t)
	c := make(chan int)
	go indexes([]int{1, 2, 3}, 77, c)
	await(t, "target.indexes", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("target.at")
		s.check(f, "i int 77", "xs []int [1 2 3]")
		v := s.vars(f)["i"]
		if _, ok := s.p.Info.FuncByName("runtime.panicBounds"); ok && v.Reason != nil {
			t.Errorf("got i (%v), want 77", v.Reason)
		}
	})
	c <- 1
}

// Types are the same whether they come from the runtime's descriptors or from
// debug information.
func TestDebugTypes(t *testing.T) {
	needDebugInformation(t)
	for _, tt := range typeNames {
		leak(tt.typ)
	}
	keep(dotted.T{}, &dotted.Global)
	capture(t, func(s *snapshot) {
		bare := Self() // without descriptors of types met in debug information
		defer bare.Close()
		bare.moduleTypes = 0
		c := &sameTypes{t: t, seen: map[*Type]bool{}}
		n := 0
		for _, pkg := range []string{"runtime", "net/http", "reflect", "os", "time", "testing", "coredumpy/internal/target", "coredumpy/internal/target/testdata/dotted.v2"} {
			for _, v := range s.p.Info.Globals(pkg) {
				got, err := s.p.debugType(v.Type)
				if err != nil {
					t.Errorf("%s: %v", v.Name, err)
					continue
				}
				want, err := bare.debugType(v.Type)
				if err != nil {
					t.Errorf("%s: %v", v.Name, err)
					continue
				}
				n++
				c.compare(v.Name, got, want)
			}
		}
		if n < 300 || len(c.seen) < 500 {
			t.Errorf("got %d variables of %d types, want more", n, len(c.seen))
		}
		t.Logf("%d variables, %d types", n, len(c.seen))
	})
}

// sameTypes compares types with what they refer to, each once.
type sameTypes struct {
	t    *testing.T
	seen map[*Type]bool
}

func (c *sameTypes) compare(at string, got, want *Type) {
	if c.seen[got] || c.t.Failed() && len(c.seen) > 3000 {
		return
	}
	if got == nil || want == nil {
		if got != want {
			c.t.Errorf("%s: got type %v from the runtime, %v from debug information", at, got, want)
		}
		return
	}
	c.seen[got] = true
	if got.Name != want.Name || got.Kind != want.Kind || got.Size != want.Size || got.Len != want.Len || got.Empty != want.Empty {
		c.t.Errorf("%s: got %s, %v of %d bytes, length %d, from the runtime, %s, %v, %d, %d from debug information", at,
			got.Name, got.Kind, got.Size, got.Len, want.Name, want.Kind, want.Size, want.Len)
		return
	}
	switch got.Kind {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan, reflect.Map:
		c.compare(at+"[]", got.Elem(), want.Elem())
		if got.Key() != nil {
			c.compare(at+" key", got.Key(), want.Key())
		}
		if got.Kind == reflect.Map && *got.maps != *want.maps {
			c.t.Errorf("%s: got layout %+v of %s from the runtime, %+v from debug information", at, *got.maps, got.Name, *want.maps)
		}
	case reflect.Struct:
		c.fields(at, got.Fields(), want.Fields())
	}
}

func (c *sameTypes) fields(at string, got, want []Field) {
	if len(got) != len(want) {
		c.t.Errorf("%s: got %d fields from the runtime, %d from debug information", at, len(got), len(want))
		return
	}
	for i := range got {
		g, w := got[i], want[i]
		if g.Name != w.Name || g.Offset != w.Offset || g.Embedded != w.Embedded {
			c.t.Errorf("%s: got field %+v from the runtime, %+v from debug information", at, g, w)
		}
		c.compare(at+"."+g.Name, g.Type, w.Type)
	}
}
