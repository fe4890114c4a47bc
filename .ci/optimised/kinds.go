package main

import "slices"

// kind is a kind of variable. In its texts Ⓥ stands for a variable of the kind, Ⓝ for an
// expression of type int.
type kind struct {
	letter, typ string
	makes       []string // expressions
	from        []string // expressions from a variable
	changes     []string // statements
	reads       []string // expressions of type int, most of which need only a part
}

var (
	number = &kind{
		"i", "int",
		[]string{"num(Ⓝ)", "num(Ⓝ)", "Ⓝ"}, nil,
		[]string{"Ⓥ++", "Ⓥ += 3", "Ⓥ *= 2"}, []string{"Ⓥ"},
	}
	text = &kind{
		"s", "string",
		[]string{"str(Ⓝ)", "str(Ⓝ)", `"literal"`}, []string{`Ⓥ + "x"`, "Ⓥ[:len(Ⓥ)/2]", "Ⓥ[len(Ⓥ)/3:]"},
		[]string{"Ⓥ += str(Ⓝ)"}, []string{"len(Ⓥ)", "sum(Ⓥ)"},
	}
	list = &kind{
		"l", "[]int",
		[]string{"ints(Ⓝ)", "ints(Ⓝ)", "make([]int, 3)", "[]int{1, Ⓝ}"},
		[]string{"append(room(Ⓥ), 5)", "Ⓥ[:len(Ⓥ)/2]", "Ⓥ[len(Ⓥ)/3:]"},
		[]string{"Ⓥ = append(room(Ⓥ), Ⓝ)"},
		[]string{"len(Ⓥ)", "cap(Ⓥ)", "total(Ⓥ[:cap(Ⓥ)])", "len(Ⓥ) * cap(Ⓥ)", "total(Ⓥ)"},
	}
	failure = &kind{
		"e", "error",
		[]string{"mk(Ⓝ)", "mk(Ⓝ)", "nil", "os.ErrInvalid"}, nil,
		[]string{"Ⓥ = mk(Ⓝ)"}, []string{"keep(Ⓥ)"},
	}
)

// byType returns the kind of variables of a type.
func byType(name string) *kind {
	return kinds[slices.IndexFunc(kinds, func(k *kind) bool { return k.typ == name })]
}

