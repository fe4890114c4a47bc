package dump

import (
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/notation"
)

// Hidden returns the number of a secret that is all of the value: a text, a number, or a list
// of integers. In a dump equal secrets have the same number, and different ones haven't,
// whatever their types. It is 0 if the value is no secret, or the secret has no number.
func (v Value) Hidden() int {
	switch {
	case v.base != nil: // a part of another value
		return 0
	case v.Kind() == reflect.Slice:
		v = v.array()
	}
	switch {
	case v.why.Kind == caveat.Redacted:
		return int(v.why.N)
	case v.rec != nil && v.rec.Redacted && v.rec.Len == 0: // it isn't cut
		return notation.MaskNumber(v.text)
	}
	return 0
}

// maxForm bounds the form of a secret, in bytes: a forged one may be of any length.
const maxForm = 40

// Form says what a secret that is all of the value looks like, if that gives nothing of it
// away: "64 hex", say. It is "" if the dump doesn't say it.
func (v Value) Form() string {
	if v.Kind() == reflect.Slice {
		v = v.array()
	}
	if v.rec == nil || !v.rec.Redacted || len(v.rec.Form) > maxForm {
		return ""
	}
	return v.rec.Form
}

// OfSecrets returns a slice or array of bytes or characters with redacted parts as a text of
// type t.
func (t *Type) OfSecrets(v Value) Value {
	if v.Kind() == reflect.Slice {
		v = v.array()
	}
	w := t.OfText(v.text)
	w.rec = &notation.Value{Len: v.rec.Len, Redacted: true, Form: v.rec.Form}
	return w
}

// SameHidden compares two values of the same type of which at least one holds secrets: two
// texts, integers, or lists of them. known is false if the dump doesn't say whether they are
// equal.
func (v Value) SameHidden(w Value) (same, known bool) {
	if a, b := v.Hidden(), w.Hidden(); a > 0 && b > 0 {
		return a == b, a == b || v.core.series(a) == v.core.series(b)
	}
	if !v.Redacted() && !w.Redacted() {
		return false, false
	}
	a, aKnown := v.shown()
	b, bKnown := w.shown()
	if !aKnown || !bKnown {
		return false, false
	}
	if a.differs(b) || b.differs(a) || a.whole && b.whole && differentEnds(a.after, b.after) {
		return false, true
	}
	// The same secrets in the same places.
	return true, a.whole && b.whole && a.text == b.text && v.Redacted() && w.Redacted() && !a.unnumbered &&
		!b.unnumbered
}

// series returns which dump has given a secret its number, of those that this one was made of:
// the same secret may have a number in each.
func (c *Core) series(number int) (i int) {
	for _, last := range c.file.Kept() {
		if number > last {
			i++
		}
	}
	return i
}

// shown is what a dump shows of a text that may have secrets.
type shown struct {
	text          string // with masks
	before, after string // what precedes the first mask, and follows the last one
	least, most   int64  // how many bytes the whole may have; no most if that is -1
	whole         bool   // nothing was cut
	unnumbered    bool   // some secrets have no number
}

func (v Value) shown() (s shown, ok bool) {
	if s.text, ok = v.Text(); !ok {
		return s, false
	}
	s.before, s.after, s.least, s.most = s.text, s.text, v.Len(), v.Len()
	if !v.Redacted() {
		s.whole = int64(len(s.text)) == v.Len()
		return s, true
	}
	if v.Kind() == reflect.Slice {
		v = v.array()
	}
	if s.whole = v.rec.Len == 0; s.whole {
		s.least, s.most = int64(len(s.text)), -1
	}
	rest := s.text
	for first := true; ; first = false {
		before, number, after, found := notation.CutMask(rest)
		if first {
			s.before = beforeMask(before)
		}
		if !found {
			s.after = rest
			return s, true
		}
		if s.whole {
			s.least -= int64(len(rest)-len(before)-len(after)) - 1 // no secret is empty
		}
		s.unnumbered = s.unnumbered || number == 0
		rest = after
	}
}

// beforeMask returns a text without the mask at its end that was cut in two.
func beforeMask(text string) string {
	for n := len(notation.Mask) - 1; n > 0; n-- {
		if rest, cut := strings.CutSuffix(text, notation.Mask[:n]); cut {
			return rest
		}
	}
	return text
}

// differs reports whether the other text certainly is a different one: it begins in another
// way, or is longer.
func (s *shown) differs(other shown) bool {
	n := min(len(s.before), len(other.before))
	return s.before[:n] != other.before[:n] || s.most >= 0 && other.least > s.most
}

// differentEnds reports whether neither text is the end of the other one.
func differentEnds(a, b string) bool {
	return !strings.HasSuffix(a, b) && !strings.HasSuffix(b, a)
}
