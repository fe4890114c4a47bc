package walk

import (
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// entries appends the entries of a map.
func (w *Walker) entries(dst []byte, t *gotypes.Type, addr uint64, c context) []byte {
	n, err := w.p.MapLen(addr)
	if err != nil {
		return w.absent(dst, caveat.Of(err))
	}
	w.TypeID(t.Key())
	w.TypeID(t.Elem())
	m := &w.entering
	*m = entering{w: w, key: t.Key(), elem: t.Elem(), c: c, n: min(n, int64(w.lim.Elements)), mark: len(dst),
		dst: append(dst, '['), visit: m.visit}
	if m.visit == nil {
		m.visit = m.entry
	}
	err = w.p.MapEntries(t, addr, m.visit)
	if m.again() {
		*m = entering{w: w, key: m.key, elem: m.elem, c: c, n: m.n, mark: m.mark, dst: m.dst[:m.mark+1],
			pairing: pairing{pair: m.pair}, visit: m.visit}
		err = w.p.MapEntries(t, addr, m.visit)
	}
	if err != nil && m.why.Kind == caveat.None {
		m.why = caveat.Of(err)
	}
	dst = append(m.dst, ']')
	switch {
	case m.why.Kind != caveat.None:
		return notation.EndReason(notation.ListOf(dst, m.mark, n), m.why)
	case m.done != n:
		return append(notation.ListOf(dst, m.mark, n), '}')
	}
	return dst
}

// entering is a map whose entries are being appended. There is only one at a time, so it
// takes no memory for each of many small maps.
type entering struct {
	w         *Walker
	key, elem *gotypes.Type
	c         context
	n         int64 // entries to write
	mark      int   // where the map starts in dst
	dst       []byte
	done      int64
	why       caveat.Reason // why there are no more

	pairing
	visit func(*gotypes.Entry) bool
}

// pairing is what entries say about each other.
type pairing struct {
	pair      secrets.Strength // what the name says, in a pair of a name and a value
	valueSeen bool             // of such a pair, see textMeaning
}

// again reports whether the entries must be looked at again, as the value may have come
// before the name: {"name": "password", "value": "..."}, as decoded from JSON.
func (p *pairing) again() bool { return p.pair != secrets.NotSecret && p.valueSeen }

// asks reports whether the element of an entry whose key means k is the name in a pair.
func (p *pairing) asks(k meaning, elem *gotypes.Type) bool {
	return k.strength == secrets.NotSecret && k.kind == tellsName && !k.public && p.pair == secrets.NotSecret &&
		elem != nil && mayName(elem)
}

// ofKeys is the context of the keys of a map with context c.
func (c context) ofKeys() context {
	if c.hides() {
		c.naming = ofKey
	}
	return c
}

// element returns the context of the element of an entry, whose key means k, of a map with
// context c.
func (p *pairing) element(c context, k meaning) (ec context) {
	p.valueSeen = p.valueSeen || k.kind == tellsValue
	ec = c
	switch {
	case k.strength != secrets.NotSecret:
		ec.naming = marked(k.strength)
		ec.marks &^= when(k.count, markNamed) | when(!k.words, markWords)
		ec.marks |= when(k.held, markHeld)
	case k.kind == tellsValue && p.pair != secrets.NotSecret:
		ec.naming = marked(p.pair)
	case k.beside && c.has(markSecret) && !c.has(markWords):
		ec.naming = ofKey // issuer, in what is called jwt
	case k.public:
		ec.marks |= markPublic
	}
	ec.marks |= when(k.bytes, markBytes)
	return ec
}

func (m *entering) entry(e *gotypes.Entry) bool {
	w := m.w
	if m.done == int64(w.lim.Elements) {
		m.why = w.cut("elements")
		return false
	}
	if !w.tick(m.dst) {
		m.why = w.cut(w.stopped)
		return false
	}
	if m.done%256 == 0 {
		m.dst = w.expect(m.dst, m.mark, m.done, m.n, 256)
	}
	if w.p.SecretMemory(e.KeyAddr) || w.p.SecretMemory(e.ElemAddr) { // of a map that is older than these
		m.dst = w.hidden(notation.Comma(m.dst, m.done), nil, notation.DoValue)
		m.dst = w.hidden(append(m.dst, ','), nil, notation.DoValue)
		m.done++
		return true
	}
	m.dst = notation.Comma(m.dst, m.done)
	from := len(m.dst)
	m.dst = w.value(m.dst, m.key, e.KeyAddr, e.Key, m.c.ofKeys())
	k, ok := meaning{}, false
	if m.key != nil && m.key.Kind == reflect.String {
		k, ok = w.encodedMeaning(m.dst[from:])
	}
	if !ok {
		k = w.meaningOf(m.key, e.KeyAddr, e.Key)
	}
	if m.asks(k, m.elem) {
		m.pair = w.meaningOf(m.elem, e.ElemAddr, e.Elem).strength
	}
	m.dst = w.value(append(m.dst, ','), m.elem, e.ElemAddr, e.Elem, m.element(m.c, k))
	m.done++
	return true
}
