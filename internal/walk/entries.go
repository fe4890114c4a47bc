package walk

import (
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
	if m.pair != secrets.NotSecret && m.valueSeen {
		// {"name": "password", "value": "..."}, as decoded from JSON.
		*m = entering{w: w, key: m.key, elem: m.elem, c: c, n: m.n, mark: m.mark, dst: m.dst[:m.mark+1],
			pair: m.pair, visit: m.visit}
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

	pair      secrets.Strength // what the name says, in a pair of a name and a value
	valueSeen bool             // of such a pair, see textMeaning
	visit     func(*gotypes.Entry) bool
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
	ec := m.c
	k := w.meaningOf(m.key, e.KeyAddr, e.Key)
	m.valueSeen = m.valueSeen || k.kind == tellsValue
	switch {
	case k.strength != secrets.NotSecret:
		ec.naming = marked(k.strength)
		ec.naming.held, ec.naming.named, ec.naming.words = k.held, !k.count, ec.naming.words && k.words
	case k.kind == tellsValue && m.pair != secrets.NotSecret:
		ec.naming = marked(m.pair)
	case k.public:
		ec.public = true
	case k.kind == tellsName && m.pair == secrets.NotSecret && m.elem != nil && mayName(m.elem):
		m.pair = w.meaningOf(m.elem, e.ElemAddr, e.Elem).strength
	}
	kc := m.c
	if kc.secret || kc.strength != secrets.NotSecret {
		kc.naming = ofKey
	}
	m.dst = w.value(notation.Comma(m.dst, m.done), m.key, e.KeyAddr, e.Key, kc)
	m.dst = w.value(append(m.dst, ','), m.elem, e.ElemAddr, e.Elem, ec)
	m.done++
	return true
}
