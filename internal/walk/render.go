package walk

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// Text stays as it was found until the walk is over, see [notation.Text]: only then are all
// secrets known. Here it is redacted, cut, and written.

// A Redactor removes secrets from text.
type Redactor interface {
	Bytes([]byte) (out []byte, changed bool)
	Unmarked([]byte) (out []byte, changed bool)
	Stale([]byte) (out []byte, changed bool)
	Path(string) string
	Number(secret []byte, by secrets.Rule) int
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
	var text notation.Text
	for len(value) > 0 && len(dst) < length {
		before, after, found := notation.CutText(value, length-len(dst), &text)
		dst, value = append(dst, before...), after
		if !found {
			continue
		}
		switch text.Kind {
		case notation.NamingText:
			out, _ := redact.Bytes(text.Raw)
			dst = notation.AppendString(dst, out)
		case notation.PlainPath:
			dst = notation.AppendString(dst, []byte(redact.Path(string(text.Raw))))
		case notation.SecretValue, notation.KeyValue, notation.DoValue:
			why := caveat.Reason{Kind: caveat.Redacted, N: int64(redact.Number(text.Raw, ruleOf(text.Kind)))}
			dst = notation.AppendReason(dst, why)
		default:
			dst = w.renderText(dst, &text, redact)
		}
	}
	return dst, value
}

// renderText appends a text in the notation of the file.
func (w *Walker) renderText(dst []byte, text *notation.Text, redact Redactor) []byte {
	raw, size, limit := text.Raw, uint64(len(text.Raw)), w.lim.String
	ofNumbers := width(text.Kind) > 1
	if ofNumbers {
		raw, size = inUTF8(text.Kind, raw), size/uint64(width(text.Kind))
	}
	out, changed, partial := raw, true, size < text.Len
	switch {
	case text.Kind.Secret():
		out = maskOf(redact, raw, !partial, text.Kind)
	case text.Kind == notation.PlainText:
		out, changed = redact.Bytes(raw)
	case text.Kind == notation.NoMarkText:
		out, changed = redact.Unmarked(raw)
	case text.Kind == notation.StaleText:
		out, changed = redact.Stale(raw)
	default:
		if out, changed = redact.Bytes(raw); !changed {
			return w.numbers(dst, text.Kind, text.Raw, text.Len)
		}
		limit = min(limit, w.lim.Elements)
	}
	whole := text.Len <= uint64(w.lim.String)
	if !changed {
		return notation.AppendText(dst, clip(out, limit, partial), text.Len, whole)
	}
	form := ""
	if before, _, after, _ := notation.CutMask(out); len(before) == 0 && len(after) == 0 && !partial {
		form = secrets.Form(raw)
	}
	if ofNumbers && bytes.Contains(raw, []byte(string(utf8.RuneError))) {
		out = unnumbered(out) // different numbers may have become the same text
	}
	return notation.AppendRedacted(dst, clip(out, limit, partial), text.Len, whole, form)
}

// maskOf returns the mask of a secret. It has no number if the secret isn't known exactly.
func maskOf(redact Redactor, secret []byte, exact bool, kind notation.TextKind) []byte {
	if !exact {
		secret = nil
	}
	return notation.AppendMask(nil, redact.Number(secret, ruleOf(kind)))
}

// ruleOf returns the rule that hides a text of that kind.
func ruleOf(kind notation.TextKind) secrets.Rule {
	switch kind {
	case notation.KeyText, notation.KeyValue:
		return secrets.ByType
	case notation.SeedText:
		return secrets.BySeed
	case notation.DoText, notation.DoValue:
		return secrets.BySecretDo
	case notation.StrictText, notation.StrictRunes, notation.StrictUTF16:
		return secrets.ByHideText
	}
	return secrets.ByName
}

// unnumbered returns a text without the numbers of its masks.
func unnumbered(text []byte) (out []byte) {
	for {
		before, _, after, found := notation.CutMask(text)
		if out = append(out, before...); !found {
			return out
		}
		out, text = append(out, notation.Mask...), after
	}
}

// clip cuts a redacted text to limit. If partial is set, it was cut before and may end in
// the first half of a secret that wasn't recognised: clip removes as much as was read
// beyond the limit, although redaction may have made room for it.
func clip(text []byte, limit int, partial bool) []byte {
	keep := min(len(text), limit)
	switch end := numberAt(text); {
	case !partial:
	case end > 0: // the secret goes on
		text = text[:end]
		keep = min(keep, end)
	default:
		keep = max(0, min(keep, len(text)-margin))
	}
	keep = notation.MaskCut(text, keep)
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

// numberAt returns where the number of the mask at the end of a text begins, or would begin;
// 0 if there is no mask.
func numberAt(text []byte) int {
	last := bytes.LastIndex(text, []byte(notation.Mask))
	if last < 0 {
		return 0
	}
	if _, _, after, _ := notation.CutMask(text[last:]); len(after) > 0 {
		return 0
	}
	return last + len(notation.Mask)
}

// Clip returns a text that isn't from the process, redacted and cut as values are.
func (w *Walker) Clip(text string, redact func(string) string) string {
	return Clip(text, 0, w.lim.String, redact)
}

// StringLimit returns the limit of strings, in bytes.
func (w *Walker) StringLimit() int { return w.lim.String }

// These are around the number of bytes that are missing.
const (
	beforeMore = "...+"
	afterMore  = " more"
)

// Clip returns a text, redacted and cut to limit as strings are. more is how many bytes are
// missing at its end.
func Clip(text string, more uint64, limit int, redact func(string) string) string {
	if more == 0 && len(text) <= limit {
		return redact(text)
	}
	size := min(len(text), limit+margin)
	limit = min(limit, len(text))
	kept := clip([]byte(redact(text[:size])), limit, more > 0 || size < len(text))
	return fmt.Sprintf("%s"+beforeMore+"%d"+afterMore, kept, uint64(len(text)-limit)+more)
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
