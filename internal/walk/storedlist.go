package walk

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// text appends a text.
func (s *Stored) text(dst []byte, form notation.Form, c context) []byte {
	text, n, whole, hidden := []byte(form.Text), uint64(len(form.Text)), true, false
	if o := form.Object; o != nil {
		hidden = o.Redacted
		if o.Len > 0 && (hidden || o.Len > int64(len(text))) {
			n, whole = uint64(o.Len), false
		}
	}
	if len(text) == 0 && !hidden {
		return notation.AppendText(dst, text, n, whole)
	}
	kind := s.w.judge(text, n, c, c.stale)
	if s.redact == nil {
		return append(dst, `""`...)
	}
	out, changed := text, false
	switch before, _, after, found := notation.CutMask(text); {
	case found && len(before) == 0 && len(after) == 0: // all of it is hidden
	case kind.Secret():
		out, changed = maskOf(s.redact, text, whole, kind), true
	case kind == notation.StaleText:
		out, changed = s.redact.Stale(text)
	case kind == notation.NoMarkText:
		out, changed = s.redact.Unmarked(text)
	default:
		out, changed = s.redact.Bytes(text)
	}
	if !whole {
		var more bool
		out, more = withoutEnd(out)
		changed = changed || more
	}
	if !changed && !hidden {
		return notation.AppendText(dst, text, n, whole)
	}
	return notation.AppendRedacted(dst, out, n, whole, s.formOf(form, text, out, changed, whole))
}

// formOf returns what a secret that was the whole text looked like, see secrets.Form.
func (s *Stored) formOf(form notation.Form, text, out []byte, changed, whole bool) string {
	before, _, after, found := notation.CutMask(out)
	switch o := form.Object; {
	case !found || len(before) > 0 || len(after) > 0:
		return ""
	case !changed && o != nil && strings.Trim(o.Form, formSigns) == "":
		return o.Form
	case !changed || !whole || bytes.Contains(text, []byte(notation.Mask)):
		return ""
	}
	return secrets.Form(text)
}

// formSigns are the letters and digits of all forms.
const formSigns = "0123456789 abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// withoutEnd hides the last word of a text that was cut: it may be the beginning of a secret
// that nobody can recognise any more. Of a very long word it hides as much as is read beyond
// the limit of strings while a dump is made. A mask at the end has no number, as the secret
// goes on.
func withoutEnd(text []byte) (out []byte, changed bool) {
	if end := numberAt(text); end > 0 {
		return text[:end], end < len(text)
	}
	from := len(text)
	for from > 0 && len(text)-from < margin && text[from-1] > ' ' {
		from--
	}
	if from == len(text) {
		return text, false
	}
	return append(text[:from:from], notation.Mask...), true
}

// WithoutEnd returns a text that Clip has made without its last word, if Clip has cut it: that
// may be the beginning of a secret.
func WithoutEnd(text string) string {
	i := strings.LastIndex(text, beforeMore)
	if i < 0 {
		return text
	}
	n, ok := strings.CutSuffix(text[i+len(beforeMore):], afterMore)
	if _, err := strconv.ParseUint(n, 10, 64); err != nil || !ok {
		return text
	}
	kept, _ := withoutEnd([]byte(text[:i]))
	return string(kept) + text[i:]
}

// mapEntries appends the entries of a map.
func (s *Stored) mapEntries(dst []byte, t *gotypes.Type, form notation.Form, c context) []byte {
	if form.IsText {
		return s.w.absent(dst, damaged)
	}
	var p pairing
	meanings := make([]meaning, form.List.Len()/2)
	for i := range meanings {
		k := s.meaning(t.Key(), form.List.At(2*i))
		if p.asks(k, t.Elem()) {
			p.pair = s.meaning(t.Elem(), form.List.At(2*i+1)).strength
		}
		meanings[i] = k
	}
	dst, mark := append(dst, '['), len(dst)
	for i, k := range meanings {
		if !s.element(form.List.At(2*i + 1)) {
			break
		}
		kc, ec := c.ofKeys(), p.element(c, k)
		dst = s.value(notation.Comma(dst, int64(i)), t.Key(), form.List.At(2*i), kc)
		dst = s.value(append(dst, ','), t.Elem(), form.List.At(2*i+1), ec)
	}
	return s.endList(append(dst, ']'), mark, form)
}

// items appends the elements of an array or a slice.
func (s *Stored) items(dst []byte, elem *gotypes.Type, form notation.Form, c context) []byte {
	n := int64(form.List.Len())
	if form.Object != nil {
		n = max(n, form.Object.Len)
	}
	switch elem.Kind {
	case reflect.Uint8, reflect.Int8:
		if form.IsText {
			return s.text(dst, form, c)
		}
		return s.byteList(dst, form, c)
	case reflect.Int32, reflect.Uint16:
		if form.IsText {
			return s.text(dst, form, c)
		}
		if out, ok := s.storedRunes(dst, elem, form, n, c); ok {
			return out
		}
	}
	switch {
	case form.IsText:
		return s.w.absent(dst, damaged)
	case c.hidesList(elem, n):
		var numbers []byte
		for i := range form.List.Len() {
			numbers = append(notation.Comma(numbers, int64(i)), form.List.At(i)...)
		}
		whole := n == int64(form.List.Len()) && n <= maxRead/max(elem.Size, 1)
		return s.hidden(dst, append(append([]byte{'['}, numbers...), ']'), whole, c)
	}
	return s.list(dst, elem, form, c, true)
}

