package notation

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
)

// Mask replaces a secret in a text, and a number that is one. Behind it may be a number sign
// and the secret's number, which in one dump is the same for equal secrets, and only for
// those: ***redacted***#17.
const Mask = "***redacted***"

// AppendMask appends the mask of a secret with a number; 0 if it has none.
func AppendMask(dst []byte, number int) []byte {
	dst = append(dst, Mask...)
	if number > 0 {
		dst = strconv.AppendInt(append(dst, '#'), int64(number), 10)
	}
	return dst
}

// maxDigits is the maximum length of a secret's number.
const maxDigits = 9

// CutMask cuts a text at its first mask. number is 0 if that has none.
func CutMask[T string | []byte](text T) (before T, number int, after T, found bool) {
	i := indexMask(text)
	if i < 0 {
		return text, 0, after, false
	}
	before, after = text[:i], text[i+len(Mask):]
	n := numberLen(after)
	if n > 1 && n <= 1+maxDigits && after[1] != '0' {
		number, _ = strconv.Atoi(string(after[1:n]))
	}
	return before, number, after[n:], true
}

func indexMask[T string | []byte](text T) int {
	if b, ok := any(text).([]byte); ok {
		return bytes.Index(b, []byte(Mask))
	}
	return strings.Index(string(text), Mask)
}

// numberLen returns the length of the number sign and the digits at the start of a text, 0 if
// there are none.
func numberLen[T string | []byte](text T) int {
	n := 0
	for n < len(text) && (n == 0 && text[n] == '#' || n > 0 && isDigit(text[n])) {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

// MaskNumber returns the number in a text that is a mask with its number; 0 for any other
// text.
func MaskNumber[T string | []byte](text T) int {
	before, number, after, _ := CutMask(text)
	if len(before) > 0 || len(after) > 0 {
		return 0
	}
	return number
}

// LastNumber returns the largest number of a secret in a dump, given the text of the file.
func LastNumber(text []byte) int {
	return max(lastMask(text), lastReason(text), lastEncoded(text))
}

func lastMask(text []byte) (last int) {
	for rest, found := text, true; found; {
		var n int
		_, n, rest, found = CutMask(rest)
		last = max(last, n)
	}
	return last
}

// lastReason is LastNumber for what isn't a text.
func lastReason(text []byte) (last int) {
	const reason = `["redacted",`
	for i := bytes.Index(text, []byte(reason)); i >= 0; i = bytes.Index(text, []byte(reason)) {
		text = text[i+len(reason):]
		digits := 0
		for digits < min(len(text), maxDigits) && isDigit(text[digits]) {
			digits++
		}
		n, _ := strconv.Atoi(string(text[:digits]))
		last = max(last, n)
	}
	return last
}

// lastEncoded is LastNumber for texts that aren't UTF-8, which are in base64, see appendText.
func lastEncoded(text []byte) (last int) {
	for _, rest, found := bytes.Cut(text, []byte(`"b":"`)); found; _, rest, found = bytes.Cut(rest, []byte(`"b":"`)) {
		var encoded []byte
		encoded, rest, _ = bytes.Cut(rest, []byte{'"'})
		decoded, _ := base64.StdEncoding.AppendDecode(nil, encoded) // of damaged text, what there is
		last = max(last, lastMask(decoded))
	}
	return last
}

// MaskCut returns the last place up to n where a text can be cut so that no mask has a part
// of its number.
func MaskCut[T string | []byte](text T, n int) int {
	if n == len(text) || !isDigit(text[n]) {
		return n
	}
	sign := n
	for sign > 0 && isDigit(text[sign-1]) {
		sign--
	}
	if sign <= len(Mask) || text[sign-1] != '#' || string(text[sign-1-len(Mask):sign-1]) != Mask {
		return n
	}
	return sign - 1
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
