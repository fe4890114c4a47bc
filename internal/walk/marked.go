package walk

import (
	"cmp"
	"reflect"
	"slices"

	"coredumpy/internal/gotypes"
	"coredumpy/internal/target"
)

// The numbers of a key are hidden in the place that has a secret name. The same memory may be
// reached by another way as well, as another type: a slice of an array, a part of it, a pointer
// to one number. So we remember where it is, and hide it there, too.

// maxMarked bounds how many pieces of memory are remembered.
const maxMarked = 10_000

// A piece is memory from an address up to, not including, another one.
type piece struct{ from, to uint64 }

// A markedMemory is memory that holds the numbers of keys: pieces in order of addresses, which
// don't overlap.
type markedMemory struct {
	pieces []piece
	grown  bool // since objects were last compared with them
}

// mark remembers memory that holds the numbers of a key. What is larger is no key.
func (w *Walker) mark(addr, size uint64) {
	if m := &w.marked; !w.inFile && size > 0 && size <= maxRead && len(m.pieces) < maxMarked &&
		!target.Synthetic(addr) && !m.covers(addr, size) {
		m.add(piece{addr, addr + size})
	}
}

// add adds a piece, and joins it with those that it overlaps.
func (m *markedMemory) add(p piece) {
	from, _ := slices.BinarySearchFunc(m.pieces, p.from+1, func(p piece, to uint64) int {
		return cmp.Compare(p.to, to)
	})
	to := from
	for ; to < len(m.pieces) && m.pieces[to].from < p.to; to++ {
		p = piece{min(p.from, m.pieces[to].from), max(p.to, m.pieces[to].to)}
	}
	m.pieces = slices.Replace(m.pieces, from, to, p)
	m.grown = true
}

// last returns the last piece that begins before an address.
func (m *markedMemory) last(addr uint64) (p piece) {
	i, _ := slices.BinarySearchFunc(m.pieces, addr, func(p piece, addr uint64) int { return cmp.Compare(p.from, addr) })
	if i > 0 {
		p = m.pieces[i-1]
	}
	return p
}

// overlaps reports whether a part of some memory is marked.
func (m *markedMemory) overlaps(addr, size uint64) bool {
	return len(m.pieces) > 0 && m.last(addr+size).to > addr
}

// covers reports whether all of some memory is marked.
func (m *markedMemory) covers(addr, size uint64) bool {
	if len(m.pieces) == 0 {
		return false
	}
	p := m.last(addr + 1)
	return p.from <= addr && addr+size <= p.to
}

// Marked reports whether memory holds numbers of a key, which a name has marked by now.
func (w *Walker) Marked(addr, size uint64) bool { return w.marked.overlaps(addr, size) }

// Again encodes a variable as [Walker.Value] does if its memory is marked by now. Else it returns
// the value that it had.
func (w *Walker) Again(value []byte, name string, typ int, addr uint64, shown bool) []byte {
	if typ < 1 || typ > len(w.order) {
		return value
	}
	t := w.order[typ-1].t
	if !w.Marked(addr, uint64(max(t.Size, 0))) || w.named(name, t).has(markKey) {
		return value
	}
	value, _ = w.Value(name, t, addr, shown)
	return value
}

// remark queues the objects that were walked before it was known that their memory is marked. It
// reports whether there are any.
func (w *Walker) remark() bool {
	if !w.marked.grown {
		return false
	}
	w.marked.grown = false
	for id, o := range w.objects.all() {
		if id < w.next && !o.has(markKey) && inOnePiece(o) && w.marked.overlaps(o.Addr, w.memory(o)) {
			w.again = append(w.again, id)
		}
	}
	return len(w.again) > 0
}

// inOnePiece reports whether all of the object's own memory is at its address.
func inOnePiece(o *Object) bool { return o.whole || o.typ.Kind == reflect.Slice }

// hidesMemory reports whether n whole numbers are those of a key, or a part of them.
func (w *Walker) hidesMemory(elem *gotypes.Type, addr uint64, n int64) bool {
	return wholeNumber(elem) && w.marked.covers(addr, uint64(n*elem.Size))
}

func wholeNumber(t *gotypes.Type) bool { return reflect.Int <= t.Kind && t.Kind <= reflect.Uintptr }
