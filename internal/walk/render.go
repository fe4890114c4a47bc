package walk

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// Text stays as it was found until the walk is over, see [notation.Text]: only then are all
// secrets known. Here it is redacted, cut, and written.

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

// RenderPart is Render until dst has about the given length. It returns the rest of value.
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
		dst = notation.AppendText(dst, clip(out, limit, size < text.Len), text.Len,
			text.Len <= uint64(w.lim.String), changed)
	}
	return dst, value
}

// clip cuts a redacted text to limit. If partial is set, it was cut before and may end in
// the first half of a secret that wasn't recognised: clip removes as much as was read
// beyond the limit, although redaction may have made room for it.
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

// Clip returns a text that isn't from the process, redacted and cut as values are.
func (w *Walker) Clip(text string, redact func(string) string) string {
	return Clip(text, 0, w.lim.String, redact)
}

// StringLimit returns the limit of strings, in bytes.
func (w *Walker) StringLimit() int { return w.lim.String }

// Clip returns a text, redacted and cut to limit as strings are. more is how many bytes are
// missing at its end.
func Clip(text string, more uint64, limit int, redact func(string) string) string {
	if more == 0 && len(text) <= limit {
		return redact(text)
	}
	size := min(len(text), limit+margin)
	limit = min(limit, len(text))
	kept := clip([]byte(redact(text[:size])), limit, more > 0 || size < len(text))
	return fmt.Sprintf("%s...+%d more", kept, uint64(len(text)-limit)+more)
}

// numbers appends runes or UTF-16 with original length n as a list of numbers.
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
		dst = notation.EndReason(dst, caveat.Reason{Kind: caveat.Limit, Text: "elements"})
	}
	return dst
}
