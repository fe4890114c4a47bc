package dump

import (
	"cmp"
	"math"
	"reflect"
	"slices"
	"strings"
)

// maxSorted bounds maps whose keys aren't numbers or texts, if they are to be sorted: each key is
// decoded and kept for that.
const maxSorted = 100_000

// sortedMap is a map with its entries in the order of their keys.
type sortedMap struct{ order []int32 }

// Sorted returns a map with its entries in the order of their keys, as package fmt prints them, if
// the dump has all of them; otherwise those that it has would look like the first ones, and the order
// is that of the dump.
func (v Value) Sorted() Value {
	n := v.Stored() // twice as many are in the list
	if v.Kind() != reflect.Map || v.sorted != nil || n < 2 || int64(n) != v.Len() || n > math.MaxInt32 {
		return v
	}
	s := (*sortedMap)(nil)
	if id := v.Object(); id != 0 && v.parts == nil && !v.list.Given() {
		if s = v.core.sorted[id]; s == nil {
			s = v.sort(n)
			if v.core.sorted == nil {
				v.core.sorted = map[int]*sortedMap{}
			}
			v.core.sorted[id] = s
		}
	} else {
		s = v.sort(n)
	}
	v.sorted = s
	return v
}

// sort finds the order of the entries.
func (v Value) sort(n int) *sortedMap {
	s := &sortedMap{order: make([]int32, n)}
	for i := range s.order {
		s.order[i] = int32(i)
	}
	switch k := v.typ.Key().Kind(); {
	case k >= reflect.Int && k <= reflect.Int64:
		sortBy(s.order, cmp.Compare, func(i int) int64 { return v.key(i).Int() })
	case k >= reflect.Uint && k <= reflect.Uintptr:
		sortBy(s.order, cmp.Compare, func(i int) uint64 { return v.key(i).Uint() })
	case k == reflect.String:
		sortBy(s.order, strings.Compare, func(i int) string { return v.key(i).text })
	case n <= maxSorted:
		sortBy(s.order, func(a, b Value) int { return compareKeys(a, b, 0) }, v.key)
	}
	return s
}

func (v Value) key(i int) Value {
	key, _ := v.Entry(i)
	return key
}

// sortBy sorts numbers by what key returns for each.
func sortBy[T any](order []int32, compare func(a, b T) int, key func(i int) T) {
	keys := make([]T, len(order))
	for i := range keys {
		keys[i] = key(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return compare(keys[a], keys[b]) })
}

// deepestKey bounds structs, arrays and interfaces in each other.
const deepestKey = 8

// compareKeys compares keys as package internal/fmtsort does: by the types of values in interfaces
// first, and by address where there is nothing else.
func compareKeys(a, b Value, depth int) int {
	k := a.Kind()
	if !a.Valid() || !b.Valid() || k != b.Kind() || depth > deepestKey {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Type().String(), b.Type().String()))
	}
	switch {
	case k == reflect.Bool:
		return strings.Compare(string(a.raw), string(b.raw)) // false is before true
	case k >= reflect.Int && k <= reflect.Int64:
		return cmp.Compare(a.Int(), b.Int())
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return cmp.Compare(a.Uint(), b.Uint())
	case k == reflect.Float32 || k == reflect.Float64:
		return cmp.Compare(a.Float(), b.Float())
	case k == reflect.Complex64 || k == reflect.Complex128:
		x, y := a.Complex(), b.Complex()
		return cmp.Or(cmp.Compare(real(x), real(y)), cmp.Compare(imag(x), imag(y)))
	case k == reflect.String:
		return strings.Compare(a.text, b.text)
	case k == reflect.Struct || k == reflect.Array:
		for i := range min(a.Stored(), b.Stored()) {
			x, y := a.part(i), b.part(i)
			if c := compareKeys(x, y, depth+1); c != 0 {
				return c
			}
		}
		return 0
	case a.IsNil() || b.IsNil():
		return cmp.Compare(rank(a), rank(b))
	case k == reflect.Interface:
		x, y := a.Elem(), b.Elem()
		if c := strings.Compare(x.Type().String(), y.Type().String()); c != 0 {
			return c
		}
		return compareKeys(x, y, depth+1)
	}
	return cmp.Compare(a.Pointer(), b.Pointer())
}

// part returns a field or an element.
func (v Value) part(i int) Value {
	if v.Kind() == reflect.Struct {
		return v.Field(i)
	}
	return v.Index(i)
}

// rank orders values that aren't compared otherwise: those that are nil come first, those that
// aren't there last.
func rank(v Value) int {
	switch {
	case !v.Valid():
		return math.MaxInt
	case v.IsNil():
		return -1
	}
	return int(v.Kind())
}