// byteList appends bytes that are written as a list of numbers.
func (s *Stored) byteList(dst []byte, form notation.Form, c context) []byte {
	if !form.List.Given() {
		return s.w.absent(dst, damaged)
	}
	text := make([]byte, form.List.Len())
	for i := range text {
		n, err := strconv.ParseInt(string(form.List.At(i)), 10, 16)
		if err != nil {
			return s.w.absent(dst, damaged)
		}
		text[i] = byte(n)
	}
	return s.text(dst, notation.Form{Object: form.Object, Text: string(text), IsText: true}, c)
}

// list appends a list of elements. named says that an element may be the name of the next
// one.
func (s *Stored) list(dst []byte, elem *gotypes.Type, form notation.Form, c context, named bool) []byte {
	if s.w.nesting++; s.w.nesting > maxNesting || form.IsText || !form.List.Given() {
		s.w.nesting--
		return s.w.absent(dst, damaged)
	}
	defer func() { s.w.nesting-- }()
	dst, mark := append(dst, '['), len(dst)
	for i := range form.List.Len() {
		if !s.element(form.List.At(i)) {
			break
		}
		ec := c
		if named && i > 0 {
			if strength := s.namesNextStored(elem, form.List, i-1); strength != secrets.NotSecret {
				ec.naming = marked(strength)
			}
		}
		dst = s.value(notation.Comma(dst, int64(i)), elem, form.List.At(i), ec)
	}
	return s.endList(append(dst, ']'), mark, form)
}

// namesNextStored is namesNext for element i of a list in the file.
func (s *Stored) namesNextStored(elem *gotypes.Type, l notation.List, i int) secrets.Strength {
	n := l.Len()
	switch {
	case elem == nil || n > maxArguments:
	case elem.Kind == reflect.Interface:
		return s.meaning(elem, l.At(i)).keyAmong(int64(n), int64(i))
	case elem.Kind == reflect.String:
		form, err := notation.ParseForm(l.At(i))
		if err != nil || form.Text == "" {
			break
		}
		if flag := form.Text[0] == '-'; flag || n == 2 && i == 0 {
			return s.meaning(elem, l.At(i)).ofArgument(flag)
		}
	}
	return secrets.NotSecret
}

// endList appends what follows a list: how long it was, the state of a channel, and why
// there is no more.
func (s *Stored) endList(dst []byte, mark int, form notation.Form) []byte {
	o := form.Object
	if o == nil {
		return dst
	}
	dst = notation.ListOf(dst, mark, max(o.Len, 0))
	if o.Closed {
		dst = append(dst, `,"closed":true`...)
	}
	if o.Recv > 0 {
		dst = strconv.AppendInt(append(dst, `,"recv":`...), int64(o.Recv), 10)
	}
	if o.Send > 0 {
		dst = strconv.AppendInt(append(dst, `,"send":`...), int64(o.Send), 10)
	}
	if o.Reason.Kind != caveat.None {
		dst = o.Reason.AppendFact(append(dst, `,"x":`...), s.naming)
	}
	return append(dst, '}')
}

// storedRunes is runes for a list in the file.
func (s *Stored) storedRunes(dst []byte, elem *gotypes.Type, form notation.Form, n int64, c context) ([]byte, bool) {
	if n < minRunes && s.w.shows(c) || n < 1 {
		return dst, false
	}
	kind, raw, err := characters(elem, form.List)
	if err != nil {
		return s.w.absent(dst, damaged), true
	}
	if len(raw) == 0 || !textual(raw, width(kind)) {
		return dst, false
	}
	judged := s.w.judgeRunes(kind, raw, n, c)
	if s.redact == nil {
		return append(dst, "[]"...), true
	}
	text, whole := inUTF8(kind, raw), n == int64(form.List.Len())
	out, changed := s.hideRunes(text, whole, judged)
	if !changed {
		return dst, false
	}
	return notation.AppendRedacted(dst, out, uint64(n), whole, s.formOf(form, text, out, true, whole)), true
}

// characters returns the memory of a list of runes, or of numbers of UTF-16.
func characters(elem *gotypes.Type, l notation.List) (kind notation.TextKind, raw []byte, err error) {
	kind = notation.PlainRunes
	if elem.Kind == reflect.Uint16 {
		kind = notation.PlainUTF16
	}
	raw = make([]byte, 0, l.Len()*width(kind))
	for i := range l.Len() {
		number, err := strconv.ParseInt(string(l.At(i)), 10, 64)
		if err != nil {
			return kind, nil, err
		}
		if kind == notation.PlainUTF16 {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(number))
		} else {
			raw = binary.LittleEndian.AppendUint32(raw, uint32(number))
		}
	}
	return kind, raw, nil
}

// hideRunes returns the text of characters without secrets, and whether it had any. A mask has a
// number only if the text is known exactly.
func (s *Stored) hideRunes(text []byte, whole bool, judged notation.TextKind) (out []byte, changed bool) {
	exact := whole && !bytes.Contains(text, []byte(string(utf8.RuneError)))
	if judged.Secret() {
		return maskOf(s.redact, text, exact, judged), true
	}
	out, changed = s.redact.Bytes(text)
	if !whole {
		var more bool
		out, more = withoutEnd(out)
		changed = changed || more
	}
	if changed && !exact {
		out = unnumbered(out)
	}
	return out, changed
}
