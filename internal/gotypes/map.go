package gotypes

import (
	"fmt"
	"math/bits"
	"reflect"
	"slices"

	"coredumpy/internal/caveat"
	"coredumpy/internal/unsafely"
)

// Maps are read as memory, never through the runtime: iterating a map while another
// goroutine writes to it is a fatal error. They are the Swiss maps of
// internal/runtime/maps (map.go, table.go, group.go; Go 1.24 to 1.27); [Process.checkMaps]
// tests this on maps of our own first.
const (
	groupSlots   = 8
	groupCtrl    = 8 // control bytes at the beginning of a group, one for each slot
	ctrlNotFull  = 0x80
	maxTable     = 128 // groups in one table (maxTableCapacity)
	maxDirectory = 1 << 24
)

// maxGroups bounds how many groups of a map are searched for entries: a map that has been
// huge stays so when most of its entries are gone.
const maxGroups = 1 << 22

// maxEntry bounds the size of a key or an element, maxGroup that of a group: a key or
// element over 128 bytes is stored elsewhere.
const (
	maxEntry = 1 << 24
	maxGroup = 64 << 10
)

// mapsLayout holds the offsets of the fields that we read of a map and its tables.
type mapsLayout struct {
	used, dirPtr, dirLen, writing, mapEnd uint64 // maps.Map
	groups, tableEnd                      uint64 // maps.table
	data, mask                            uint64 // maps.groupsReference
	err                                   error
}

func newMapsLayout() mapsLayout {
	return mapsLayout{used: 0, dirPtr: 16, dirLen: 24, writing: 34, groups: 16, data: 0, mask: 8}
}

func (l *mapsLayout) structs() []StructLayout {
	return []StructLayout{
		{Name: "internal/runtime/maps.Map", end: &l.mapEnd, Err: &l.err, Fields: []FieldLayout{
			{"used", 8, &l.used}, {"dirPtr", 8, &l.dirPtr}, {"dirLen", 8, &l.dirLen},
			{"writing", 1, &l.writing},
		}},
		{Name: "internal/runtime/maps.table", end: &l.tableEnd, Err: &l.err, Fields: []FieldLayout{
			{"groups", 16, &l.groups},
		}},
		{Name: "internal/runtime/maps.groupsReference", Err: &l.err, Fields: []FieldLayout{
			{"data", 8, &l.data}, {"lengthMask", 8, &l.mask},
		}},
	}
}

// mapLayout is the layout of a map's groups: the offsets of the first key and the first
// element, and the distances to the next ones. Large ones are stored elsewhere; the group
// has a pointer to them.
type mapLayout struct {
	groupSize, keyOff, keyStride, elemOff, elemStride int64
	indirectKey, indirectElem                         bool
}

// groupLayout returns the layout of a map whose groups are of the given type, nil if it
// isn't known. The compiler makes that type for each map type, and package reflect for its
// own (cmd/compile/internal/reflectdata/map.go; reflect/map.go): control bytes, then
// either pairs of a key and an element or, with GOEXPERIMENT=mapsplitgroup, all keys and
// then all elements.
func groupLayout(group, key, elem *Type) *mapLayout {
	if group == nil || key == nil || elem == nil || group.Kind != reflect.Struct {
		return nil
	}
	fields := group.Fields()
	if !slotted(fields) {
		return nil
	}
	l := &mapLayout{groupSize: group.Size}
	var k, e *Type // as they are in the group
	if len(fields) == 3 {
		k, e = fields[1].Type.Elem(), fields[2].Type.Elem()
		l.keyOff, l.keyStride, l.elemOff, l.elemStride = fields[1].Offset, k.Size, fields[2].Offset, e.Size
	} else {
		slot := fields[1].Type.Elem()
		pair := slot.Fields()
		if len(pair) != 2 {
			return nil
		}
		k, e = pair[0].Type, pair[1].Type
		l.keyOff, l.keyStride = fields[1].Offset+pair[0].Offset, slot.Size
		l.elemOff, l.elemStride = fields[1].Offset+pair[1].Offset, slot.Size
	}
	var ok1, ok2 bool
	l.indirectKey, ok1 = stored(k, key)
	l.indirectElem, ok2 = stored(e, elem)
	if !ok1 || !ok2 {
		return nil
	}
	return l
}

