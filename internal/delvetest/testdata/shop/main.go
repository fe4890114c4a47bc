// Command shop is a program of the usual kind, stopped while it handles an order: in Delve by
// a breakpoint on the line of stop, in a dump because stop dumps. With an argument the dump
// goes to that file.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"sync"
	"time"

	"coredumpy"
)

type Status uint8

const (
	Open Status = iota
	Paid
	Shipped
	Cancelled
)

func (s Status) String() string { return [...]string{"open", "paid", "shipped", "cancelled"}[s] }

type Flag uint16

const (
	Gift Flag = 1 << iota
	Express
	Insured
)

type (
	SKU   string
	Cents int64
	Rates map[SKU]Cents
)

const (
	maxItems   = 50
	retries    = int8(3)
	freeOver   = Cents(5000)
	sizeMask   = 0xff
	pageOffset = -1
)

type Address struct {
	Street string
	City   string
	Zip    [5]byte
	Geo    *Point
}

type Point struct{ Lat, Lon float64 }

func (p Point) Dist(q Point) float64 {
	return (p.Lat-q.Lat)*(p.Lat-q.Lat) + (p.Lon-q.Lon)*(p.Lon-q.Lon)
}

type Meta struct {
	Created time.Duration
	Tags    []string
	Labels  map[string]string
}

func (m *Meta) Tag(tag string) { m.Tags = append(m.Tags, tag) }

type Person struct {
	Name  string
	Email string
	Age   int
}

func (p Person) Greet() string { return "hello " + p.Name }

type Customer struct {
	Person
	*Meta
	ID     int
	Home   Address
	Orders []*Order
	Best   *Customer
}

func (c *Customer) Total() (sum Cents) {
	for _, o := range c.Orders {
		sum += o.Total
	}
	return sum
}

type Item struct {
	SKU   SKU
	Count int
	Price Cents
	Attrs map[string]any
}

type Order struct {
	ID     int
	Items  []Item
	Total  Cents
	Status Status
	Flags  Flag
	Cust   *Customer
	Note   any
	Err    error
	Done   chan struct{}
	Next   func() *Order
}

type Shape interface{ Area() float64 }

type Square struct{ Side float64 }

func (s Square) Area() float64 { return s.Side * s.Side }

type Circle struct{ R float64 }

func (c *Circle) Area() float64 { return 3 * c.R * c.R }

type NotFound struct {
	What string
	Code int
}

func (e *NotFound) Error() string { return e.What + " not found" }

type Coded int

func (c Coded) Error() string { return fmt.Sprint("code ", int(c)) }

type Stack[T any] struct {
	items []T
	limit int
}

func (s *Stack[T]) Push(v T) { s.items = append(s.items, v) }

func (s Stack[T]) Len() int { return len(s.items) }

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

type Tree[T any] struct {
	Left, Right *Tree[T]
	Val         T
}

type Cache struct {
	mu   sync.RWMutex
	data map[string]*Pair[string, int]
	hits [4]uint32
}

type Matrix [2][3]float64

type key struct {
	x, y int
	name string
}

var (
	catalog = Rates{"apple": 100, "pear": 250}
	started = 42
	names   = []string{"ann", "bob", "cy"}
	home    = &Address{Street: "Main", City: "Ulm", Zip: [5]byte{'8', '9', '0', '7', '3'}}
	ErrFull = errors.New("full")
	hooks   = map[string]func(int) int{"double": double}
	empty   struct{}
	kept    []any // leaves the stack
)

func double(n int) int { return 2 * n }

func adder(base int) func(int) int {
	return func(n int) int { base += n; return base }
}

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

