// Values has one variable of many kinds that a reader shows in its own way: types of the
// standard library, maps with keys of every kind, errors, functions, and what is nil.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"coredumpy"
)

type color uint8

const (
	red color = iota
	green
	blue
)

type point struct{ X, Y int }

type named struct {
	point
	*meta
	Name  string
	Color color
}

type meta struct {
	Made time.Time
	Tags map[string][]string
}

type shape interface{ area() float64 }

type square struct{ side float64 }

func (s square) area() float64 { return s.side * s.side }

type failure struct {
	Op  string
	Err error
}

func (f *failure) Error() string { return f.Op + ": " + f.Err.Error() }
func (f *failure) Unwrap() error { return f.Err }

type list[T any] struct {
	head *node[T]
	n    int
}

type node[T any] struct {
	value T
	next  *node[T]
}

func (l *list[T]) add(v T) { l.head, l.n = &node[T]{v, l.head}, l.n+1 }

var (
	started        = time.Date(2026, 3, 1, 12, 0, 0, 5000, time.UTC)
	registry       = map[string]*named{}
	limit    int64 = 1 << 40
	scratch  [8]byte
)

//go:noinline
func numbers() {
	small, tiny, wide := int8(-128), uint8(255), uint64(math.MaxUint64)
	half, third := float32(0.5), 1.0/3
	inf, nan, negative := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	z, z64 := complex(1, -2), complex64(complex(0, 1))
	letter, wrong := 'x', rune(-1)
	at := uintptr(0x1000)
	wait := 90 * time.Second
	month := time.March
	c, unknown := blue, color(9)
	yes, no := true, false
	use(small, tiny, wide, half, third, inf, nan, negative, z, z64, letter, wrong, at, wait, month, c, unknown, yes, no)
	texts()
	use(&small, &tiny, &wide, &half, &third, &z, &letter, &wait, &c, &yes)
}

//go:noinline
func texts() {
	empty, plain := "", "plain"
	quoted, unicode, binary := "say \"hi\"\n\ttab", "größe ✓ 日本", "\xff\x00\xfe"
	long := strings.Repeat("0123456789", 30)
	data, none, runes := []byte("bytes\x00"), []byte(nil), []rune("rünes")
	array := [4]byte{1, 2, 3, 4}
	words := []string{"a", "", long[:70]}
	var builder strings.Builder
	builder.WriteString("built")
	buffer := bytes.NewBufferString("buffered")
	use(empty, plain, quoted, unicode, binary, long, data, none, runes, array, words, &builder, buffer)
	maps()
	use(&data, &array, &words)
}

//go:noinline
func maps() {
	var none map[string]int
	empty := map[int]bool{}
	strs := map[string]int{"b": 2, "a": 1, "": 0}
	ints := map[int][]int{3: {3}, -1: nil}
	bools := map[bool]string{true: "yes", false: "no"}
	floats := map[float64]int{0.5: 1, math.Inf(-1): 2}
	nans := map[float32]int{float32(math.NaN()): 1}
	complexes := map[complex128]int{1i: 1}
	arrays := map[[2]int]string{{1, 2}: "12"}
	structs := map[point]*point{{1, 2}: {3, 4}, {0, 0}: nil}
	anys := map[any]any{"s": 1, 2: "two", point{5, 6}: nil, 1.5: []int{1}, red: green}
	key := &point{7, 8}
	pointers := map[*point]string{key: "seven"}
	shapes := map[shape]int{square{2}: 4}
	channels := map[chan int]int{make(chan int): 1}
	types := map[reflect.Type]int{reflect.TypeFor[int](): 1}
	big := map[uint16]uint16{}
	for i := range uint16(300) {
		big[i] = i * i
	}
	nested := map[string]map[string][]point{"x": {"y": {{1, 1}}}}
	sets := map[string]struct{}{"only": {}}
	use(none, empty, strs, ints, bools, floats, nans, complexes, arrays, structs, anys, key, pointers, shapes, channels, types, big, nested, sets)
	containers()
	use(&none, &strs, &anys)
}

