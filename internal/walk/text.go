package walk

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"coredumpy/internal/corefile"
	"coredumpy/internal/target"
)

// Text is kept in encoded values as it was found, between markers, until the
// walk is over: only then are all secrets known, and there is one place where
// text leaves for the file. A marker is a zero byte, which JSON never has, then
// what the text is, the length it had, the length stored, and the text.
const (
	marker = 0

	plainText   = 's' // of a string, or of an array of bytes
	secretText  = 'S'
	plainRunes  = 'r' // of an array of runes, in UTF-8
	secretRunes = 'R'
)

// margin is how much more than the limit of a string is read, so that a secret
// that the limit cuts in two is still recognised.
const margin = 4 << 10

// text appends n bytes of text at addr. data may hold them already.
func (w *Walker) text(dst []byte, addr, n uint64, c context, data ...byte) []byte {
	if n > 1<<48 {
		return reason(dst, fmt.Sprintf("text of length %d", int64(n)))
	}
	if n == 0 {
		return append(dst, `""`...)
	}
	if c.stale && data == nil {
		if err := w.doubtful(addr, n, nil); err != nil {
			return reason(dst, err.Error())
		}
	}
	size := int(min(n, uint64(w.lim.String)+margin))
	kind := byte(plainText)
	if c.secret {
		kind = secretText
	}
	start := len(dst)
	dst = mark(dst, kind, n, size)
	from := len(dst)
	dst = slices.Grow(dst, size)[:from+size]
	if data != nil {
		copy(dst[from:], data)
	} else if err := w.p.Mem.Read(dst[from:], addr); err != nil {
		dst = strconv.AppendUint(append(dst[:start], `{"len":`...), n, 10)
		return closeReason(dst, err.Error())
	}
	if n > uint64(w.lim.String) {
		w.cut("string")
	}
	if c.secret {
		w.rules.Learn(string(dst[from:]))
	}
	return dst
}

// runes appends n runes at addr as text, if that is what they are.
func (w *Walker) runes(dst []byte, elem *target.Type, addr uint64, n int64, c context) ([]byte, bool) {
	if n < 4 || n > int64(w.lim.Elements) {
		return dst, false
	}
	raw := make([]byte, 4*n)
	if w.p.Mem.Read(raw, addr) != nil {
		return dst, false
	}
	text := make([]byte, 0, n)
	for ; len(raw) > 0; raw = raw[4:] {
		r := rune(binary.LittleEndian.Uint32(raw))
		if r == 0 || !utf8.ValidRune(r) {
			return dst, false
		}
		text = utf8.AppendRune(text, r)
	}
	w.use(elem)
	kind := byte(plainRunes)
	if c.secret {
		kind = secretRunes
		w.rules.Learn(string(text))
	}
	return append(mark(dst, kind, uint64(n), len(text)), text...), true
}

func mark(dst []byte, kind byte, n uint64, size int) []byte {
	dst = append(dst, marker, kind)
	dst = binary.AppendUvarint(dst, n)
	return binary.AppendUvarint(dst, uint64(size))
}

// Mask stands for what was redacted.
const Mask = "***redacted***"

// Render appends value, which a Walker made, in the notation of the file.
// redact returns text without its secrets, and whether there were any.
func (w *Walker) Render(dst, value []byte, redact func([]byte) ([]byte, bool)) []byte {
	for {
		i := bytes.IndexByte(value, marker)
		if i < 0 {
			return append(dst, value...)
		}
		dst = append(dst, value[:i]...)
		kind := value[i+1]
		value = value[i+2:]
		n, k := binary.Uvarint(value)
		value = value[k:]
		size, k := binary.Uvarint(value)
		text := value[k : k+int(size)]
		value = value[k+int(size):]

		out, changed := []byte(Mask), true
		if kind == plainText || kind == plainRunes {
			out, changed = redact(text)
		}
		if kind == plainRunes && !changed {
			dst = numbers(dst, text)
		} else {
			dst = w.notation(dst, clip(out, w.lim.String, size < n), n, changed)
		}
	}
}

// notation appends text of original length n as [corefile.Value] has it.
func (w *Walker) notation(dst, text []byte, n uint64, redacted bool) []byte {
	whole := n <= uint64(w.lim.String)
	valid := utf8.Valid(text)
	if whole && valid && !redacted {
		return corefile.AppendString(dst, text)
	}
	if valid {
		dst = corefile.AppendString(append(dst, `{"s":`...), text)
	} else {
		dst = append(dst, `{"b":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, text)
		dst = append(dst, '"')
	}
	if redacted {
		dst = append(dst, `,"red":true`...)
	}
	if !whole || !valid && !redacted {
		dst = strconv.AppendUint(append(dst, `,"len":`...), n, 10)
	}
	return append(dst, '}')
}

// clip cuts a redacted text to limit. One that was cut before, as partial says,
// may end in the first half of a secret: as much goes as was read beyond the
// limit, although redaction may have made room for it.
func clip(text []byte, limit int, partial bool) []byte {
	keep := min(len(text), limit)
	if partial {
		keep = max(0, min(keep, len(text)-margin))
	}
	if keep == len(text) {
		return text
	}
	// Don't end in the middle of a character.
	for i := keep; i >= 0 && i > keep-utf8.UTFMax; i-- {
		if utf8.Valid(text[:i]) {
			return text[:i]
		}
	}
	return text[:keep]
}

// Clip returns a text that isn't of the process, redacted and cut as values
// are.
func (w *Walker) Clip(text string, redact func(string) string) string {
	n := len(text)
	if n <= w.lim.String {
		return redact(text)
	}
	size := min(n, w.lim.String+margin)
	kept := clip([]byte(redact(text[:size])), w.lim.String, size < n)
	return fmt.Sprintf("%s...+%d more", kept, n-w.lim.String)
}

// numbers appends runes as a list of numbers.
func numbers(dst, text []byte) []byte {
	dst = append(dst, '[')
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		dst = strconv.AppendInt(comma(dst, int64(i)), int64(r), 10)
		i += n
	}
	return append(dst, ']')
}
