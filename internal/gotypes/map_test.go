package gotypes

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"coredumpy/internal/unsafely"
)

// fromBytes returns the value whose memory is b.
func fromBytes[T any](b []byte) (v T) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&v)), unsafe.Sizeof(v)), b)
	return v
}

// readMap reads a map as memory.
func readMap[K comparable, V any](t *testing.T, p *Process, m map[K]V) (map[K]V, error) {
	t.Helper()
	var v any = m
	typ, addr := unsafely.Words(&v)
	mt, err := p.RuntimeType(typ)
	if err != nil {
		t.Fatal(err)
	}
	got, n := map[K]V{}, 0
	err = p.MapEntries(mt, addr, func(e *Entry) bool {
		if len(e.Key) != int(mt.Key().Size) || len(e.Elem) != int(mt.Elem().Size) {
			t.Fatalf("%T: got %d and %d bytes of an entry", m, len(e.Key), len(e.Elem))
		}
		k := fromBytes[K](e.Key)
		if again := fromBytes[K](bytesAt(p, e.KeyAddr, len(e.Key))); err == nil && k == k && again != k {
			t.Errorf("%T: got key %v, at its address is %v", m, k, again)
		}
		got[k] = fromBytes[V](e.Elem)
		n++
		return true
	})
	if err == nil && n != len(got) {
		t.Errorf("%T: got %d entries, %d of them different", m, n, len(got))
	}
	return got, err
}

func bytesAt(p *Process, addr uint64, n int) []byte {
	b := make([]byte, n)
	p.Mem.Read(b, addr)
	return b
}

func checkMap[K comparable, V any](t *testing.T, p *Process, m map[K]V) {
	t.Helper()
	got, err := readMap(t, p, m)
	if err != nil {
		t.Errorf("%T of %d entries: %v", m, len(m), err)
		return
	}
	equal := func(a, b V) bool { return reflect.DeepEqual(a, b) }
	if reflect.TypeFor[V]().Comparable() { // much faster
		equal = func(a, b V) bool { return any(a) == any(b) }
	}
	if !maps.EqualFunc(got, m, equal) {
		t.Errorf("%T: got %d entries, want %d", m, len(got), len(m))
	}
	var v any = m
	_, addr := unsafely.Words(&v)
	if n, err := p.MapLen(addr); m != nil && (n != int64(len(m)) || err != nil) {
		t.Errorf("%T: got length %d and error %v, want %d", m, n, err, len(m))
	}
}

var mapSizes = []int{0, 1, 7, 8, 9, 100, 10_000}

// eachSize checks maps of all sizes, then with entries deleted, put back and
// cleared.
func eachSize[K comparable, V any](t *testing.T, p *Process, key func(int) K, elem func(int) V) {
	t.Helper()
	for _, n := range mapSizes {
		m, hinted := map[K]V{}, make(map[K]V, n)
		for i := range n {
			m[key(i)] = elem(i)
			hinted[key(i)] = elem(i)
		}
		checkMap(t, p, m)
		checkMap(t, p, hinted)
		for i := range n {
			if i%3 != 0 {
				delete(m, key(i))
			}
		}
		checkMap(t, p, m)
		for i := range n / 2 {
			m[key(i+n)] = elem(i)
		}
		checkMap(t, p, m)
		clear(m)
		checkMap(t, p, m)
	}
}

func itself(i int) int { return i }

func text(i int) string { return fmt.Sprintf("key %d", i) }

type wide struct {
	a int8
	b int64
	c [15]int16
}

func TestMaps(t *testing.T) {
	p := self(t)
	eachSize(t, p, itself, text)
	eachSize(t, p, text, itself)
	eachSize(t, p, func(i int) int8 { return int8(i) }, func(i int) complex128 { return complex(float64(i), 1) })
	eachSize(t, p, func(i int) uint16 { return uint16(i) }, func(i int) struct{} { return struct{}{} })
	eachSize(t, p, func(i int) struct{} { return struct{}{} }, itself)
	eachSize(t, p, func(i int) struct{} { return struct{}{} }, func(i int) [0]int { return [0]int{} })
	eachSize(t, p, func(i int) any { return i }, func(i int) any { return text(i) })
	eachSize(t, p, func(i int) any { return text(i) }, func(i int) []int { return []int{i} })
	eachSize(t, p, func(i int) float32 { return float32(i) }, func(i int) error { return nil })
	eachSize(t, p, func(i int) wide { return wide{a: int8(i), b: int64(i)} }, func(i int) bool { return i%2 == 0 })
	eachSize(t, p, func(i int) uint8 { return uint8(i) }, func(i int) wide { return wide{c: [15]int16{14: int16(i)}} })
	eachSize(t, p, func(i int) [3]byte { return [3]byte{byte(i), byte(i >> 8)} }, func(i int) [5]byte { return [5]byte{4: byte(i)} })
	eachSize(t, p, func(i int) time.Time { return time.Unix(int64(i), 0) }, func(i int) *int { return &i })
}

