// Command kinds has variables of all kinds of types that Go has: named, generic, embedded, nested,
// nil. With an argument it dumps itself to that file.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"coredumpy"
	"example.com/kinds/money/v2"
)

type (
	Flag   bool
	Tiny   int8
	Short  int16
	Long   int64
	Count  uint
	Mask   uint8
	Wide   uint32
	Addr   uintptr
	Single float32
	Double float64
	Phase  complex64
	Name   string
	Triple [3]Mask
	Names  []Name
	Table  map[Name]Short
	Pipe   chan Name
	Fun    func(Name) Short
	Ref    *Short
	Any    interface{}
	Namer  interface{ Label() string }
	Blob   []byte
	Runes  []rune
	Spot   struct{ X, Y Short }
	Alias  = Spot
	Nest   struct {
		Spot
		In [2]Spot
	}
)

func (n Name) Label() string    { return string(n) }
func (s *Spot) Label() string   { return fmt.Sprint(s.X) }
func (t Triple) Sum() int       { return int(t[0]) + int(t[1]) }
func (d Double) Half() Double   { return d / 2 }
func (t Table) Label() string   { return fmt.Sprint(len(t)) }
func (f Fun) Call(n Name) Short { return f(n) }

type Level int

const (
	Low Level = iota - 1
	Mid
	High
)

type Bits uint16

const (
	R Bits = 1 << iota
	W
	X
)

const (
	whole = 7
	huge  = 1 << 62
	part  = 0.25
	greet = "hello"
	dot   = '.'
	small = Tiny(-4)
)

type (
	Set[T comparable] map[T]struct{}
	Opt[T any]        struct{ val *T }
	Either[L, R any]  struct {
		Left  L
		Right R
		Is    bool
	}
	Ring[T any] struct {
		next *Ring[T]
		Val  T
	}
	Grid[T ~int | ~float64] [2][2]T
	IntSet                  = Set[int]
)

func (o Opt[T]) Get() *T           { return o.val }
func (e *Either[L, R]) Swap() bool { return !e.Is }
func (s Set[T]) Has(k T) bool      { _, ok := s[k]; return ok }

type Conn struct {
	host string
	port int
}

func (c *Conn) Dial() string { return c.host }

type Logger interface{ Log(string) }

type logger struct {
	prefix string
	lines  []string
}

func (l *logger) Log(s string) { l.lines = append(l.lines, l.prefix+s) }

type Service struct {
	*Conn
	Logger
	Nest
	sync.Mutex
	Title string
	opts  struct {
		Retry int
		tags  []string
	}
}

type Failure struct {
	Op  string
	Err error
}