var kinds = []*kind{
	number, number, number, text, text, list, list, failure,
	{"p", "pair", []string{"pair{num(Ⓝ), num(Ⓝ)}", "mkPair(Ⓝ)", "pair{Ⓝ, Ⓝ}"}, nil, []string{"Ⓥ.A = Ⓝ", "Ⓥ.B += Ⓝ"},
		[]string{"Ⓥ.A", "Ⓥ.B", "Ⓥ.sum()"}},
	{"q", "quad", []string{"quad{pointer(Ⓝ), str(Ⓝ)}", "mkQuad(Ⓝ)", "quad{S: str(Ⓝ)}"}, nil,
		[]string{"Ⓥ.S = str(Ⓝ)", "Ⓥ.P = nil"}, []string{"len(Ⓥ.S)", "sum(Ⓥ.S)", "deref(Ⓥ.P)"}},
	{"d", "padded",
		[]string{"padded{as[int32](Ⓝ), as[int64](Ⓝ), num(Ⓝ) > 5, as[int64](Ⓝ)}", "mkPadded(Ⓝ)",
			"padded{B: int64(Ⓝ), D: 5}"}, nil,
		[]string{"Ⓥ.A = int32(Ⓝ)", "Ⓥ.C = Ⓝ > 3"},
		[]string{"int(Ⓥ.A)", "int(Ⓥ.B)", "int(Ⓥ.D)", "count1(Ⓥ.C)"}},
	{"m", "small", []string{"mkSmall(Ⓝ)"}, nil, []string{"Ⓥ.A = uint8(Ⓝ)", "Ⓥ.D++"},
		[]string{"int(Ⓥ.A)", "int(Ⓥ.B)", "int(Ⓥ.D)"}},
	{"o", "outer", []string{"mkOuter(Ⓝ)", "outer{F: float32(Ⓝ)}"}, nil,
		[]string{"Ⓥ.In.C = true", "Ⓥ.F += 1", "Ⓥ.E = nil"}, []string{"int(Ⓥ.F)", "keep(Ⓥ.E)", "int(Ⓥ.In.B)"}},
	{"h", "lists", []string{"lists{ints(Ⓝ), Ⓝ}"}, nil, []string{"Ⓥ.N = Ⓝ", "Ⓥ.L = ints(Ⓝ)"},
		[]string{"len(Ⓥ.L)", "cap(Ⓥ.L)", "Ⓥ.N", "total(Ⓥ.L)"}},
	{"w", "wide", []string{"wide{A: Ⓝ, D: Ⓝ}"}, nil, []string{"Ⓥ.C = Ⓝ", "Ⓥ.E++"}, []string{"Ⓥ.A", "Ⓥ.D"}},
	{"a", "[3]int", []string{"[3]int{Ⓝ, 2, Ⓝ}"}, nil, []string{"Ⓥ[1] = Ⓝ", "Ⓥ[2]++"}, []string{"Ⓥ[0]", "Ⓥ[2]"}},
	{"b", "[1]string", []string{"[1]string{str(Ⓝ)}"}, nil, []string{"Ⓥ[0] = str(Ⓝ)"},
		[]string{"len(Ⓥ[0])", "sum(Ⓥ[0])"}},
	{"c", "complex128", []string{"complex(float64(num(Ⓝ)), float64(Ⓝ))"}, []string{"Ⓥ * 2"}, []string{"Ⓥ += 1i"},
		[]string{"int(real(Ⓥ))", "int(imag(Ⓥ))"}},
	{"f", "float64", []string{"float64(num(Ⓝ)) / 2"}, []string{"Ⓥ + 1"}, []string{"Ⓥ *= 3"}, []string{"int(Ⓥ)"}},
	{"u", "uint8", []string{"uint8(num(Ⓝ))"}, []string{"Ⓥ + 1"}, []string{"Ⓥ++"}, []string{"int(Ⓥ)"}},
	{"C", "celsius", []string{"celsius(num(Ⓝ))", "celsius(Ⓝ)"}, []string{"Ⓥ + 1"}, []string{"Ⓥ++"}, []string{"int(Ⓥ)"}},
	{"y", "bool", []string{"num(Ⓝ) > 9"}, []string{"!Ⓥ"}, nil, []string{"count1(Ⓥ)"}},
	{"r", "*int", []string{"pointer(Ⓝ)", "nil"}, nil, []string{"Ⓥ = pointer(Ⓝ)"}, []string{"deref(Ⓥ)"}},
	{"g", "box[string]", []string{"box[string]{str(Ⓝ), int32(Ⓝ)}"}, nil, []string{"Ⓥ.N++", "Ⓥ.Value = str(Ⓝ)"},
		[]string{"int(Ⓥ.N)", "len(Ⓥ.Value)"}},
	{"j", "any", []string{"dynamic(Ⓝ)", "nil", "pair{Ⓝ, 1}"}, nil, []string{"Ⓥ = Ⓝ"}, []string{"keep(Ⓥ)"}},
	{"z", "map[string]int", []string{"map[string]int{str(Ⓝ): Ⓝ}"}, nil, []string{"Ⓥ = nil"}, []string{"len(Ⓥ)"}},
	{"v", "func(*int, int) int", []string{"pair{Ⓝ, Ⓝ}.method"}, nil, nil, nil},
}

