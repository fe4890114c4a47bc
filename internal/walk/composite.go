package walk

import (
	"reflect"
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
)

// composite appends a struct or an array. data is nil if it is too large to be read at
// once.
func (w *Walker) composite(dst []byte, t *gotypes.Type, addr uint64, data []byte, c context) []byte {
	c = c.inside()
	if w.nesting++; w.nesting > maxNesting {
		w.nesting--
		return w.absent(dst, caveat.Reason{Kind: caveat.SelfContained, Text: t.Name})
	}
	defer func() { w.nesting-- }()
	if t.Kind == reflect.Struct {
		return w.structure(dst, t, addr, data, c)
	}
	elem := t.Elem()
	if elem == nil {
		return w.absent(dst, typeUnknown)
	}
	if elem.Size > 0 && t.Len > t.Size/elem.Size {
		return w.absent(dst, caveat.Reason{Kind: caveat.BadArray, Text: t.Name, N: t.Size})
	}
	return w.elements(dst, elem, addr, t.Len, data, c)
}

func (w *Walker) structure(dst []byte, t *gotypes.Type, addr uint64, data []byte, c context) []byte {
	r := w.use(t)
	c = c.ofStruct(r)
	pair := secrets.NotSecret
	if r.pairs {
		pair = w.secretPair(r, addr, data)
	}
	dst = append(dst, '[')
	fields := t.Fields()
	for i := range fields {
		f := &fields[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		fc := c.ofField(r, i, pair)
		switch {
		case !w.tick(dst):
			dst = w.absent(dst, w.cut(w.stopped))
		case f.Undecided:
			dst = w.absent(dst, undecided)
		case f.Indirect:
			dst = w.indirect(dst, f, addr, fc)
		case f.Type != nil && data != nil && f.Offset >= 0 && f.Type.Size >= 0 &&
			f.Offset <= int64(len(data))-f.Type.Size:
			dst = w.value(dst, f.Type, addr+uint64(f.Offset), data[f.Offset:f.Offset+f.Type.Size], fc)
		default:
			dst = w.load(dst, f.Type, addr+uint64(f.Offset), fc)
		}
	}
	return append(dst, ']')
}

// ofStruct is the context of the fields of a struct.
func (c context) ofStruct(r *typeRef) context {
	if r.parsed && c.has(markToken) && !c.has(markDeep) {
		c.naming = naming{} // only the names of its own fields count
	}
	return c
}

// ofField is the context of field i of a struct with context c. pair is what the name says
// in a struct of a name and a value.
func (c context) ofField(r *typeRef, i int, pair secrets.Strength) context {
	fc := c.field(r, i)
	fc.shown = r.showsField(i, c.shown)
	if r.fields[i].value && pair != secrets.NotSecret {
		fc.naming = marked(pair)
	}
	return fc
}

// indirect appends a field that is held as a pointer to its value.
func (w *Walker) indirect(dst []byte, f *gotypes.Field, addr uint64, c context) []byte {
	var p [8]byte
	if err := w.p.Mem.Read(p[:], addr+uint64(f.Offset)); err != nil {
		return w.absent(dst, caveat.Of(err))
	}
	return w.load(dst, f.Type, w.p.Follow(addr+uint64(f.Offset), word(p[:], 0)), c)
}

// elements appends n elements at addr, as a list. data holds all of them, or is
// nil.
func (w *Walker) elements(dst []byte, elem *gotypes.Type, addr uint64, n int64, data []byte, c context) []byte {
	w.use(elem)
	switch elem.Kind {
	case reflect.Uint8, reflect.Int8:
		return w.text(dst, addr, uint64(n), c, data...)
	case reflect.Int32, reflect.Uint16:
		if out, ok := w.runes(dst, elem, addr, n, c); ok {
			return out
		}
	}
	if c.hidesList(elem, n) {
		w.mark(addr, uint64(n*elem.Size))
		return w.hiddenNumbers(dst, elem, addr, n, data, c)
	}
	if w.hidesMemory(elem, addr, n) {
		return w.hiddenNumbers(dst, elem, addr, n, data, c)
	}
	dst, mark := append(dst, '['), len(dst)
	dst, done, why := w.list(dst, elem, addr, n, data, c)
	dst = append(dst, ']')
	if done == n {
		return dst
	}
	if why.Kind == caveat.None {
		why = w.cut("elements")
	}
	return notation.EndReason(notation.ListOf(dst, mark, n), why)
}

// hidesList reports whether n elements are the numbers of a key.
func (c context) hidesList(elem *gotypes.Type, n int64) bool {
	return wholeNumber(elem) && c.has(markKey) && n > 0
}

// list appends what goes between the brackets of a list of n elements, as far as a limit
// allows. It returns how many it appended, and why no more, unless because of the limit
// of elements.
func (w *Walker) list(
	dst []byte, elem *gotypes.Type, addr uint64, n int64, data []byte, c context,
) (_ []byte, done int64, why caveat.Reason) {
	stored := min(n, int64(w.lim.Elements))
	if stored < n && elem.Size > 0 && data == nil {
		if err := w.probe(addr, uint64(n*elem.Size)); err != nil {
			return dst, 0, caveat.Of(err) // it can't be as long as it claims
		}
	}
	w.learnRows(elem, addr, n)
	mark := len(dst)
	for done < stored {
		dst = w.expect(dst, mark, done, stored, maxRead/max(elem.Size, 1))
		if elem.Size > maxRead || elem.Size == 0 {
			dst = w.load(notation.Comma(dst, done), elem, addr+uint64(done*elem.Size), c)
			done++
		} else {
			var err error
			if dst, done, err = w.block(dst, elem, addr, n, done, stored, data, c); err != nil {
				return dst, done, caveat.Of(err)
			}
		}
		if !w.tick(dst) {
			return dst, done, w.cut(w.stopped)
		}
	}
	return dst, done, why
}

// block appends as many elements, starting at done, as are read at once. It returns how
// many are done then.
func (w *Walker) block(dst []byte, elem *gotypes.Type, addr uint64, n, done, stored int64, data []byte, c context) (
	[]byte, int64, error) {
	count := min(stored-done, max(maxRead/elem.Size, 1))
	if data != nil {
		data = data[done*elem.Size:]
	} else {
		data = w.borrow(count * elem.Size)
		defer w.giveBack(data)
		if err := w.p.Mem.Read(data, addr+uint64(done*elem.Size)); err != nil {
			return dst, done, err
		}
	}
	last := 0 // where the element before begins
	for i := int64(0); i < count && w.tick(dst); i++ {
		at, ec := addr+uint64(done*elem.Size), c
		if i > 0 {
			s := w.namesNext(elem, n, done-1, at-uint64(elem.Size), data[(i-1)*elem.Size:], dst[last:])
			if s != secrets.NotSecret {
				ec.naming = marked(s)
			}
		}
		dst = notation.Comma(dst, done)
		last = len(dst)
		dst = w.value(dst, elem, at, data[i*elem.Size:(i+1)*elem.Size], ec)
		done++
	}
	return dst, done, nil
}

// expect makes room in dst for the rest of n elements, if there is none for those before
// the next call. done elements were written from mark on. Growing bit by bit would leave
// behind a multiple of what is needed, and the collector is off.
func (w *Walker) expect(dst []byte, mark int, done, n, next int64) []byte {
	if done == 0 {
		return dst
	}
	written := int64(len(dst) - mark)
	each := written/done + 1
	if int64(cap(dst)-len(dst)) > each*min(next, n-done) {
		return dst
	}
	rest := min(each*(n-done), 4*written, w.lim.Bytes-w.size-int64(len(dst)))
	return slices.Grow(dst, int(max(0, rest+rest/8)))
}
