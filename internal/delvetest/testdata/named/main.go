// Command named has variables of named types of each basic kind, of types that embed pointers, of
// generic types in each other, and interfaces that hold nil. With an argument it dumps itself to that
// file.
package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"time"
	"unsafe"

	"coredumpy"
	"example.com/named/units"
)

type (
	Bool  bool
	Int   int
	I8    int8
	I16   int16
	I32   int32
	I64   int64
	Uint  uint
	U8    uint8
	U16   uint16
	U32   uint32
	U64   uint64
	Ptr   uintptr
	F32   float32
	F64   float64
	C64   complex64
	C128  complex128
	Str   string
	Up    unsafe.Pointer
	PInt  *int
	Arr   [2]Int
	Sl    []Int
	Map   map[Str]Int
	Fn    func(Int) Int
	Ch    chan Int
	Any   interface{}
	Shape interface {
		Area() F64
		Scale(F64) Shape
	}
)

func (i Int) Double() Int   { return 2 * i }
func (s *Sl) Push(i Int)    { *s = append(*s, i) }
func (a Arr) Sum() Int      { return a[0] + a[1] }
func (s Str) Error() string { return string(s) }

type Point struct{ X, Y int }
type Vec struct{ X, Y int }
type Tagged struct {
	X int `json:"x"`
	Y int
}
type Other struct{ X, Y int64 }

func (p Point) Len() int    { return p.X + p.Y }
func (p *Point) Move(d int) { p.X += d }

type Square struct{ Side F64 }

func (s Square) Area() F64         { return s.Side * s.Side }
func (s Square) Scale(f F64) Shape { return Square{s.Side * f} }

type Core struct {
	*Point
	Id   Int
	Name string
}

type Mid struct {
	*Core
	Vec
	Kids []*Mid
}

type Top struct {
	Mid
	*units.Pair
	Shape
	error
	ok bool
}

type Kind int8

const (
	None Kind = iota
	File
	Dir
	Link
	_
	Last
)

type Perm uint32

const (
	R Perm = 4 >> iota
	W
	X
)

const (
	big     = 1 << 40
	tenth   = 0.1
	im      = 2i
	letter  = 'x'
	hello   = "hello"
	isConst = true
)

type List[T any] struct {
	head *elem[T]
	Len  int
}

type elem[T any] struct {
	val  T
	next *elem[T]
}

func (l *List[T]) Push(v T) { l.head, l.Len = &elem[T]{v, l.head}, l.Len+1 }

type KV[K comparable, V any] struct {
	Key K
	Val V
}

type Cache[K comparable, V any] struct {
	byKey map[K]*KV[K, V]
	order List[KV[K, V]]
}

type Num interface{ ~int | ~float64 }

func Sum[T Num](list ...T) (t T) {
	for _, v := range list {
		t += v
	}
	return t
}

var (
	origin  = Point{}
	global  = []Point{{1, 2}, {3, 4}}
	pglobal = &global[1]
	names   = map[Kind]string{File: "file", Dir: "dir"}
)

