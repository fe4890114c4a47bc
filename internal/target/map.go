package target

import (
	"fmt"
	"math/bits"
	"reflect"
	"slices"
)

// Maps are read as memory, never through the runtime: iterating a map while
// somebody writes to it is a fatal error. The layout is that of the Swiss maps
// of internal/runtime/maps (map.go, table.go, group.go), the same in Go 1.24 to
// 1.26; [Process.checkMaps] tries it on a map of our own first.
const (
	mapUsed      = 0
	mapDirPtr    = 16
	mapDirLen    = 24
	mapWriting   = 34
	mapHeader    = 40
	tableGroups  = 16 // groups.data; groups.lengthMask follows
	tableHeader  = 32
	groupSlots   = 8
	groupCtrl    = 8 // control bytes before the slots
	ctrlNotFull  = 0x80
	maxInline    = 128 // larger keys and elements are stored indirectly
	maxTable     = 128 // groups in one table (maxTableCapacity)
	maxDirectory = 1 << 24
)

// maxGroups bounds how much of a map is searched for entries: one that has been
// huge stays so when most of its entries are gone.
const maxGroups = 1 << 22

// maxEntry bounds the size of a key or an element.
const maxEntry = 1 << 24

// mapLayout is the layout of a map's groups.
type mapLayout struct {
	groupSize, slotSize, elemOff int64
	indirectKey, indirectElem    bool
}

// layoutOf computes the layout for a map type that has no descriptor, as
// cmd/compile/internal/reflectdata/map.go does.
func layoutOf(key, elem *Type) *mapLayout {
	l := &mapLayout{indirectKey: key.Size > maxInline, indirectElem: elem.Size > maxInline}
	ks, ka, es, ea := key.Size, key.align(), elem.Size, elem.align()
	if l.indirectKey {
		ks, ka = word, word
	}
	if l.indirectElem {
		es, ea = word, word
	}
	l.elemOff = roundUp(ks, ea)
	l.slotSize = roundUp(structEnd(l.elemOff, es), max(ka, ea))
	l.groupSize = roundUp(structEnd(groupCtrl, groupSlots*l.slotSize), word)
	return l
}

// structEnd returns where a struct ends whose last field has the given offset
// and size: a field of size 0 is padded, so that its address is in the struct.
func structEnd(off, size int64) int64 {
	if size == 0 && off > 0 {
		return off + 1
	}
	return off + size
}

// fits reports whether a group has room for eight entries of t, as it has unless
// the descriptor is none.
func (l *mapLayout) fits(t *Type) bool {
	key, elem := t.key.Size, t.elem.Size
	if min(key, elem) < 0 || max(key, elem) > maxEntry {
		return false
	}
	if l.indirectKey {
		key = word
	}
	if l.indirectElem {
		elem = word
	}
	const most = 2*maxInline + word
	return key <= maxInline && elem <= maxInline && l.elemOff >= key && l.elemOff <= most &&
		l.slotSize >= l.elemOff+elem && l.slotSize <= most &&
		l.groupSize >= groupCtrl+groupSlots*l.slotSize && l.groupSize <= groupCtrl+groupSlots*most+word
}

func roundUp(n, align int64) int64 { return (n + align - 1) / align * align }

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
	n, err := p.readWord(addr + mapUsed)
	if err == nil && int64(n) < 0 {
		err = fmt.Errorf("no map at %#x", addr)
	}
	return int64(n), err
}

// MapEntries calls visit for the entries of the map at addr until it returns
// false. Bytes of an entry are valid only during the call. An error tells that
// the map isn't one, or changed while it was read; entries visited before that
// were there.
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
	h := p.few(mapHeader)
	if err := p.Mem.Read(h, addr); err != nil {
		return err
	}
	// A small map that doesn't escape is on the stack with its group.
	dir, n := p.Follow(addr+mapDirPtr, le64(h[mapDirPtr:])), le64(h[mapDirLen:])
	used, writing := le64(h[mapUsed:]), h[mapWriting] != 0
	r := p.mapReader
	if p.mapReader = nil; r == nil {
		r = new(mapReader)
	}
	*r = mapReader{p: p, t: t, l: t.maps, visit: visit, buf: r.buf, key: r.key, elem: r.elem}
	defer func() { p.mapReader = r }()
	var err error
	switch {
	case n > maxDirectory || n&(n-1) != 0:
		return fmt.Errorf("no map at %#x", addr)
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
		return fmt.Errorf("map was being written: found %d entries of %d", r.seen, used)
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

// tables visits the tables in a directory. A table that hasn't been split as
// often as others stands in several neighbouring places.
func (r *mapReader) tables(dir, n uint64) error {
	var last uint64
	for ; n > 0 && !r.stopped; n-- {
		table, err := r.p.readWord(dir)
		if err != nil {
			return err
		}
		if dir += word; table == last {
			continue
		}
		last = table
		h := r.p.few(tableHeader)
		if err := r.p.Mem.Read(h, table); err != nil {
			return err
		}
		mask := le64(h[tableGroups+word:])
		if bits.OnesCount64(mask+1) != 1 || mask >= maxTable {
			return fmt.Errorf("no map table at %#x", table)
		}
		if err := r.groups(le64(h[tableGroups:]), mask+1); err != nil {
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
		for i := range uint64(groupSlots) {
			if r.buf[i]&ctrlNotFull != 0 {
				continue
			}
			off := groupCtrl + i*uint64(r.l.slotSize)
			r.seen++
			if err := r.slot(addr+off, r.buf[off:]); err != nil {
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

func (r *mapReader) slot(addr uint64, b []byte) (err error) {
	e := &r.entry
	*e = Entry{KeyAddr: addr, ElemAddr: addr + uint64(r.l.elemOff)}
	if r.l.indirectKey {
		e.KeyAddr = le64(b)
		e.Key, err = r.indirect(&r.key, e.KeyAddr, r.t.key.Size)
	} else {
		e.Key = b[:r.t.key.Size]
	}
	if err != nil {
		return err
	}
	b = b[r.l.elemOff:]
	if r.l.indirectElem {
		e.ElemAddr = le64(b)
		e.Elem, err = r.indirect(&r.elem, e.ElemAddr, r.t.elem.Size)
	} else {
		e.Elem = b[:r.t.elem.Size]
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

// room returns b with n bytes.
func room(b []byte, n int64) []byte { return slices.Grow(b[:0], int(n))[:n] }

// checkMaps reads maps of our own, small, large, and with indirect entries. If
// that fails, maps have another layout (GOEXPERIMENT=noswissmap, a later Go)
// and none is read.
func (p *Process) checkMaps() error {
	small, large := map[string]bool{}, map[[130]byte]uint16{}
	for i := range 1000 {
		if i < groupSlots {
			small[string(rune('a'+i))] = true
		}
		large[[130]byte{byte(i), byte(i >> 8)}] = uint16(i)
	}
	for _, m := range []any{small, large} {
		typ, addr := words(&m)
		t, err := p.runtimeType(typ)
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
