package inspector

import (
	"encoding/binary"
	"math"
	"reflect"

	"coredumpy/internal/dump"
)

// Bytes returns the bytes that a value had in memory, and their address, 0 if that isn't
// known. It returns none for a value of several parts, for one whose original bytes aren't
// in the dump, and for one that isn't in memory.
func (in *Inspector) Bytes(v dump.Value) (addr uint64, b string) {
	if !v.Valid() || v.Redacted() {
		return 0, ""
	}
	text, ok := v.Text()
	switch k := v.Kind(); {
	case ok && k == reflect.Array:
		return v.Addr(), text
	case ok && (k == reflect.String || k == reflect.Slice):
		return v.Pointer(), text
	}
	order, known := in.Core.ByteOrder()
	bits, ok := bitsOf(v)
	size := int(v.Type().Size())
	if !ok || !known || v.Addr() == 0 || size < 1 || size > 8 {
		return 0, ""
	}
	eight := make([]byte, 8)
	order.PutUint64(eight, bits)
	if order == binary.ByteOrder(binary.BigEndian) {
		return v.Addr(), string(eight[len(eight)-size:])
	}
	return v.Addr(), string(eight[:size])
}

// bitsOf returns the bits of a number, a bool, or an unsafe.Pointer.
func bitsOf(v dump.Value) (bits uint64, ok bool) {
	switch k := v.Kind(); {
	case k == reflect.Bool:
		if v.Bool() {
			bits = 1
		}
		return bits, true
	case k >= reflect.Int && k <= reflect.Int64:
		return uint64(v.Int()), true
	case k >= reflect.Uint && k <= reflect.Uintptr:
		return v.Uint(), true
	case k == reflect.Float32 && !math.IsNaN(v.Float()):
		return uint64(math.Float32bits(float32(v.Float()))), true
	case k == reflect.Float64 && !math.IsNaN(v.Float()):
		return math.Float64bits(v.Float()), true
	}
	return 0, false
}
