package notation

import (
	"bytes"
	"slices"
	"strconv"

	"coredumpy/internal/caveat"
)

// Refer begins the object form of a value that refers to addr.
func Refer(dst []byte, addr uint64) []byte {
	return strconv.AppendUint(append(dst, `{"p":`...), addr, 10)
}

// EndReason ends the object form of a value with why it, or what it refers to, isn't
// there.
func EndReason(dst []byte, why caveat.Reason) []byte {
	dst = appendSentence(append(dst, `,"x":`...), why)
	return append(dst, '}')
}

// AppendReason appends a value that isn't there, and why.
func AppendReason(dst []byte, why caveat.Reason) []byte {
	dst = appendSentence(append(dst, `{"x":`...), why)
	return append(dst, '}')
}

// Reason returns a value that isn't there, and why.
func Reason(why caveat.Reason) []byte { return AppendReason(nil, why) }

// appendSentence appends the sentence of a reason, without allocating unless it is long.
func appendSentence(dst []byte, why caveat.Reason) []byte {
	var room [128]byte
	text := why.Append(room[:0])
	if bytes.IndexByte(text, '"') >= 0 {
		return AppendNaming(dst, string(text))
	}
	return AppendString(dst, text)
}

// Comma appends what stands before element i of a list.
func Comma(dst []byte, i int64) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// ListOf turns the list at mark, which ends dst, into the start of the object form
// of what has n elements.
func ListOf(dst []byte, mark int, n int64) []byte {
	dst = slices.Insert(dst, mark, []byte(`{"e":`)...)
	return strconv.AppendInt(append(dst, `,"len":`...), n, 10)
}
