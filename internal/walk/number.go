package walk

import (
	"encoding/binary"
	"math"
	"reflect"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// word returns the i-th word in b.
func word(b []byte, i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }

func (w *Walker) boolean(dst []byte, b byte) []byte {
	switch b {
	case 0:
		return append(dst, "false"...)
	case 1:
		return append(dst, "true"...)
	}
	return w.absent(dst, caveat.Reason{Kind: caveat.BadBool, N: int64(b)})
}

// number appends a number of kind k.
func number(dst []byte, k reflect.Kind, b []byte) []byte {
	le := binary.LittleEndian
	switch k {
	case reflect.Int8:
		return strconv.AppendInt(dst, int64(int8(b[0])), 10)
	case reflect.Int16:
		return strconv.AppendInt(dst, int64(int16(le.Uint16(b))), 10)
	case reflect.Int32:
		return strconv.AppendInt(dst, int64(int32(le.Uint32(b))), 10)
	case reflect.Int, reflect.Int64:
		return strconv.AppendInt(dst, int64(le.Uint64(b)), 10)
	case reflect.Uint8:
		return strconv.AppendUint(dst, uint64(b[0]), 10)
	case reflect.Uint16:
		return strconv.AppendUint(dst, uint64(le.Uint16(b)), 10)
	case reflect.Uint32:
		return strconv.AppendUint(dst, uint64(le.Uint32(b)), 10)
	case reflect.Float32:
		return notation.AppendFloat(dst, float64(math.Float32frombits(le.Uint32(b))), 32)
	case reflect.Float64:
		return notation.AppendFloat(dst, math.Float64frombits(le.Uint64(b)), 64)
	case reflect.Complex64:
		dst = number(append(dst, '['), reflect.Float32, b)
		return append(number(append(dst, ','), reflect.Float32, b[4:]), ']')
	case reflect.Complex128:
		dst = number(append(dst, '['), reflect.Float64, b)
		return append(number(append(dst, ','), reflect.Float64, b[8:]), ']')
	}
	return strconv.AppendUint(dst, le.Uint64(b), 10)
}
