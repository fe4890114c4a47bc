package notation

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// Bit patterns repeated in each of a word's eight bytes, to check eight bytes of text at
// once.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// AppendString appends s as a JSON string. s must be valid UTF-8, which is kept unchanged;
// quotes, backslashes, control characters and two line separators that are special in
// JavaScript (U+2028, U+2029) are escaped. It allocates nothing except when it grows dst.
func AppendString(dst, s []byte) []byte {
	dst = append(dst, '"')
	for {
		n := plainRun(s)
		dst = append(dst, s[:n]...)
		if n == len(s) {
			return append(dst, '"')
		}
		var size int
		dst, size = appendEscape(dst, s[n:])
		s = s[n+size:]
	}
}

// plainRun returns how many bytes at the start of s stand for themselves in a
// JSON string.
func plainRun(s []byte) int {
	n := 0
	for {
		for len(s)-n >= 8 && plainWord(binary.LittleEndian.Uint64(s[n:])) {
			n += 8
		}
		// The next word is short or contains something that may need an escape: go on byte by
		// byte to its end, then by words again.
		end := min(n+8, len(s))
		for ; n < end; n++ {
			if !plainByte(s[n:]) {
				return n
			}
		}
		if n == len(s) {
			return n
		}
	}
}

// plainWord reports whether none of eight bytes needs a closer look. x-ones borrows into a
// byte's high bit if the byte was zero, and a little too often in the byte above that one: a
// wrong false only costs time.
func plainWord(x uint64) bool {
	control := (x - ones*0x20) &^ x
	quote := x ^ ones*'"'
	backslash := x ^ ones*'\\'
	separator := x ^ ones*0xe2 // the first byte of U+2028 and U+2029
	special := control | (quote-ones)&^quote | (backslash-ones)&^backslash | (separator-ones)&^separator
	return special&highs == 0
}

// plainByte reports whether s[0] stands for itself.
func plainByte(s []byte) bool {
	switch c := s[0]; {
	case c < ' ', c == '"', c == '\\':
		return false
	case c == 0xe2:
		return len(s) < 3 || s[1] != 0x80 || s[2]&^1 != 0xa8
	}
	return true
}

// appendEscape appends the escape for the character at the start of s, and returns how many
// bytes of s it took.
func appendEscape(dst, s []byte) ([]byte, int) {
	switch c := s[0]; c {
	case '"', '\\':
		return append(dst, '\\', c), 1
	case '\b':
		return append(dst, '\\', 'b'), 1
	case '\f':
		return append(dst, '\\', 'f'), 1
	case '\n':
		return append(dst, '\\', 'n'), 1
	case '\r':
		return append(dst, '\\', 'r'), 1
	case '\t':
		return append(dst, '\\', 't'), 1
	case 0xe2:
		r, size := utf8.DecodeRune(s)
		return append(dst, '\\', 'u', '2', '0', '2', hexDigits[r&0xf]), size
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf]), 1
	}
}

// AppendText appends a string or an array of bytes of length n. text is what the dump has of
// it: all if whole is set. [ParseForm] decodes it.
func AppendText(dst, text []byte, n uint64, whole bool) []byte {
	valid := utf8.Valid(text)
	if whole && valid {
		return AppendString(dst, text)
	}
	dst = appendText(dst, text, valid)
	return append(strconv.AppendUint(append(dst, `,"len":`...), n, 10), '}')
}

// AppendRedacted is AppendText for a text with masks. form is that of a secret which is the
// whole text, "" for others. It must need no escapes.
func AppendRedacted(dst, text []byte, n uint64, whole bool, form string) []byte {
	dst = append(appendText(dst, text, utf8.Valid(text)), `,"red":true`...)
	if form != "" {
		dst = append(append(append(dst, `,"form":"`...), form...), '"')
	}
	if !whole {
		dst = strconv.AppendUint(append(dst, `,"len":`...), n, 10)
	}
	return append(dst, '}')
}

// appendText appends the beginning of the object form of a text.
func appendText(dst, text []byte, valid bool) []byte {
	if valid {
		return AppendString(append(dst, `{"s":`...), text)
	}
	dst = base64.StdEncoding.AppendEncode(append(dst, `{"b":"`...), text)
	return append(dst, '"')
}

// AppendFloat appends f, a float of 32 or 64 bits, as JSON: the shortest number that reads
// back as f, including the sign of zero, or the strings "NaN", "+Inf", "-Inf", because JSON
// has no such numbers.
func AppendFloat(dst []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"+Inf"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Inf"`...)
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, bits)
}