func (c *Cache) handle(ctx context.Context, o *Order, path string, rest ...int) (total Cents, err error) {
	cust := o.Cust
	first, last := o.Items[0], &o.Items[len(o.Items)-1]
	i, count, price := 1, len(o.Items), o.Items[1].Price
	small, wide, ratio := int8(-7), uint32(70000), 0.25
	ok, word, char := true, "pear", 'é'
	text := "a first line\n\tand \"a second\""
	var nothing *Order
	var noErr error
	var noMap map[string]int
	var noFunc func()

	wrapped := fmt.Errorf("order %d: %w", o.ID, &NotFound{"pear", 404})
	joined := errors.Join(ErrFull, Coded(7))
	var coded error = Coded(3)
	var shape, round Shape = Square{2}, &Circle{1.5}
	shapes := []Shape{shape, round, nil}

	ints, pairs := &Stack[int]{limit: 3}, Stack[Pair[string, int]]{}
	ints.Push(4)
	ints.Push(5)
	pairs.Push(Pair[string, int]{"one", 1})
	tree := &Tree[string]{Val: "m", Left: &Tree[string]{Val: "c"}}
	byName := map[string]*Customer{"ann": cust}
	byKey := map[key][]int{{1, 2, "a"}: {1, 2}, {3, 4, "b"}: nil}
	byPoint := map[[2]int8]Status{{1, 2}: Paid, {3, 4}: Shipped}
	byAny := map[any]string{1: "int", "1": "string", 1.5: "float", Paid: "status", key{1, 2, "a"}: "key"}
	byIface := map[Shape]int{Square{2}: 4}
	nested := map[string]map[string]int{"a": {"x": 1}, "b": nil}
	set := map[int]struct{}{3: {}, 4: {}}

	queue := make(chan Order, 2)
	queue <- Order{ID: 90}
	in, out := (<-chan Order)(queue), (chan<- Order)(queue)
	ticks := make(chan int)
	matrix := Matrix{{1, 2, 3}, {4, 5, 6}}
	raw, runes := []byte("bytes\x00\xff"), []rune("rün")
	window := raw[1:3:4]
	grid := [][]int{{1}, {2, 3}, nil}
	pp, parr := &last, &matrix
	anon := struct {
		Name string
		Tags []string
	}{"anon", names[:2]}
	var data any = map[string]any{"n": 1.5, "list": []any{1.0, "x", nil}, "in": map[string]any{"k": true}}
	var boxed any = *last
	var ptrBoxed any = o
	add, greet, totals := adder(10), cust.Greet, cust.Total
	tag, distance := (*Meta).Tag, Point.Dist
	var reader io.Reader = strings.NewReader("some text")
	var buf bytes.Buffer
	buf.WriteString("in a buffer")
	took, when := 1500*time.Millisecond, time.Wednesday
	less := sort.StringSlice(names)
	cplx := complex(1.5, -2)
	once := func() int { return add(i) + count + len(word) }
	held, changed := *last, *last
	holds, points := func() SKU { return held.SKU }, func() *Item { changed.Count++; return &changed }
	kept = []any{holds, points}
	lent := struct {
		last *Item
		days [4]int
	}{last, [4]int{7, 14}}
	days := func() int { return first.Count + lent.days[1] } // on the stack
	use(days)

	stop(path) // here
	use(cust, first, last, i, count, price, small, wide, ratio, ok, word, char, text, nothing, noErr, noMap, noFunc)
	use(wrapped, joined, coded, shape, round, shapes, ints, pairs, tree, byName, byKey, byPoint, byAny, byIface, nested)
	use(set, queue, in, out, ticks, matrix, raw, runes, window, grid, pp, parr, anon, data, boxed, ptrBoxed, add, greet)
	use(totals, tag, distance, reader, &buf, took, when, less, cplx, once, ctx, rest, catalog, started, home, hooks, empty)
	use(maxItems, retries, freeOver, sizeMask, pageOffset, Gift, Open)
	return total, err
}

func main() {
	path := ""
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	c := &Cache{data: map[string]*Pair[string, int]{"a": {"a", 1}, "b": nil}, hits: [4]uint32{1, 2, 3, 4}}
	boss := &Customer{Person: Person{"Bob", "bob@example.com", 50}, ID: 1}
	cust := &Customer{
		Person: Person{"Ann", "ann@example.com", 31},
		Meta:   &Meta{Created: time.Hour, Tags: []string{"new", "vip"}, Labels: map[string]string{"lang": "de"}},
		ID:     7, Best: boss,
		Home: Address{"Ring 1", "Ulm", [5]byte{'8', '9', '0', '7', '5'}, &Point{48.4, 9.98}},
	}
	o := &Order{
		ID: 12, Total: 850, Status: Paid, Flags: Gift | Insured, Cust: cust, Note: "ring twice",
		Items: []Item{
			{"apple", 6, 100, map[string]any{"red": true}}, {"pear", 1, 250, nil}, {"plum", 0, 30, map[string]any{}},
		},
		Err: io.EOF, Done: make(chan struct{}),
	}
	o.Next = func() *Order { return o }
	cust.Orders = []*Order{o, {ID: 13, Status: Cancelled}, nil}
	if _, err := c.handle(context.Background(), o, path, 4, 5, 6); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
