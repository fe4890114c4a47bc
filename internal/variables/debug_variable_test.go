package variables

import (
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coredumpy/internal/debuginfo"
	"coredumpy/internal/debugtest"
	"coredumpy/internal/unsafely"
)

var (
	sinkMu sync.Mutex
	sink   any
)

// leak makes the compiler allocate on the heap what v points to.
func leak(v any) {
	sinkMu.Lock()
	defer sinkMu.Unlock()
	sink = v
}

// keep makes the compiler keep its arguments.
//
//go:noinline
func keep(vs ...any) { runtime.KeepAlive(vs) }

//go:noinline
func outer(c chan int, a int) int { return middle(c, a+1) + a }

func middle(c chan int, b int) int { return inner(c, b*2) + b }

func inner(c chan int, d int) int { return <-c + d }

func TestDebugInlined(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go outer(c, 20)
	debugtest.Await(t, "variables.outer", "chan receive")
	capture(t, func(s *snapshot) {
		g, f := s.find("variables.outer")
		s.wantNames(g, "variables.inner*", "variables.middle*", "variables.outer", "variables.TestDebugInlined.gowrap1")
		if f.Optimized == debugtest.Unoptimised {
			t.Errorf("got Optimized %v, want %v", f.Optimized, !debugtest.Unoptimised)
		}
		s.check(f, "a int 20")
		_, f = s.find("variables.middle")
		s.check(f, "b int 21")
		_, f = s.find("variables.inner")
		s.check(f, "d int 42")
		line := f.Line
		for _, f := range s.stacks[g] {
			if strings.HasPrefix(debugtest.Short(f.Func), "variables.m") && f.Line != line-2 {
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
	debugtest.Need(t)
	c := make(chan int)
	go generic(c, "key", []*circle{{2}}, map[string]pair[string, *circle]{})
	debugtest.Await(t, "variables.generic[...]", "chan receive")
	const circles = "*" + here + "circle"
	capture(t, func(s *snapshot) {
		_, f := s.find("variables.generic[go.shape.string,go.shape.*uint8]")
		if i := slices.IndexFunc(s.finder.Of(f), func(v Variable) bool { return v.Type == nil || v.Type.Name[0] == '.' }); i >= 0 {
			t.Errorf("got variable %+v, want the compiler's names for types hidden", s.finder.Of(f)[i])
		}
		if !debugtest.Unoptimised {
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
	debugtest.Need(t)
	c := make(chan int)
	go encloses(c, "text", 7)
	debugtest.Await(t, "variables.encloses", "chan receive")
	debugtest.Await(t, "variables.encloses.func1", "chan receive")
	capture(t, func(s *snapshot) {
		g, f := s.find("variables.encloses.func1")
		s.check(f, `arg int 9`, `value string "text"`, `ref int 7`, `late int 6`)
		for _, v := range s.finder.Of(f) {
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
		s.wantNames(g, "variables.encloses.func1", "variables.encloses.func2")
	})
	c <- 1
	c <- 1
}

// A func value gives its function and its captured variables.
func TestDebugFunc(t *testing.T) {
	debugtest.Need(t)
	byValue, byRef := "seven", 7
	f := func() int { byRef++; return len(byValue) + byRef }
	f()
	keep(f)
	capture(t, func(s *snapshot) {
		var v any = f
		_, addr := unsafely.Words(&v)
		got, err := s.p.Func(addr)
		if err != nil || debugtest.Short(got.Name) != "variables.TestDebugFunc.func1" || !strings.HasSuffix(got.File, "/debug_variable_test.go") {
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
			"strings.ToUpper": strings.ToUpper, "coredumpy/internal/variables.waits": waits, "net/http.Header.Get-fm": http.Header.Get,
			"coredumpy/internal/variables.(*circle).area-fm": (&circle{}).area,
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
	debugtest.Need(t)
	c := make(chan int)
	go escapes(c, 1)
	debugtest.Await(t, "variables.escapes", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("variables.escapes")
		s.check(f, "arg int 10", "local int 50", "result int 500")
		roles := map[string]debuginfo.VarKind{}
		for _, v := range s.finder.Of(f) {
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
	debugtest.Need(t)
	c := make(chan int)
	go shadows(c, 1)
	debugtest.Await(t, "variables.shadows", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("variables.shadows")
		s.check(f, "x float64 2.5", "y int 2", `y' string "outer"`)
		type state struct {
			typ      string
			shadowed bool
		}
		var xs []state
		for _, v := range s.finder.Of(f) {
			switch v.Name {
			case "x":
				xs = append(xs, state{v.Type.Name, v.Shadowed})
			case "later":
				t.Error("got a variable that isn't declared yet")
			}
		}
		want := []state{{"int", true}, {"string", true}, {"float64", false}}
		if debugtest.Unoptimised && !slices.Equal(xs, want) {
			t.Errorf("got %v, want %v", xs, want)
		}
	})
	c <- 1
}

//go:noinline
func results(c chan int) (int, string) { return <-c, "x" }

func TestDebugResults(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go results(c)
	debugtest.Await(t, "variables.results", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("variables.results")
		var got []string
		for _, v := range s.finder.Of(f) {
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

// Since Go 1.26, the function that checks an index saves all registers.
func TestDebugBounds(t *testing.T) {
	debugtest.Need(t)
	c := make(chan int)
	go indexes([]int{1, 2, 3}, 77, c)
	debugtest.Await(t, "variables.indexes", "chan receive")
	capture(t, func(s *snapshot) {
		_, f := s.find("variables.at")
		s.check(f, "i int 77", "xs []int [1 2 3]")
		v := s.vars(f)["i"]
		if _, ok := s.p.Info.FuncByName("runtime.panicBounds"); ok && v.Reason != nil {
			t.Errorf("got i (%v), want 77", v.Reason)
		}
	})
	c <- 1
}

//go:noinline
func waits(c chan int) int { return <-c }

//go:noinline
func spins(stop *atomic.Bool, step int) int {
	n, sum := 0, 0
	for !stop.Load() {
		n += step
		sum += n
	}
	return n + sum
}

// A goroutine that was stopped in a loop has its registers on its stack.
func TestDebugPreempted(t *testing.T) {
	debugtest.Need(t)
	var stop atomic.Bool
	defer stop.Store(true)
	go spins(&stop, 1)
	debugtest.Await(t, "variables.spins", "run")
	// In optimised code a variable is nowhere at some moments, and on arm64 debug
	// information doesn't say where n and sum are. A busy machine may leave it at such a
	// moment.
	always := debugtest.Unoptimised || runtime.GOARCH != "arm64"
	whole, known := 0, 0
	for i := 0; i < 3 || i < 300 && always && whole == 0; i++ {
		time.Sleep(3 * time.Millisecond)
		capture(t, func(s *snapshot) {
			_, f := s.find("variables.spins")
			got := map[string]uint64{}
			for name, v := range s.vars(f) {
				if name[0] == '~' {
					continue
				}
				if v.Reason == nil {
					got[name], _ = s.p.ReadWord(v.Addr)
				} else if debugtest.Unoptimised {
					t.Errorf("got %v of %s, want a value", v.Reason, name)
				}
			}
			if len(got) == 4 {
				whole++
				n, sum := got["n"], got["sum"]
				if all := n * (n + 1) / 2; n == 0 || sum != all && sum != all-n {
					t.Errorf("got n %d and sum %d, want the sum of the numbers to n", n, sum)
				}
			}
			for name, want := range map[string]uint64{"step": 1, "stop": addressOf(&stop)} {
				if v, ok := got[name]; ok {
					known++
					if v != want {
						t.Errorf("got %s %#x, want %#x", name, v, want)
					}
				}
			}
		})
	}
	if known == 0 || whole == 0 && always {
		t.Errorf("got %d values of arguments and all values %d times, want some", known, whole)
	}
}
