package walk

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"coredumpy/internal/notation"
	"coredumpy/internal/target"
)

// margin is how much more than the limit of a string is read, so that a secret
// that the limit cuts in two is still recognised.
const margin = 4 << 10

// keyText is the length from which on a text in what is a key by its type is a
// secret that may stand elsewhere: a shorter one may be the name of an algorithm.
const keyText = 16

// text appends n bytes of text at addr. data may hold them already.
func (w *Walker) text(dst []byte, addr, n uint64, c context, data ...byte) []byte {
	if n > 1<<48 {
		return notation.AppendReason(dst, fmt.Sprintf("text of length %d", int64(n)))
	}
	if n == 0 {
		return append(dst, `""`...)
	}
	if c.stale && data == nil {
		if err := w.doubtful(addr, n, nil); err != nil {
			return notation.AppendReason(dst, err.Error())
		}
	}
	size := int(min(n, uint64(w.lim.String)+margin))
	if data == nil && (n > uint64(size) || size > maxRead) {
		if err := w.probe(addr, n); err != nil {
			return notation.EndReason(strconv.AppendUint(append(dst, `{"len":`...), n, 10), err.Error())
		}
	}
	kind := notation.PlainText
	switch {
	case c.secret || c.key:
		kind = notation.SecretText
	case c.stale && w.p.InHeap(addr) && w.p.Collected():
		kind = notation.StaleText
	}
	start := len(dst)
	dst = notation.Mark(dst, kind, n, size)
	from := len(dst)
	dst = slices.Grow(dst, size)[:from+size]
	if data != nil {
		copy(dst[from:], data)
	} else if err := w.p.Mem.Read(dst[from:], addr); err != nil {
		dst = strconv.AppendUint(append(dst[:start], `{"len":`...), n, 10)
		return notation.EndReason(dst, err.Error())
	}
	if n > uint64(w.lim.String) {
		w.cut("string")
	}
	switch {
	case c.secret || c.key && n >= keyText:
		w.learn(string(dst[from:]), c)
	case kind == notation.PlainText:
		w.rules.LearnMarked(dst[from:])
	}
	return dst
}

func (w *Walker) learn(text string, c context) {
	if c.words {
		w.rules.Learn(text)
	} else {
		w.rules.LearnUncommon(text)
	}
}

// minRunes is how many characters in a row make numbers look like text.
const minRunes = 4

// runes appends n runes, or 16-bit parts of them, at addr as text, if they look
// like it. There may be others among them.
func (w *Walker) runes(dst []byte, elem *target.Type, addr uint64, n int64, c context) ([]byte, bool) {
	if n < minRunes {
		return dst, false
	}
	size := n
	if n-margin > int64(w.lim.Elements) {
		size = int64(w.lim.Elements) + margin
	}
	if w.probe(addr, uint64(elem.Size*n)) != nil {
		return dst, false
	}
	raw := make([]byte, elem.Size*size)
	if w.p.Mem.Read(raw, addr) != nil || !textual(raw, int(elem.Size)) {
		return dst, false
	}
	if n > int64(w.lim.Elements) {
		w.cut("elements")
	}
	w.use(elem)
	kind, secret := notation.PlainRunes, notation.SecretRunes
	if elem.Kind == reflect.Uint16 {
		kind, secret = notation.PlainUTF16, notation.SecretUTF16
	}
	if c.secret || c.key && n >= keyText {
		w.learn(string(inUTF8(kind, raw)), c)
	}
	if c.secret || c.key {
		kind = secret
	}
	return append(notation.Mark(dst, kind, uint64(n), len(raw)), raw...), true
}

// textual reports whether minRunes numbers of size bytes in a row could be
// characters.
func textual(raw []byte, size int) bool {
	row := 0
	for i := 0; i < len(raw) && row < minRunes; i += size {
		row++
		if r := character(raw[i:], size); r < ' ' || !utf8.ValidRune(r) {
			row = 0
		}
	}
	return row == minRunes
}

// width is the size of an element of notation.PlainRunes or notation.PlainUTF16.
func width(kind notation.TextKind) int {
	if kind == notation.PlainUTF16 {
		return 2
	}
	return 4
}

func character(raw []byte, size int) rune {
	if size == 2 {
		return rune(binary.LittleEndian.Uint16(raw))
	}
	return rune(binary.LittleEndian.Uint32(raw))
}