func stop(path string) {
	if path == "" {
		return
	}
	f, err := os.Create(path)
	if err == nil {
		err = coredumpy.DumpTo(f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func use(...any) {}

func run(top *Top, path string) (done bool) {
	nb, ni, n8, n16, n32, n64 := Bool(true), Int(-7), I8(-128), I16(1000), I32(-5), I64(math.MinInt64)
	nu, u8, u16, u32, u64, np := Uint(6), U8(255), U16(65535), U32(1<<31), U64(math.MaxUint64), Ptr(4096)
	f32, f64, c64, c128, str, bad := F32(-1.5), F64(1e100), C64(complex(1, -2)), C128(3i), Str("str"), "a\xff\xc0\x80é\x00z"
	i, j, neg, hugecount, ucount := 5, 2, -1, 200, uint8(70)
	by, ru, w, fl, fl32, z, yes := byte(250), 'ß', uint16(9), 2.75, float32(1e-3), complex(0.5, 0.25), false
	arr, sl, mp, fn, ch := Arr{1, 2}, Sl{3, 4, 5}, Map{"a": 1, "b": 2}, Fn(Int.Double), make(Ch, 2)
	ch <- 8
	var pint PInt = &i
	nup := Up(&i)

	pt, ppt, vec, tag, oth := Point{1, 2}, &Point{3, 4}, Vec{1, 2}, Tagged{1, 2}, Other{1, 2}
	anonpt := struct{ X, Y int }{1, 2}
	pppt := &ppt
	core := Core{ppt, 9, "core"}
	mid := &Mid{&core, Vec{5, 6}, nil}
	mid.Kids = []*Mid{mid, nil}
	bare := Core{Id: 1}

	list := List[string]{}
	list.Push("one")
	list.Push("two")
	kv := KV[Point, []int]{Point{1, 2}, []int{1}}
	cache := Cache[string, float64]{byKey: map[string]*KV[string, float64]{"k": {"k", 1.5}}}
	cache.order.Push(KV[string, float64]{"k", 1.5})
	boxed := units.Boxed[KV[int, *Point]]{In: KV[int, *Point]{1, ppt}, Set: true}
	nested := KV[KV[int, string], List[*List[string]]]{Key: KV[int, string]{1, "in"}}
	sumInt := Sum[int]

	byArr := map[[2]Point]string{{{1, 2}, {3, 4}}: "path"}
	byKV := map[KV[int, string]]bool{{1, "in"}: true}
	byKind := map[Kind][]units.Size{File: {units.Small}, Last: nil}
	byIface := map[Shape]int{Square{2}: 4}
	byF32 := map[F32]Str{-1.5: "low"}
	byC := map[C128]int{3i: 3}
	byBool := map[Bool]Bool{true: false}
	byPP := map[*Point]*Point{ppt: ppt, nil: nil}
	byAnon := map[struct{ A, B I8 }]int{{1, 2}: 3}
	large := map[int]int{}
	for k := range 70 {
		large[k] = k * k
	}

	kind, perm, odd, none := Dir, R|X, Kind(4), Perm(0)
	size, access, pair := units.Medium, units.Read|units.Exec, units.Pair{Low: units.Small, High: units.Large}
	weekday, unit, month := time.Friday, time.Minute, time.December

	rows := [][][]int8{{{1, 2}, {3}}, {nil, {}}, nil}
	tab := [2][]Point{{{1, 2}, {3, 4}}, nil}
	shapes := []Shape{Square{1}, nil, (*Square)(nil)}
	texts := []string{"", "a\tb", "\x00\xfe", strings.Repeat("long ", 20)}
	numbers := make([]float64, 3, 10)
	ptrs := [3]*int{&i, nil, pint}
	arrs := [2][3]Kind{{File, Dir, Link}, {None, 4, Last}}
	bytes, nbytes, runes := []byte("by\xfftes"), []U8{1, 2}, []rune{'a', -1, 0x10ffff}
	many := make([]Int, 70)
	funcs := map[string]func(){"nil": nil, "use": func() { use(i) }}

	var (
		shape   Shape = Square{1.5}
		nilsh   Shape
		pshape  Shape = &Square{2}
		nilmap  any   = map[string]int(nil)
		nilfn   any   = (func())(nil)
		nilch   any   = (chan int)(nil)
		nilsl   any   = []int(nil)
		nilptr  any   = (*Point)(nil)
		nilptr2 any   = (**int)(nil)
		inarr   any   = [2]Point{{1, 2}, {3, 4}}
		inkv    any   = kv
		incore  any   = core
		inptr   any   = ppt
		inpp    any   = pppt
		inint   any   = Int(3)
		instr   any   = Str("in")
		inbad   any   = bad
		inkind  any   = Link
		inup    any   = nup
		inf     any   = fl
		inc     any   = c64
		inany   any   = []any{1, []any{2, nil}}
		inmap   any   = mp
		instr2  any   = struct{ A any }{A: 1}
		pany          = &inint
		strerr  error = Str("failed")
		ptrerr  error = &os.PathError{Op: "open", Path: "/x", Err: os.ErrNotExist}
		nilerr  error = (*os.PathError)(nil)
		nosl    Sl
		nomap   Map
		nofn    Fn
		noch    Ch
		noptr   *Core
		nomid   *Mid
		noup    Up
		nopint  PInt
		nolist  *List[string]
	)
	move, length, area, push := ppt.Move, Point.Len, shape.Area, list.Push
	movex, midlen := (*Point).Move, mid.Len
	counter := 0
	count := func() int { counter++; return counter + len(str) }
	out, in := (chan<- Int)(ch), (<-chan Int)(ch)
	chs := []chan Point{make(chan Point, 1), nil}

	stop(path) // here
	use(nb, ni, n8, n16, n32, n64, nu, u8, u16, u32, u64, np, f32, f64, c64, c128, str, bad, i, j, neg, hugecount, ucount)
	use(by, ru, w, fl, fl32, z, yes, arr, sl, mp, fn, ch, pint, nup, pt, ppt, vec, tag, oth, anonpt, pppt, core, mid, bare)
	use(list, kv, cache, boxed, nested, sumInt, byArr, byKV, byKind, byIface, byF32, byC, byBool, byPP, byAnon, large)
	use(kind, perm, odd, none, size, access, pair, weekday, unit, month, rows, tab, shapes, texts, numbers, ptrs, arrs)
	use(bytes, nbytes, runes, many, funcs, shape, nilsh, pshape, nilmap, nilfn, nilch, nilsl, nilptr, nilptr2, inarr, inkv)
	use(incore, inptr, inpp, inint, instr, inbad, inkind, inup, inf, inc, inany, inmap, instr2, pany, strerr, ptrerr, nilerr)
	use(nosl, nomap, nofn, noch, noptr, nomid, noup, nopint, nolist, move, length, area, push, movex, midlen, count, out, in)
	use(chs, top, origin, global, pglobal, names, big, tenth, im, letter, hello, isConst, units.Hidden(), units.ByName)
	return done
}

func main() {
	path := ""
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	core := &Core{&Point{7, 8}, 3, "deep"}
	top := &Top{Mid{core, Vec{1, 1}, nil}, &units.Default, Square{3}, errors.New("inner"), true}
	run(top, path)
}