// slotted reports whether the fields of a group are control bytes, and one or two arrays with
// an element for each slot.
func slotted(fields []Field) bool {
	if len(fields) < 2 || len(fields) > 3 {
		return false
	}
	if ctrl := fields[0]; ctrl.Offset != 0 || ctrl.Type == nil || ctrl.Type.Size != groupCtrl {
		return false
	}
	for _, f := range fields[1:] {
		if f.Type == nil || f.Type.Kind != reflect.Array || f.Type.Len != groupSlots || f.Type.Elem() == nil {
			return false
		}
	}
	return true
}

// stored reports whether a group stores values of type full as pointers, given the type t
// of what is in it; ok is whether it is such a pointer or the value itself.
func stored(t, full *Type) (indirect, ok bool) {
	if t == nil || t.Size == full.Size {
		return false, t != nil
	}
	return true, t.Kind == reflect.Pointer && t.Elem() != nil && t.Elem().Size == full.Size
}

// fits reports whether a group has room for eight entries of t. A group whose descriptor
// is sound always has.
func (l *mapLayout) fits(t *Type) bool {
	inside := func(off, stride, size int64, indirect bool) bool {
		if size < 0 || size > maxEntry {
			return false
		}
		if indirect {
			size = word
		}
		return off >= groupCtrl && off <= maxGroup && stride >= size && stride <= maxGroup &&
			off+(groupSlots-1)*stride+size <= l.groupSize
	}
	return l.groupSize <= maxGroup &&
		inside(l.keyOff, l.keyStride, t.key.Size, l.indirectKey) &&
		inside(l.elemOff, l.elemStride, t.elem.Size, l.indirectElem)
}

// Entry is one entry of a map: addresses and bytes of its key and element.
type Entry struct {
	KeyAddr, ElemAddr uint64
	Key, Elem         []byte
}

// MapLen returns the number of entries that the map at addr says it has.
func (p *Process) MapLen(addr uint64) (int64, error) {
	if p.mapsErr != nil {
		return 0, p.mapsErr
	}
	n, err := p.ReadWord(addr + p.lay.maps.used)
	if err == nil && int64(n) < 0 {
		err = &NoneError{"map", addr}
	}
	return int64(n), err
}

// MapEntries calls visit for the entries of the map at addr until it returns false. Bytes
// of an entry are valid only during the call. An error says that the memory isn't a map,
// or that the map changed while it was read; the entries visited before that were there.
func (p *Process) MapEntries(t *Type, addr uint64, visit func(*Entry) bool) error {
	if p.mapsErr != nil {
		return p.mapsErr
	}
	t.complete()
	if t.key == nil || t.elem == nil || t.maps == nil {
		return fmt.Errorf("type of the entries of %s not known", t.Name)
	}
	if !t.maps.fits(t) {
		return fmt.Errorf("entries of %d and %d bytes in %s", t.key.Size, t.elem.Size, t.Name)
	}
	l := &p.lay.maps
	h := p.few(l.mapEnd)
	if err := p.Mem.Read(h, addr); err != nil {
		return err
	}
	n, used, writing := le64(h[l.dirLen:]), le64(h[l.used:]), h[l.writing] != 0
	// A small map that doesn't escape is on the stack with its group.
	dir := p.Follow(addr+l.dirPtr, le64(h[l.dirPtr:]))
	r := p.mapReader
	if p.mapReader = nil; r == nil {
		r = new(mapReader)
	}
	*r = mapReader{p: p, t: t, l: t.maps, visit: visit, buf: r.buf, key: r.key, elem: r.elem}
	defer func() { p.mapReader = r }()
	var err error
	switch {
	case n > maxDirectory || n&(n-1) != 0:
		return &NoneError{"map", addr}
	case n == 0 && dir == 0: // made, and never written to
	case n == 0:
		err = r.groups(dir, 1)
	default:
		err = r.tables(dir, n)
	}
	if err != nil || r.stopped {
		return err
	}
	if r.seen != used || writing {
		return caveat.Reason{Kind: caveat.MapWritten, N: int64(r.seen), M: int64(used)}
	}
	return nil
}

type mapReader struct {
	p        *Process
	t        *Type
	l        *mapLayout
	visit    func(*Entry) bool
	seen     uint64 // entries
	searched uint64 // groups
	stopped  bool
	buf      []byte
	key      []byte
	elem     []byte
	entry    Entry
}

