package walk

import (
	"encoding/binary"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// margin is how much is read beyond the limit of a string, so that a secret that the limit
// cuts in two is still recognised.
const margin = 4 << 10

// keyText is the minimum length at which a text in a type that is a key is a secret to look
// for elsewhere: a shorter one may be the name of an algorithm.
const keyText = 16

// text appends n bytes of text at addr. data may hold them already.
func (w *Walker) text(dst []byte, addr, n uint64, c context, data ...byte) []byte {
	if n > 1<<48 {
		return w.absent(dst, caveat.Reason{Kind: caveat.BadText, N: int64(n)})
	}
	if n == 0 {
		return append(dst, `""`...)
	}
	if c.stale && data == nil {
		if err := w.doubtful(addr, n, nil); err != nil {
			return w.absent(dst, caveat.Of(err))
		}
	}
	protected := w.p.SecretMemory(addr)
	if protected || w.marked.overlaps(addr, n) {
		c.strength = secrets.Secret
		c.marks |= markSecret
	}
	size := int(min(n, uint64(w.lim.String)+margin))
	if data == nil && (n > uint64(size) || size > maxRead) {
		if err := w.probe(addr, n); err != nil {
			return unreadText(dst, n, err)
		}
	}
	start := len(dst)
	dst = notation.Mark(dst, notation.PlainText, n, size)
	from := len(dst)
	dst = slices.Grow(dst, size)[:from+size]
	if data != nil {
		copy(dst[from:], data)
	} else if err := w.p.Mem.Read(dst[from:], addr); err != nil {
		return unreadText(dst[:start], n, err)
	}
	if n > uint64(w.lim.String) {
		w.cut("string")
	}
	stale := c.stale && w.p.InHeap(addr) && w.p.Collected()
	if kind := w.judge(dst[from:], n, c, stale); kind != notation.PlainText {
		if protected {
			kind = notation.DoText
		}
		notation.SetKind(dst[start:], kind)
	}
	return dst
}

// unreadText appends the length of a text, and why there is nothing else.
func unreadText(dst []byte, n uint64, err error) []byte {
	return notation.EndReason(strconv.AppendUint(append(dst, `{"len":`...), n, 10), caveat.Of(err))
}

// judge decides what to do with a text of n bytes, all or the beginning of which is text,
// and learns from it.
func (w *Walker) judge(text []byte, n uint64, c context, stale bool) notation.TextKind {
	shown := w.shows(c)
	if c.has(markSecret|markKey) && erased(text) {
		c.naming = naming{}
	}
	kind := w.hides(text, n, c)
	switch {
	case c.has(markSecret|markKey) && c.strength != secrets.IfNoPath:
		kind = c.kind()
	case kind != notation.PlainText:
		c.marks = c.marks&^markSecret | when(!c.has(markSpread), markSecret)
	case stale:
		kind = notation.StaleText
	}
	switch {
	case c.has(markSecret) || c.has(markKey) && n >= keyText:
		w.learn(string(text), c)
	case kind == notation.PlainText && c.has(markPublic):
		w.rules.LearnPublic(string(text))
	case kind == notation.PlainText && w.rules.LearnMarked(text):
		kind = notation.NoMarkText
	}
	if !kind.Secret() && !shown {
		return notation.StrictText
	}
	return kind
}

// kind is the kind of a text that is secret whatever it is.
func (c context) kind() notation.TextKind {
	if c.has(markDeep) && !c.has(markNamed) {
		return notation.KeyText
	}
	return notation.SecretText
}

// hides returns the kind of a secret that a text of n bytes looks like, in a place whose name
// says that it may be one; notation.PlainText if it doesn't.
func (w *Walker) hides(text []byte, n uint64, c context) notation.TextKind {
	switch {
	case c.strength != secrets.NotSecret && c.strength.Hides(text):
		return notation.SecretText
	case c.has(markBytes) && minKey <= n && n <= maxKey && secrets.KeyBytes(text) && !w.rules.Shown.Has(secrets.BySeed):
		return notation.SeedText
	}
	return notation.PlainText
}

// erased reports whether b has only zeros, as a key that was erased or isn't set.
func erased(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return len(b) > 0
}

// minKey and maxKey bound the length in bytes of a key without a secret name.
const (
	minKey = 16
	maxKey = 64
)

func (w *Walker) learn(text string, c context) {
	if c.has(markWords) {
		w.rules.Learn(text)
	} else {
		w.rules.LearnUncommon(text)
	}
}

// minRunes is how many characters in a row make numbers look like text.
const minRunes = 4

// runes appends n runes, or 16-bit parts of them, at addr as text, if they look like it.
// There may be other numbers among them.
func (w *Walker) runes(dst []byte, elem *gotypes.Type, addr uint64, n int64, c context) ([]byte, bool) {
	strict := !w.shows(c)
	if n < minRunes && !strict || n < 1 {
		return dst, false
	}
	size := n
	if n-margin > int64(w.lim.Elements) {
		size = int64(w.lim.Elements) + margin
	}
	err := w.probe(addr, uint64(elem.Size*n))
	var raw []byte
	if err == nil {
		raw = make([]byte, elem.Size*size)
		err = w.p.Mem.Read(raw, addr)
	}
	if err != nil && strict {
		return w.absent(dst, caveat.Of(err)), true // what of it can be read may be text
	}
	if err != nil || !textual(raw, int(elem.Size)) {
		return dst, false
	}
	if n > int64(w.lim.Elements) {
		w.cut("elements")
	}
	kind := notation.PlainRunes
	if elem.Kind == reflect.Uint16 {
		kind = notation.PlainUTF16
	}
	kind = w.judgeRunes(kind, raw, n, c)
	return append(notation.Mark(dst, kind, uint64(n), len(raw)), raw...), true
}

// judgeRunes is judge for n runes or numbers of UTF-16.
func (w *Walker) judgeRunes(kind notation.TextKind, raw []byte, n int64, c context) notation.TextKind {
	if c.has(markSecret) || c.has(markKey) && n >= keyText {
		w.learn(string(inUTF8(kind, raw)), c)
	}
	utf16 := kind == notation.PlainUTF16
	switch secret := c.has(markSecret | markKey); {
	case secret && utf16:
		return notation.SecretUTF16
	case secret:
		return notation.SecretRunes
	case w.shows(c):
		return kind
	case utf16:
		return notation.StrictUTF16
	}
	return notation.StrictRunes
}

// textual reports whether minRunes numbers of size bytes in a row could be characters, or
// all of them if there are fewer before the zeros at the end. Of a pair of UTF-16 each half is
// one. White space alone is no text.
func textual(raw []byte, size int) bool {
	n := len(raw) / size
	for n > 0 && character(raw[(n-1)*size:], size) == 0 {
		n--
	}
	row, enough, visible := 0, min(minRunes, n), false
	for i := 0; i < n && (row < enough || !visible); i++ {
		switch r := character(raw[i*size:], size); {
		case r == '\t' || r == '\n' || r == '\r':
			row++
		case r < ' ' || !utf8.ValidRune(r) && (size != 2 || !utf16.IsSurrogate(r)):
			row, visible = 0, false
		default:
			row, visible = row+1, true
		}
	}
	return row >= enough && visible
}

// width is the size of an element of runes or UTF-16, and of a byte of other texts.
func width(kind notation.TextKind) int {
	switch kind {
	case notation.PlainUTF16, notation.SecretUTF16, notation.StrictUTF16:
		return 2
	case notation.PlainRunes, notation.SecretRunes, notation.StrictRunes:
		return 4
	}
	return 1
}

func character(raw []byte, size int) rune {
	if size == 2 {
		return rune(binary.LittleEndian.Uint16(raw))
	}
	return rune(binary.LittleEndian.Uint32(raw))
}

// inUTF8 returns runes or UTF-16 as text. What isn't a character becomes U+FFFD.
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

// probe reads the end of memory that is about to be read as a whole: lengths that were never
// set shouldn't cost as much as they claim.
func (w *Walker) probe(addr, size uint64) error {
	b := w.borrow(1)
	defer w.giveBack(b)
	return w.p.Mem.Read(b, addr+size-1)
}