// head is the part that all programs share.
const head = `package main

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"coredumpy"
)

type pair struct{ A, B int }

type quad struct {
	P *int
	S string
}

type padded struct {
	A int32
	B int64
	C bool
	D int64
}

type celsius int

type small struct {
	A uint8
	B uint16
	C bool
	D uint32
}

type outer struct {
	In small
	F  float32
	E  error
}

type lists struct {
	L []int
	N int
}

type wide struct{ A, B, C, D, E int }

type box[T any] struct {
	Value T
	N     int32
}

//go:noinline
func num(n int) int { return n*7 + 3 }

//go:noinline
func str(n int) string { return "s" + strconv.Itoa(n) }

//go:noinline
func ints(n int) []int { l := make([]int, n&3+1, n&3+3); l[0] = n; return l }

// room makes room for appending: how much the runtime would make depends on whether the
// slice escapes.
//
//go:noinline
func room(l []int) []int { return append(make([]int, 0, len(l)+2), l...) }

//go:noinline
func mk(n int) error { return errors.New("e" + strconv.Itoa(n)) }

//go:noinline
func two(n int) (int, error) { return n + 1, mk(n) }

func inlined(n int) (int, string) {
	if n > 3 {
		return n - 1, "big"
	}
	return n, "small"
}

func inlinedStop(k *int, n int) int {
	m := n*2 + 1
	stop(k)
	return m + n
}

//go:noinline
func generic[T any](k *int, v T) T {
	w := v
	b := box[T]{v, 7}
	stop(k)
	keep(b.N)
	if keep(w) > 1 {
		return b.Value
	}
	return w
}

func (p pair) method(k *int, n int) int {
	q := p.A + n
	stop(k)
	return q + p.B
}

func (p pair) sum() int { return p.A + p.B }

//go:noinline
func mkPair(n int) pair { return pair{n, n + 1} }

//go:noinline
func mkQuad(n int) quad { return quad{&n, str(n)} }

//go:noinline
func mkPadded(n int) padded { return padded{int32(n), int64(n) * 2, n > 1, int64(n) * 3} }

//go:noinline
func mkSmall(n int) small { return small{uint8(n), uint16(n * 3), n&1 == 0, uint32(n + 9)} }

//go:noinline
func mkOuter(n int) outer { return outer{mkSmall(n), float32(n) / 2, mk(n)} }

//go:noinline
func as[T int32 | int64](n int) T { return T(n) }

//go:noinline
func pointer(n int) *int { return &n }

//go:noinline
func deref(p *int) int {
	if p == nil {
		return 1
	}
	return *p
}

//go:noinline
func total(l []int) (n int) {
	for _, v := range l {
		n += v
	}
	return n
}

//go:noinline
func sum(s string) (n int) {
	for _, c := range s {
		n += int(c)
	}
	return n & 63
}

//go:noinline
func count1(b bool) int {
	if b {
		return 1
	}
	return 0
}

//go:noinline
func dynamic(n int) any {
	if n&1 == 0 {
		return n
	}
	return str(n)
}

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i * 3) {
				return
			}
		}
	}
}

//go:noinline
func call(f func(int)) { f(1); f(2) }

//go:noinline
func keep(a ...any) int { return len(a) }

var (
	block   = make(chan int)
	blocked atomic.Int64
)

//go:noinline
func stop(k *int) {
	*k--
	if *k == 0 {
		stay()
	}
}

//go:noinline
func stay() {
	blocked.Add(1)
	<-block
}

//go:noinline
func run(k int, f func(*int)) {
	defer func() {
		if recover() != nil {
			stay()
		}
	}()
	f(&k)
	stay()
}

func finish(goroutines int64) {
	for blocked.Load() < goroutines {
		time.Sleep(time.Millisecond)
	}
	coredumpy.Config.Timeout = time.Minute
	coredumpy.Config.HideSecret, coredumpy.Config.HideNamed, coredumpy.Config.HideEnviron = false, false, false
	if err := dump(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func dump(path string) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	defer w.Close()
	return coredumpy.DumpTo(w)
}
`
