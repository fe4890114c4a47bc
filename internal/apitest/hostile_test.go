package apitest

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// beside dumps a value between two small ones, and returns it as read back. Whatever it
// is, the small ones must be complete, and the dump must not take more memory than
// allowed.
func beside(t *testing.T, value any, allowed uint64) (coredumpy.Value, *dump) {
	t.Helper()
	small := map[string][]*node{"list": {chain(3), {N: 5}}}
	var file bytes.Buffer
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := coredumpy.DumpTo(&file, coredumpy.Var("before", small), coredumpy.Var("v", value),
		coredumpy.Var("after", small))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > allowed {
		t.Errorf("got %d bytes allocated, want at most %d", n, allowed)
	}
	d := read(t, file.Bytes())
	for _, name := range []string{"before", "after"} {
		_, list := d.given(t, name).Entry(0)
		if n := list.Index(0).Elem().Field(1).Elem().Field(1).Elem().Field(0); !n.Valid() ||
			list.Index(1).Elem().Field(0).Int() != 5 {
			t.Errorf("got %s = %s, want it whole", name, show(d.given(t, name)))
		}
	}
	return d.given(t, "v"), d
}

const few = 64 << 20 // bytes

// A list of ten million is cut by the limit that is reached first, and says so at its
// end.
func TestHostileList(t *testing.T) {
	noVariables(t)
	longtest.Skip(t)
	nodes := make([]node, 10_000_000)
	for i := range nodes {
		nodes[i].N = i
		if i > 0 {
			nodes[i-1].Next = &nodes[i]
		}
	}
	for limit, change := range map[string]func(*coredumpy.Configuration){
		"depth":   func(c *coredumpy.Configuration) {},
		"objects": func(c *coredumpy.Configuration) { c.Depth, c.MaxObjects = math.MaxInt, 10_000 },
		"bytes":   func(c *coredumpy.Configuration) { c.Depth, c.MaxBytes = math.MaxInt, 1<<18 },
		"time":    func(c *coredumpy.Configuration) { c.Depth, c.Timeout = math.MaxInt, 100*time.Millisecond },
	} {
		t.Run(limit, func(t *testing.T) {
			config(t, change)
			_, d := beside(t, &nodes[0], 1<<30)
			n, why := followed(t, d, "v")
			if d.cuts()[limit] == 0 || why != limit+" limit" || n < 10 && limit != "time" || n > 9_000_000 {
				t.Errorf("got %d references followed, then %q, and cuts %v", n, why, d.cuts())
			}
		})
	}
	runtime.KeepAlive(nodes)
}

type header struct {
	Data     uintptr
	Len, Cap int
}

// as returns a variable of type T that holds these bytes.
func as[T any](h header) *T {
	return (*T)(unsafe.Pointer(&h))
}

// These values were never set, or something has overwritten them.
func TestHostileHeaders(t *testing.T) {
	const wild = 0xdead_beef_0000
	text := []byte("some text")
	at := uintptr(unsafe.Pointer(&text[0]))
	for _, tt := range []struct {
		name   string
		value  any
		length int64
		reason string
	}{
		{"string of 2^40", as[string](header{at, 1 << 40, 0}), 1 << 40, "no memory at"},
		{"string of 2^62", as[string](header{at, 1 << 62, 0}), 0, "text of length 4611686018427387904"},
		{"string of -1", as[string](header{at, -1, 0}), 0, "text of length -1"},
		{"string nowhere", as[string](header{wild, 5, 0}), 5, "no memory at"},
		{"slice of 2^40", as[[]*int](header{at, 1 << 40, 1 << 40}), 1 << 40, "no memory at"},
		{"slice longer than itself", as[[]int](header{at, 6, 5}), 0, "slice of length 6 and capacity 5"},
		{"bytes nowhere", as[[]byte](header{wild, 1 << 30, 1 << 30}), 1 << 30, "no memory at"},
		{"pointer nowhere", as[*int](header{wild, 0, 0}), 0, "no memory at"},
		{"pointer without a canonical address", as[*int](header{0xdead << 48, 0, 0}), 0, "no memory at"},
		{"pointer nearly nil", as[*int](header{8, 0, 0}), 0, "no memory at"},
		{"map nowhere", as[map[int]int](header{wild, 0, 0}), 0, "no memory at"},
		{"map that is text", as[map[int]int](header{at, 0, 0}), 0, ""},
		{"channel nowhere", as[chan int](header{wild, 0, 0}), 0, "no memory at"},
		{"func nowhere", as[func()](header{wild, 0, 0}), 0, "no memory at"},
		{"interface of no type", as[any](header{wild, 1, 0}), 0, "no type at"},
		{"error of no type", as[error](header{wild, 1, 0}), 0, "no method table at"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, _ := beside(t, tt.value, few)
			v := p.Elem()
			why := v.Reason()
			if v.Kind() == reflect.Pointer || why == "" && v.Kind() == reflect.Slice {
				why += v.Elem().Reason()
			}
			if !strings.HasPrefix(why, tt.reason) || why == "" || v.Len() != tt.length && tt.reason != "" {
				t.Errorf("got %.200s with length %d and reason %q, want %d and %q",
					show(v), v.Len(), why, tt.length, tt.reason)
			}
		})
	}
	runtime.KeepAlive(text)
}

