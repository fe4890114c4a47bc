package walk

import (
	"math"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
)

// errReused is the reason for memory that now holds something else.
var errReused error = caveat.Reason{Kind: caveat.Reused}

// plausible checks whether the bytes of a value can be a t: pointers lead to memory of the
// program, lengths fit what they lead to, bools are 0 or 1. It is used on memory that may
// hold something else.
func (w *Walker) plausible(t *gotypes.Type, data []byte) bool {
	switch {
	case t == nil || int64(len(data)) < t.Size:
		return true
	case t.Kind == reflect.Struct:
		for _, f := range t.Fields() {
			if f.Type != nil && !f.Indirect && f.Offset >= 0 && f.Offset+f.Type.Size <= int64(len(data)) &&
				!w.plausible(f.Type, data[f.Offset:]) {
				return false
			}
		}
		return true
	case t.Kind == reflect.Array:
		elem := t.Elem()
		for i := int64(0); elem != nil && elem.Size > 0 && i < min(t.Len, 64); i++ {
			if !w.plausible(elem, data[i*elem.Size:]) {
				return false
			}
		}
		return true
	}
	return w.plausibleScalar(t, data)
}

func (w *Walker) plausibleScalar(t *gotypes.Type, data []byte) bool {
	switch t.Kind {
	case reflect.Bool:
		return data[0] <= 1
	case reflect.Pointer:
		size := int64(1)
		if t.Elem() != nil {
			size = t.Elem().Size
		}
		return w.leads(word(data, 0), uint64(max(size, 0)))
	case reflect.Map, reflect.Chan, reflect.Func:
		return w.leads(word(data, 0), 8)
	case reflect.String:
		return word(data, 1) == 0 || w.leads(word(data, 0), word(data, 1)) && word(data, 0) != 0
	case reflect.Slice:
		n, c := word(data, 1), word(data, 2)
		if n > c || t.Elem() == nil || t.Elem().Size > 0 && c > math.MaxInt64/uint64(t.Elem().Size) {
			return false
		}
		return c == 0 || w.leads(word(data, 0), c*uint64(t.Elem().Size))
	case reflect.Interface:
		dyn, at, err := w.p.Dynamic(t, 0, word(data, 0), word(data, 1))
		return err == nil && (dyn == nil || dyn.Direct || w.leads(at, uint64(dyn.Size)))
	}
	return true
}

// leads reports whether a pointer is nil or points to size bytes of the program's memory.
func (w *Walker) leads(to, size uint64) bool {
	return to == 0 || w.p.Owns(to, size)
}
