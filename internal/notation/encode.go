package notation

import (
	"slices"
	"strconv"

	"coredumpy/internal/caveat"
)

// Refer begins the object form of a value that refers to addr.
func Refer(dst []byte, addr uint64) []byte {
	return strconv.AppendUint(append(dst, `{"p":`...), addr, 10)
}

// EndReason ends the object form of a value with why the value, or what it refers to, is
// missing.
func EndReason(dst []byte, why caveat.Reason) []byte {
	return append(why.AppendFact(append(dst, `,"x":`...), AppendNaming), '}')
}

// AppendReason appends a missing value, and why it is missing.
func AppendReason(dst []byte, why caveat.Reason) []byte {
	return append(why.AppendFact(append(dst, `{"x":`...), AppendNaming), '}')
}

// Reason returns a missing value, and why it is missing.
func Reason(why caveat.Reason) []byte { return AppendReason(nil, why) }

// AppendRef appends the list form of a reference to an object, with the length and the
// capacity if there are such. A capacity equal to the length is left out.
func AppendRef(dst []byte, object int, lens ...int64) []byte {
	dst = strconv.AppendInt(append(dst, '['), int64(object), 10)
	if len(lens) == 2 && lens[0] == lens[1] {
		lens = lens[:1]
	}
	for _, n := range lens {
		dst = strconv.AppendInt(append(dst, ','), n, 10)
	}
	return append(dst, ']')
}

// AppendEmpty appends a slice without elements, which refers to no object but has an
// address. A capacity of -1 isn't known.
func AppendEmpty(dst []byte, addr uint64, capacity int64) []byte {
	dst = Refer(dst, addr)
	if capacity != 0 {
		dst = strconv.AppendInt(append(dst, `,"cap":`...), capacity, 10)
	}
	return append(dst, '}')
}

// Comma appends what precedes element i of a list.
func Comma(dst []byte, i int64) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// ListOf turns the list at mark, which ends dst, into the start of the object form of a value
// with n elements.
func ListOf(dst []byte, mark int, n int64) []byte {
	dst = slices.Insert(dst, mark, []byte(`{"e":`)...)
	return strconv.AppendInt(append(dst, `,"len":`...), n, 10)
}