// Keys and elements of more than 128 bytes are stored indirectly.
func TestMapsIndirect(t *testing.T) {
	p := self(t)
	eachSize(t, p, func(i int) [128]byte { return [128]byte{byte(i), 127: byte(i >> 8)} }, func(i int) [128]byte { return [128]byte{127: byte(i)} })
	eachSize(t, p, func(i int) [129]byte { return [129]byte{byte(i), 128: byte(i >> 8)} }, itself)
	eachSize(t, p, itself, func(i int) [129]byte { return [129]byte{128: byte(i)} })
	eachSize(t, p, func(i int) [40]int { return [40]int{39: i} }, func(i int) [17]string { return [17]string{16: text(i)} })
	m := map[byte][70_000]byte{}
	for i := range 100 {
		m[byte(i)] = [70_000]byte{69_999: byte(i)}
	}
	checkMap(t, p, m)
}

func TestMapEmpty(t *testing.T) {
	p := self(t)
	checkMap(t, p, make(map[int]int))
	checkMap(t, p, make(map[int]int, 1000))
	if got, err := readMap(t, p, map[int]int(nil)); err == nil {
		t.Errorf("got %v of a nil map, want an error", got)
	}
}

// Two NaNs are two keys.
func TestMapNaN(t *testing.T) {
	p := self(t)
	m := map[float64]int{}
	for i := range 100 {
		m[math.NaN()] = i
	}
	var got []int
	var v any = m
	typ, addr := unsafely.Words(&v)
	mt, err := p.RuntimeType(typ)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.MapEntries(mt, addr, func(e *Entry) bool {
		got = append(got, fromBytes[int](e.Elem))
		return math.IsNaN(fromBytes[float64](e.Key))
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	for i := range 100 {
		if len(got) != 100 || got[i] != i {
			t.Fatalf("got elements %v, want 0 to 99", got)
		}
	}
}

// After visit returns false, no more entries are visited, and that isn't an error.
func TestMapStop(t *testing.T) {
	p := self(t)
	for _, size := range []int{5, 5000} {
		m := map[int]int{}
		for i := range size {
			m[i] = i
		}
		var v any = m
		typ, addr := unsafely.Words(&v)
		mt, _ := p.RuntimeType(typ)
		for _, stop := range []int{1, 3} {
			n := 0
			err := p.MapEntries(mt, addr, func(*Entry) bool { n++; return n < stop })
			if n != stop || err != nil {
				t.Errorf("got %d entries of %d and error %v, want %d", n, size, err, stop)
			}
		}
	}
}

// emptyTables is the memory of a map with a huge directory of tables that are all empty
// now.
type emptyTables struct {
	reads int
	l     mapsLayout
}

const (
	emptyHeader    = 1 << 20 // where the parts are
	emptyDirectory = 1 << 30
	emptyTable     = 1 << 40
)

func (m *emptyTables) Read(p []byte, addr uint64) error {
	m.reads++
	clear(p)
	switch {
	case addr == emptyHeader:
		le := binary.LittleEndian
		le.PutUint64(p[m.l.used:], 1)
		le.PutUint64(p[m.l.dirPtr:], emptyDirectory)
		le.PutUint64(p[m.l.dirLen:], maxDirectory)
	case addr < emptyTable:
		binary.LittleEndian.PutUint64(p, emptyTable+addr*m.l.tableEnd)
	case uint64(len(p)) == m.l.tableEnd:
		binary.LittleEndian.PutUint64(p[m.l.groups:], 2*addr)
		binary.LittleEndian.PutUint64(p[m.l.groups+m.l.mask:], maxTable-1)
	default:
		for i := range groupSlots {
			p[i] = 0x80 // empty
		}
	}
	return nil
}

// A map that has been huge isn't searched forever.
func TestMapSparse(t *testing.T) {
	p := New(nil)
	mem := &emptyTables{l: p.lay.maps}
	p.Mem = mem
	typ := &Type{Kind: reflect.Map, key: intType, elem: intType, maps: layoutOf(intType, intType)}
	err := p.MapEntries(typ, emptyHeader, func(*Entry) bool {
		t.Fatal("got an entry")
		return true
	})
	if err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("got error %v, want that it is too large", err)
	}
	if mem.reads < maxGroups || mem.reads > maxGroups+maxGroups/8 {
		t.Errorf("got %d reads, want about %d", mem.reads, maxGroups)
	}
}

var intType = &Type{Name: "int", Kind: reflect.Int, Size: 8}

// Reading a map while a goroutine writes to it never ends the program, and the race
// detector doesn't report it.
func TestMapConcurrent(t *testing.T) {
	p := self(t)
	var mu sync.Mutex // the reader doesn't take it
	m := map[string][]int{}
	big := map[[200]byte][200]byte{}
	var vm any = m
	var vb any = big // the first one: later ones aren't seen
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			mu.Lock()
			m[text(i%5000)] = []int{i}
			delete(m, text((i*7)%5000))
			big[[200]byte{byte(i), byte(i >> 8)}] = [200]byte{199: byte(i)}
			if i%20_000 == 0 {
				clear(m)
				big = map[[200]byte][200]byte{}
			}
			mu.Unlock()
		}
	}()
	mt, addr := unsafely.Words(&vm)
	bt, baddr := unsafely.Words(&vb)
	typ, err1 := p.RuntimeType(mt)
	btyp, err2 := p.RuntimeType(bt)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	reads, torn := 0, 0
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); reads++ {
		n := 0
		visit := func(e *Entry) bool { n++; return true }
		if p.MapEntries(typ, addr, visit) != nil {
			torn++
		}
		if n > 20_000 {
			t.Errorf("got %d entries, want at most about 5000", n)
		}
		if p.MapEntries(btyp, baddr, visit) != nil {
			torn++
		}
	}
	close(done)
	<-stopped
	t.Logf("%d reads, %d torn", reads, torn)
	checkMap(t, p, m)
	checkMap(t, p, big)
}