// tables visits the tables in a directory. A table that has been split less often than
// others is in several neighbouring slots.
func (r *mapReader) tables(dir, n uint64) error {
	var last uint64
	for ; n > 0 && !r.stopped; n-- {
		table, err := r.p.ReadWord(dir)
		if err != nil {
			return err
		}
		if dir += word; table == last {
			continue
		}
		last = table
		l := &r.p.lay.maps
		h := r.p.few(l.tableEnd)
		if err := r.p.Mem.Read(h, table); err != nil {
			return err
		}
		h = h[l.groups:]
		mask := le64(h[l.mask:])
		if bits.OnesCount64(mask+1) != 1 || mask >= maxTable {
			return &NoneError{"map table", table}
		}
		if err := r.groups(le64(h[l.data:]), mask+1); err != nil {
			return err
		}
	}
	return nil
}

// groups visits the full slots of n groups at addr.
func (r *mapReader) groups(addr, n uint64) error {
	if r.searched += n; r.searched > maxGroups {
		return fmt.Errorf("map is too large: found %d entries in a part of it", r.seen)
	}
	r.buf = room(r.buf, r.l.groupSize)
	for ; n > 0 && !r.stopped; n-- {
		if err := r.p.Mem.Read(r.buf, addr); err != nil {
			return err
		}
		for i := range int64(groupSlots) {
			if r.buf[i]&ctrlNotFull != 0 {
				continue
			}
			r.seen++
			if err := r.slot(addr, i); err != nil {
				return err
			}
			if r.stopped {
				break
			}
		}
		addr += uint64(r.l.groupSize)
	}
	return nil
}

// slot visits the i-th slot of the group at addr, which is in buf.
func (r *mapReader) slot(addr uint64, i int64) (err error) {
	key, elem := r.l.keyOff+i*r.l.keyStride, r.l.elemOff+i*r.l.elemStride
	e := &r.entry
	*e = Entry{KeyAddr: addr + uint64(key), ElemAddr: addr + uint64(elem)}
	if r.l.indirectKey {
		e.KeyAddr = le64(r.buf[key:])
		e.Key, err = r.indirect(&r.key, e.KeyAddr, r.t.key.Size)
	} else {
		e.Key = r.buf[key:][:r.t.key.Size]
	}
	if err != nil {
		return err
	}
	if r.l.indirectElem {
		e.ElemAddr = le64(r.buf[elem:])
		e.Elem, err = r.indirect(&r.elem, e.ElemAddr, r.t.elem.Size)
	} else {
		e.Elem = r.buf[elem:][:r.t.elem.Size]
	}
	if err == nil && !r.visit(e) {
		r.stopped = true
	}
	return err
}

func (r *mapReader) indirect(buf *[]byte, addr uint64, size int64) ([]byte, error) {
	*buf = room(*buf, size)
	err := r.p.Mem.Read(*buf, addr)
	return *buf, err
}

// room returns b, made n bytes long.
func room(b []byte, n int64) []byte { return slices.Grow(b[:0], int(n))[:n] }

// checkMaps reads maps of our own: small, large, and with indirect entries. If that fails,
// maps have another layout (GOEXPERIMENT=noswissmap, a later Go), and none is read.
func (p *Process) checkMaps() error {
	small, large := map[string]bool{}, map[[130]byte]uint16{}
	for i := range 1000 {
		if i < groupSlots {
			small[string(rune('a'+i))] = true
		}
		large[[130]byte{byte(i), byte(i >> 8)}] = uint16(i)
	}
	for _, m := range []any{small, large} {
		typ, addr := unsafely.Words(&m)
		t, err := p.RuntimeType(typ)
		if err != nil {
			return err
		}
		good, n := 0, reflect.ValueOf(m).Len()
		err = p.MapEntries(t, addr, func(e *Entry) bool {
			if t.Elem().Kind == reflect.Bool && len(e.Key) == 2*word && e.Elem[0] == 1 ||
				t.Elem().Kind == reflect.Uint16 && le16(e.Key) == le16(e.Elem) {
				good++
			}
			return true
		})
		if err != nil || good != n {
			return fmt.Errorf("map layout not recognised")
		}
	}
	return nil
}