//go:noinline
func containers() {
	var nilSlice []int
	emptySlice, some := []int{}, append(make([]int, 0, 10), 1, 2, 3)
	matrix := [][]float64{{1, 2}, {3}, nil}
	many := make([]int, 1000)
	for i := range many {
		many[i] = i
	}
	array, table := [3]string{"x", "y", "z"}, [2][2]point{{{1, 2}}}
	structs := []named{{point: point{1, 2}, meta: &meta{Made: started, Tags: map[string][]string{"t": {"u"}}}, Name: "one", Color: green}, {Name: "two"}}
	pointers := []*named{&structs[0], nil, &structs[0]}
	anonymous := struct {
		A int
		B struct{ C []any }
		_ [0]int
	}{A: 1, B: struct{ C []any }{[]any{1, "x", nil, &array}}}
	var nothing struct{}
	ring := &node[int]{value: 1}
	ring.next = &node[int]{2, ring}
	l := &list[string]{}
	l.add("first")
	l.add("second")
	registry["one"], registry["gone"] = &structs[0], nil
	use(nilSlice, emptySlice, some, matrix, many, array, table, structs, pointers, anonymous, nothing, ring, l)
	interfaces()
	use(&some, &array, &structs, &pointers)
}

//go:noinline
func interfaces() {
	var none any
	var nobody error
	var typed error = (*failure)(nil)
	number, text, object, pointer := any(7), any("seven"), any(point{1, 2}), any(&point{3, 4})
	var s shape = square{3}
	plain := errors.New("plain")
	wrapped := fmt.Errorf("wrapped: %w", &failure{"open", plain})
	joined := errors.Join(plain, wrapped, nil)
	two := fmt.Errorf("both %w and %w", plain, errors.ErrUnsupported)
	boxed := any([]any{map[string]any{"k": []int{1}}, joined})
	use(none, nobody, typed, number, text, object, pointer, s, plain, wrapped, joined, two, boxed)
	functions(s)
	use(&number, &boxed)
}

//go:noinline
func functions(s shape) {
	var none func()
	count := 3
	literal := func(n int) int { count += n; return count }
	method, expression := s.area, square.area
	top := use
	deferred := []func(){func() { count++ }, nil}
	open, closed, full := make(chan int), make(chan string, 2), make(chan point, 2)
	close(closed)
	full <- point{1, 2}
	full <- point{3, 4}
	var nilChan chan int
	receive := (<-chan int)(open)
	go func() { open <- 1 }()
	go func() { full <- point{5, 6} }()
	for len(full) < 2 {
		time.Sleep(time.Millisecond)
	}
	use(none, literal, method, expression, top, deferred, open, closed, full, nilChan, receive)
	library()
	use(&count, &literal)
}

//go:noinline
func library() {
	var m sync.Map
	m.Store("key", 1)
	m.Store(point{1, 2}, []string{"v"})
	var empty sync.Map
	var mutex sync.Mutex
	mutex.Lock()
	var counter atomic.Int64
	counter.Store(42)
	var pointer atomic.Pointer[point]
	pointer.Store(&point{9, 9})
	var holder atomic.Value
	holder.Store("held")
	zero, utc := time.Time{}, started
	zone := started.In(time.FixedZone("CET", 3600))
	number := big.NewInt(0).Exp(big.NewInt(3), big.NewInt(100), nil)
	address, prefix := netip.MustParseAddr("192.0.2.7"), netip.MustParsePrefix("2001:db8::/32")
	link, _ := url.Parse("https://example.com/a?b=c#d")
	typ, value := reflect.TypeFor[named](), reflect.ValueOf(point{1, 2})
	timer := time.Duration(1500) * time.Millisecond
	use(&m, &empty, &mutex, &counter, &pointer, &holder, zero, utc, zone, number, address, prefix, link, typ, value, timer)
	panic(&failure{"library", errors.Join(errors.New("first"), errors.New("second\nline"))})
}

//go:noinline
func use(...any) {}

func main() {
	defer coredumpy.OnPanic(coredumpy.Description("every kind of value,\non two lines"))
	numbers()
}
