package walk

import (
	"encoding/binary"
	"math"
	"reflect"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
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

// hiddenNumber appends a number that is a secret. Floating-point numbers aren't told apart:
// equal ones differ in the sign of zero, and not-a-number differs from itself.
func (w *Walker) hiddenNumber(dst []byte, k reflect.Kind, data []byte, c context) []byte {
	if k >= reflect.Float32 {
		return w.hidden(dst, nil, c.valueKind())
	}
	return w.hidden(dst, number(nil, k, data), c.valueKind())
}

// hiddenNumbers appends n integers that are a secret together.
func (w *Walker) hiddenNumbers(dst []byte, elem *gotypes.Type, addr uint64, n int64, data []byte, c context) []byte {
	if n > int64(w.lim.Elements) || n > maxRead/elem.Size {
		return w.hidden(dst, nil, c.valueKind())
	}
	if data == nil {
		data = w.borrow(n * elem.Size)
		defer w.giveBack(data)
		if w.p.Mem.Read(data, addr) != nil {
			return w.hidden(dst, nil, c.valueKind())
		}
	}
	list := []byte{'['}
	for i := range n {
		list = number(notation.Comma(list, i), elem.Kind, data[i*elem.Size:])
	}
	return w.hidden(dst, append(list, ']'), c.valueKind())
}

// valueKind is the kind of a number that is secret.
func (c context) valueKind() notation.TextKind {
	if c.kind() == notation.KeyText {
		return notation.KeyValue
	}
	return notation.SecretValue
}

// hidden appends a secret, whose JSON tells it from others; none if it isn't told apart.
func (w *Walker) hidden(dst, json []byte, kind notation.TextKind) []byte {
	if len(dst) == 0 { // not a part of another value
		w.missing = caveat.Redacted
	}
	return notation.AppendPending(dst, kind, string(json))
}