func (f *Failure) Error() string { return f.Op + ": " + f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

type Code uint16

func (c Code) Error() string { return fmt.Sprint("code ", uint16(c)) }

var (
	conn    = &Conn{"example.com", 443}
	levels  = [...]Level{Low, High}
	handler = func(n int) int { return n + whole }
	noname  struct{ A, B int }
)

func twice(f func(int) int) func(int) int { return func(n int) int { return f(f(n)) } }

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

func run(svc *Service, path string, more ...Name) (n int, err error) {
	flag, tiny, short, long, count, mask, wide := Flag(true), Tiny(-8), Short(300), Long(-1<<40), Count(3), Mask(0xf0), Wide(1<<31)
	addr, single, double, phase, name := Addr(8192), Single(1.5), Double(-2.25), Phase(complex(1, -1)), Name("ann")
	i, u, r, b, f, z := 2, uint(1), 'é', byte('x'), 1.25, 2-3i
	i64, u64, f32, yes, text := int64(-9), uint64(1<<63+5), float32(0.5), false, "grüße"
	triple, names, table, pipe := Triple{1, 2, 3}, Names{"a", "bb"}, Table{"k": 5}, make(Pipe, 2)
	pipe <- "first"
	fun, blob, runes, spot := Fun(func(n Name) Short { return Short(len(n)) }), Blob("blob\x00"), Runes("é!"), Spot{3, -4}
	ref, pspot, nest := Ref(&short), &spot, Nest{Spot{1, 2}, [2]Spot{{5, 6}, {7, 8}}}
	pp, parr, pslice, pmap, piface := &pspot, &triple, &names, &table, new(any)
	*piface = spot
	level, bits, alias := High, R|X, Alias{9, 9}
	set, opt, either := Set[string]{"in": {}}, Opt[int]{&i}, &Either[Name, []int]{"l", []int{4, 5}, true}
	ring, grid, ints := &Ring[Opt[string]]{Val: Opt[string]{&text}}, Grid[float64]{{1, 2}, {3, 4.5}}, IntSet{4: {}}
	ring.next = ring

	var (
		nflag *Flag
		nptr  *Spot
		nsl   []Spot
		nmap  map[string]int
		nch   chan int
		nfn   func(int) error
		nany  any
		nerr  error
		nup   unsafe.Pointer
		nNs   Names
		nTb   Table
		nPipe Pipe
		nFun  Fun
		nRef  Ref
		nNmr  Namer
		nEith *Either[Name, []int]
		nSvc  *Service
	)
	cube, rows := [2][3][2]int8{{{1, 2}, {3, 4}, {5, 6}}, {{7}}}, [2][]string{{"a", "b"}, nil}
	void, voids, anon := struct{}{}, [3]struct{}{}, struct {
		Name
		P *Spot
		_ int
		M map[string]int
	}{"in", pspot, 0, map[string]int{"a": 1}}
	deep := map[string]map[int][]string{"a": {1: {"x", "y"}}, "n": nil}
	bySpot, byArr := map[Spot]*Spot{{3, -4}: pspot}, map[[2]string]map[string]*Conn{{"a", "b"}: {"c": conn}}
	byAny, byNamer := map[any]any{1: "one", Name("n"): 2, spot: &spot, [2]int8{1, 2}: nil}, map[Namer]int{name: 1, pspot: 2}
	byF, byZ, byB, byPtr := map[float64]int{1.5: 1}, map[complex128]string{2i: "z"}, map[bool]int8{true: 1}, map[*Spot]int{pspot: 6}
	byCh := map[chan int]string{nil: "none"}
	var af, ai, as, ap, am, ae, ach, afn, aarr, abool, astr, ac any = 2.5, 7, spot, pspot, table, Code(5), pipe, handler, triple, true, "s", phase
	anys := []any{flag, tiny, wide, single, name, triple, names, nil, &spot, void, level, any(r)}
	var namer, named Namer = name, pspot
	namers := []Namer{name, pspot, table, nil}

	bound, expr, swap, log := pspot.Label, (*Spot).Label, either.Swap, svc.Log
	nested := twice(handler)
	adder := func(d int) int { i += d; return len(text) + int(spot.X) }
	fns := []func(int) int{handler, nested, nil}
	byFn := map[string]Fun{"f": fun}

	spots, chans, recv, send := make(chan Spot, 3), make(chan chan int, 1), (<-chan Name)(pipe), (chan<- Name)(pipe)
	spots <- spot
	spots <- Spot{7, 7}
	chans <- nil
	done := make(chan struct{})
	close(done)
	bigint, rat := new(big.Int).Lsh(big.NewInt(3), 100), big.NewRat(3, -4)
	up, upi := unsafe.Pointer(&spot), uintptr(unsafe.Pointer(&i))
	_, path2 := upi, path

	zone := time.FixedZone("CEST", 7200)
	when, utc, never := time.Date(2026, 7, 1, 12, 30, 0, 5e6, zone), time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC), time.Time{}
	took, month, whens := 90*time.Second+5, time.May, []time.Time{when, utc}
	lasts := map[Name]time.Duration{"a": took}

	_, perr := os.Open("/nowhere/at/all")
	var patherr *os.PathError
	errors.As(perr, &patherr)
	failure := &Failure{"load", fmt.Errorf("read: %w", perr)}
	var chained, code error = failure, Code(404)
	joined := errors.Join(code, nil, failure, context.Canceled)
	ctx, cancel := context.WithValue(context.Background(), Name("k"), spot), func() {}
	var hits atomic.Int64
	hits.Add(3)
	var once sync.Once
	var all sync.Map
	all.Store("k", spot)
	var sb strings.Builder
	sb.WriteString("built")
	buf := bytes.NewBufferString("buffered")
	header, link := http.Header{"Accept": {"a", "b"}}, &url.URL{Scheme: "https", Host: "example.com", Path: "/p"}
	raw := json.RawMessage(`{"a":1}`)
	var fsys fs.FS = os.DirFS("/")
	price, amount := &money.Price{Net: 250, Tax: 0.07}, money.Euro
	var quoter money.Quoter = price
	var prices []money.Price = []money.Price{*price, money.Default}

	stop(path) // here
	use(flag, tiny, short, long, count, mask, wide, addr, single, double, phase, name, i, u, r, b, f, z, i64, u64, f32, yes)
	use(text, triple, names, table, pipe, fun, blob, runes, spot, ref, pspot, nest, pp, parr, pslice, pmap, piface, level)
	use(bits, alias, set, opt, either, ring, grid, ints, nflag, nptr, nsl, nmap, nch, nfn, nany, nerr, nup, nNs, nTb, nPipe)
	use(nFun, nRef, nNmr, nEith, nSvc, cube, rows, void, voids, anon, deep, bySpot, byArr, byAny, byNamer, byF, byZ, byB, byPtr)
	use(byCh, af, ai, as, ap, am, ae, ach, afn, aarr, abool, astr, ac, anys, namer, named, namers, bound, expr, swap, log)
	use(nested, adder, fns, byFn, spots, chans, recv, send, done, bigint, rat, up, path2, when, utc, never, took, month)
	use(whens, lasts, patherr, failure, chained, code, joined, ctx, cancel, &hits, &once, &all, &sb, buf, header, link)
	use(raw, fsys, price, amount, quoter, prices, whole, huge, part, greet, dot, small, levels, noname, money.Rates, more)
	return n, err
}

func main() {
	path := ""
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	svc := &Service{Conn: conn, Logger: &logger{"> ", []string{"up"}}, Title: "svc"}
	svc.X, svc.In[1].Y, svc.opts.Retry = 11, 12, 3
	if _, err := run(svc, path, "m1", "m2"); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