// A struct of 100,000 fields is dumped to the last one.
func TestHostileFields(t *testing.T) {
	n := longtest.Rounds(10_000, 100_000)
	fields := make([]reflect.StructField, n)
	for i := range fields {
		fields[i] = reflect.StructField{Name: fmt.Sprint("F", i), Type: reflect.TypeFor[int32]()}
	}
	made := reflect.New(reflect.StructOf(fields))
	for i := range n {
		made.Elem().Field(i).SetInt(int64(i))
	}
	v, _ := beside(t, made.Interface(), 4*few)
	v = v.Elem()
	if got := v.Type().NumField(); got != n || v.Stored() != n {
		t.Fatalf("got %d fields, %d stored, want %d", got, v.Stored(), n)
	}
	for i := range n {
		if got := v.Field(i).Int(); got != int64(i) {
			t.Fatalf("got field %d = %d, want the same", i, got)
		}
	}
}

// Channels carry channels, and a channel may be its own next value.
func TestHostileChannels(t *testing.T) {
	noVariables(t)
	inner := make(chan int, 4)
	inner <- 41
	inner <- 42
	middle := make(chan chan int, 2)
	middle <- inner
	middle <- nil
	outer := make(chan (<-chan chan int), 1)
	outer <- middle
	self := make(chan any, 3)
	self <- self
	self <- outer
	close(self)
	v, d := beside(t, self, few)
	if again := v.Index(0).Elem(); again.Object() != v.Object() || again.Object() == 0 || v.Stored() != 2 {
		t.Errorf("got %s, want a channel of itself and another", show(v))
	}
	m := v.Index(1).Elem().Index(0)
	if n := m.Index(0).Index(1).Int(); n != 42 || !m.Index(1).IsNil() || m.Len() != 2 {
		t.Errorf("got %s with %d, want the channels in it", show(m), n)
	}
	if n := d.Head().Objects; n > 20 {
		t.Errorf("got %d objects, want each once", n)
	}
}

// A map is dumped while it grows: what is shown was in it, and the value says if
// something is missing.
func TestHostileGrowing(t *testing.T) {
	m := map[int][3]int{}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if len(m) > 3000 {
				m = map[int][3]int{}
			}
			m[i] = [3]int{i, -i, 2 * i}
		}
	}()
	for range 8 {
		p, _ := beside(t, &m, math.MaxUint64) // the other goroutine allocates, too
		v := p.Elem()
		for i := range v.Stored() {
			// Before the assignment has ended, the value is zero.
			key, e := v.Entry(i)
			for j, want := range []int64{key.Int(), -key.Int(), 2 * key.Int()} {
				if got := e.Index(j).Int(); got != want && got != 0 {
					t.Errorf("got m[%d] = %s", key.Int(), show(e))
				}
			}
		}
		if int64(v.Stored()) != v.Len() && v.Reason() == "" {
			t.Errorf("got %d entries of %d, and no reason", v.Stored(), v.Len())
		}
	}
	close(stop)
	<-done
}