// inUTF8 returns runes or UTF-16 as text. What is no character becomes U+FFFD.
func inUTF8(kind notation.TextKind, raw []byte) []byte {
	size := width(kind)
	text := make([]byte, 0, len(raw)/size)
	for ; len(raw) > 0; raw = raw[size:] {
		r := character(raw, size)
		if size == 2 && utf16.IsSurrogate(r) && len(raw) >= 4 {
			if pair := utf16.DecodeRune(r, character(raw[2:], 2)); pair != utf8.RuneError {
				r, raw = pair, raw[2:]
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// probe reads the end of memory that is about to be read as a whole: lengths
// that were never set shouldn't cost what they say.
func (w *Walker) probe(addr, size uint64) error {
	b := w.borrow(1)
	defer w.giveBack(b)
	return w.p.Mem.Read(b, addr+size-1)
}

// A Redactor removes secrets from text.
type Redactor interface {
	Bytes([]byte) (out []byte, changed bool)
	Stale([]byte) (out []byte, changed bool)
	Path(string) string
}

// Render appends value, which a Walker made, in the notation of the file.
func (w *Walker) Render(dst, value []byte, redact Redactor) []byte {
	for len(value) > 0 {
		dst, value = w.RenderPart(dst, value, len(dst)+len(value), redact)
	}
	return dst
}

// RenderPart is Render up to about the given length of dst. It returns the rest of
// value.
func (w *Walker) RenderPart(dst, value []byte, length int, redact Redactor) (out, rest []byte) {
	for len(value) > 0 && len(dst) < length {
		before, text, after, found := notation.CutText(value, length-len(dst))
		dst, value = append(dst, before...), after
		if !found {
			continue
		}
		out, changed, limit, size := []byte(notation.Mask), true, w.lim.String, uint64(len(text.Raw))
		switch text.Kind {
		case notation.PlainText:
			out, changed = redact.Bytes(text.Raw)
		case notation.StaleText:
			out, changed = redact.Stale(text.Raw)
		case notation.NamingText:
			out, _ = redact.Bytes(text.Raw)
			dst = notation.AppendString(dst, out)
			continue
		case notation.PlainPath:
			dst = notation.AppendString(dst, []byte(redact.Path(string(text.Raw))))
			continue
		case notation.PlainRunes, notation.PlainUTF16:
			if out, changed = redact.Bytes(inUTF8(text.Kind, text.Raw)); !changed {
				dst = w.numbers(dst, text.Kind, text.Raw, text.Len)
				continue
			}
			size, limit = size/uint64(width(text.Kind)), min(limit, w.lim.Elements)
		}
		dst = w.notation(dst, clip(out, limit, size < text.Len), text.Len, changed)
	}
	return dst, value
}

// notation appends text of original length n as [notation.Value] has it.
func (w *Walker) notation(dst, text []byte, n uint64, redacted bool) []byte {
	whole := n <= uint64(w.lim.String)
	valid := utf8.Valid(text)
	if whole && valid && !redacted {
		return notation.AppendString(dst, text)
	}
	if valid {
		dst = notation.AppendString(append(dst, `{"s":`...), text)
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
// may end in the first half of a secret that wasn't recognised: as much goes as
// was read beyond the limit, although redaction may have made room for it.
func clip(text []byte, limit int, partial bool) []byte {
	keep := min(len(text), limit)
	if partial && !bytes.HasSuffix(text, []byte(notation.Mask)) {
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
	return Clip(text, 0, w.lim.String, redact)
}

// StringLimit returns the limit of strings.
func (w *Walker) StringLimit() int { return w.lim.String }

// Clip returns a text, of which more bytes are missing at the end, redacted and cut
// as strings are with a limit.
func Clip(text string, more uint64, limit int, redact func(string) string) string {
	if more == 0 && len(text) <= limit {
		return redact(text)
	}
	size := min(len(text), limit+margin)
	limit = min(limit, len(text))
	kept := clip([]byte(redact(text[:size])), limit, more > 0 || size < len(text))
	return fmt.Sprintf("%s...+%d more", kept, uint64(len(text)-limit)+more)
}

// numbers appends runes or UTF-16 of original length n as a list of numbers.
func (w *Walker) numbers(dst []byte, kind notation.TextKind, raw []byte, n uint64) []byte {
	size := width(kind)
	kept := min(len(raw)/size, w.lim.Elements)
	if uint64(kept) < n {
		dst = append(dst, `{"e":`...)
	}
	dst = append(dst, '[')
	for i := range kept {
		dst = strconv.AppendInt(notation.Comma(dst, int64(i)), int64(character(raw[size*i:], size)), 10)
	}
	dst = append(dst, ']')
	if uint64(kept) < n {
		dst = strconv.AppendUint(append(dst, `,"len":`...), n, 10)
		dst = notation.EndReason(dst, "elements limit")
	}
	return dst
}