// layoutOf computes the layout of the groups of maps without GOEXPERIMENT=
// mapsplitgroup, as cmd/compile/internal/reflectdata/map.go does.
func layoutOf(key, elem *Type) *mapLayout {
	const maxInline = 128
	l := &mapLayout{indirectKey: key.Size > maxInline, indirectElem: elem.Size > maxInline}
	ks, ka, es, ea := key.Size, key.align(), elem.Size, elem.align()
	if l.indirectKey {
		ks, ka = word, word
	}
	if l.indirectElem {
		es, ea = word, word
	}
	off := roundUp(ks, ea)
	slot := roundUp(structEnd(off, es), max(ka, ea))
	l.keyOff, l.keyStride, l.elemOff, l.elemStride = groupCtrl, slot, groupCtrl+off, slot
	l.groupSize = roundUp(structEnd(groupCtrl, groupSlots*slot), word)
	return l
}

// ownLayoutOf computes the layout that this program's maps have.
func ownLayoutOf(key, elem *Type) *mapLayout {
	l := layoutOf(key, elem)
	if !strings.Contains(runtime.Version(), "mapsplitgroup") {
		return l
	}
	ks, es, ea := key.Size, elem.Size, elem.align()
	if l.indirectKey {
		ks = word
	}
	if l.indirectElem {
		es, ea = word, word
	}
	l.keyStride, l.elemOff, l.elemStride = ks, roundUp(groupCtrl+groupSlots*ks, ea), es
	l.groupSize = roundUp(structEnd(l.elemOff, groupSlots*es), word)
	return l
}

// structEnd returns where a struct ends, given the offset and size of its last field: a
// field of size 0 is padded, so that its address is in the struct.
func structEnd(off, size int64) int64 {
	if size == 0 && off > 0 {
		return off + 1
	}
	return off + size
}

func roundUp(n, align int64) int64 { return (n + align - 1) / align * align }

// align returns the alignment of the type on 64-bit machines.
func (t *Type) align() int64 {
	switch t.Kind {
	case reflect.Array:
		if t.Elem() != nil {
			return t.Elem().align()
		}
	case reflect.Struct:
		a := int64(1)
		for _, f := range t.Fields() {
			if f.Type != nil {
				a = max(a, f.Type.align())
			}
		}
		return a
	case reflect.Complex64:
		return 4
	case reflect.String, reflect.Slice, reflect.Interface, reflect.Complex128:
		return word
	}
	return min(max(t.Size, 1), word)
}
