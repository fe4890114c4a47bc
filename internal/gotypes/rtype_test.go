package gotypes

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"coredumpy/internal/gotypes/testdata/dotted.v2"
	"coredumpy/internal/unsafely"
)

type (
	myInt    int
	myFunc   func(a int, b ...string) (error, bool)
	myIface  interface{ M(http.Header) error }
	myMap    map[myInt]*node
	myArray  [3]myInt
	mySlice  []mySlice
	myChan   chan<- myChan
	myPtr    *int
	myUnsafe unsafe.Pointer

	node struct {
		Val         int
		Left, Right *node
		all         map[string]*node
	}
	pair[A, B any] struct {
		First  A
		Second B
	}
	list[T any] struct {
		head T
		next *list[T]
	}
	embedding struct {
		*node
		http.Header
		pair[int, string]
		error
		_ int
	}
	tagged struct {
		A int `json:"a" xml:"b\"c"`
		b [0]func()
	}
)

func (myInt) String() string { return "" }
func (*node) Walk()          {}
func (myFunc) Call()         {}
func (mySlice) Len() int     { return 0 }
func (myMap) Get()           {}
func (myArray) At()          {}
func (myChan) Send()         {}

const here = "coredumpy/internal/gotypes."

// typeNames holds the name that each type must be shown by: the one in debug information,
// with import paths.
var typeNames = []struct {
	typ  reflect.Type
	want string
}{
	{reflect.TypeFor[bool](), "bool"},
	{reflect.TypeFor[byte](), "uint8"},
	{reflect.TypeFor[rune](), "int32"},
	{reflect.TypeFor[uintptr](), "uintptr"},
	{reflect.TypeFor[complex64](), "complex64"},
	{reflect.TypeFor[complex128](), "complex128"},
	{reflect.TypeFor[float32](), "float32"},
	{reflect.TypeFor[string](), "string"},
	{reflect.TypeFor[error](), "error"},
	{reflect.TypeFor[any](), "interface {}"},
	{reflect.TypeFor[unsafe.Pointer](), "unsafe.Pointer"},
	{reflect.TypeFor[*unsafe.Pointer](), "*unsafe.Pointer"},
	{reflect.TypeFor[interface{ M() }](), "interface { M() }"},
	{reflect.TypeFor[interface {
		m()
		M(int) bool
	}](), "interface { M(int) bool; " + here + "m() }"},
	{reflect.TypeFor[interface {
		F(http.Header) *pair[int, node]
	}](), "interface { F(net/http.Header) *" + here + "pair[int," + here + "node] }"},

	{reflect.TypeFor[myInt](), here + "myInt"},
	{reflect.TypeFor[myFunc](), here + "myFunc"},
	{reflect.TypeFor[myIface](), here + "myIface"},
	{reflect.TypeFor[myMap](), here + "myMap"},
	{reflect.TypeFor[myArray](), here + "myArray"},
	{reflect.TypeFor[mySlice](), here + "mySlice"},
	{reflect.TypeFor[myChan](), here + "myChan"},
	{reflect.TypeFor[myPtr](), here + "myPtr"},
	{reflect.TypeFor[myUnsafe](), here + "myUnsafe"},
	{reflect.TypeFor[node](), here + "node"},
	{reflect.TypeFor[*node](), "*" + here + "node"},
	{reflect.TypeFor[**[]node](), "**[]" + here + "node"},
	{reflect.TypeFor[[2][3]node](), "[2][3]" + here + "node"},
	{reflect.TypeFor[map[node0][]*node](), "map[" + here + "node0][]*" + here + "node"},
	{reflect.TypeFor[map[string]map[int]bool](), "map[string]map[int]bool"},

	{reflect.TypeFor[http.Header](), "net/http.Header"},
	{reflect.TypeFor[*http.Request](), "*net/http.Request"},
	{reflect.TypeFor[http.HandlerFunc](), "net/http.HandlerFunc"},
	{reflect.TypeFor[json.Number](), "encoding/json.Number"},
	{reflect.TypeFor[time.Duration](), "time.Duration"},
	{reflect.TypeFor[sync.Mutex](), "sync.Mutex"},
	{reflect.TypeFor[atomic.Pointer[node]](), "sync/atomic.Pointer[" + here + "node]"},
	{reflect.TypeFor[io.Reader](), "io.Reader"},
	{reflect.TypeFor[bytes.Buffer](), "bytes.Buffer"},

	{reflect.TypeFor[pair[string, *node]](), here + "pair[string,*" + here + "node]"},
	{reflect.TypeFor[pair[http.Header, pair[int, any]]](), here + "pair[net/http.Header," + here + "pair[int,interface {}]]"},
	{reflect.TypeFor[pair[func(a, b int) error, struct{ X, Y io.Reader }]](), here + "pair[func(int, int) error,struct { X io.Reader; Y io.Reader }]"},
	{reflect.TypeFor[list[[3]string]](), here + "list[[3]string]"},
	{reflect.TypeFor[*list[chan<- int]](), "*" + here + "list[chan<- int]"},

	{reflect.TypeFor[func()](), "func()"},
	{reflect.TypeFor[func(int)](), "func(int)"},
	{reflect.TypeFor[func() error](), "func() error"},
	{reflect.TypeFor[func(a int, b ...*node) (x, y bool)](), "func(int, ...*" + here + "node) (bool, bool)"},
	{reflect.TypeFor[func(...any)](), "func(...interface {})"},
	{reflect.TypeFor[func([]int, ...[]int)](), "func([]int, ...[]int)"},
	{reflect.TypeFor[func(func(int) bool) func()](), "func(func(int) bool) func()"},
	{reflect.TypeFor[chan int](), "chan int"},
	{reflect.TypeFor[<-chan node](), "<-chan " + here + "node"},
	{reflect.TypeFor[chan<- func()](), "chan<- func()"},
	{reflect.TypeFor[chan<- (<-chan int)](), "chan<- <-chan int"},
	{reflect.TypeFor[chan (<-chan int)](), "chan (<-chan int)"},

	{reflect.TypeFor[struct{}](), "struct {}"},
	{reflect.TypeFor[struct{ A, b int }](), "struct { A int; " + here + "b int }"},
	{reflect.TypeFor[struct{ *node }](), "struct { *" + here + "node }"},
	{reflect.TypeFor[struct {
		A int `json:"a"`
	}](), `struct { A int "json:\"a\"" }`},
	{reflect.TypeFor[tagged](), here + "tagged"},
	{reflect.TypeFor[embedding](), here + "embedding"},

	{reflect.TypeFor[dotted.T](), "coredumpy/internal/gotypes/testdata/dotted.v2.T"},
	{reflect.TypeFor[pair[*dotted.T, int]](), here + "pair[*coredumpy/internal/gotypes/testdata/dotted.v2.T,int]"},
}

type node0 struct{ A, B int }

func TestTypeNames(t *testing.T) {
	p := self(t)
	for _, c := range typeNames {
		got, err := p.RuntimeType(unsafely.TypeAddr(c.typ))
		if err != nil {
			t.Errorf("%v: %v", c.typ, err)
			continue
		}
		if got.Name != c.want {
			t.Errorf("got %q, want %q", got.Name, c.want)
		}
	}
}
