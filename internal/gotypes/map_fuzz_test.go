package gotypes

import (
	"encoding/binary"
	"errors"
	"reflect"
	"runtime/debug"
	"testing"
)

// fakeMemory is memory at fakeBase, and nothing else.
type fakeMemory struct {
	data  []byte
	reads int
	bytes int
}

const fakeBase = 1 << 16

func (m *fakeMemory) Read(p []byte, addr uint64) error {
	m.reads++
	off := addr - fakeBase
	if off > uint64(len(m.data)) || uint64(len(p)) > uint64(len(m.data))-off {
		return errors.New("no memory")
	}
	m.bytes += len(p)
	copy(p, m.data[off:])
	return nil
}

// at turns any number into an address in the fake memory.
func (m *fakeMemory) at(n uint64) uint64 { return fakeBase + n%uint64(len(m.data)+1) }

// image is the memory of a map at fakeBase.
type image []byte

func (m *image) words(words ...uint64) {
	for _, w := range words {
		*m = binary.LittleEndian.AppendUint64(*m, w)
	}
}

// next is the address of the next addition.
func (m *image) next() uint64 { return fakeBase + uint64(len(*m)) }

// groups adds n groups, whose slots have a given size: in each group one slot is full, one
// was deleted, the others are empty. The words are the key and the element of the full
// one.
func (m *image) groups(n, slotSize int, words ...uint64) {
	for range n {
		*m = append(*m, 0x80, 0x2a, 0xfe, 0x80, 0x80, 0x80, 0x80, 0x80)
		slots := image{}
		slots.words(words...)
		*m = append(*m, make([]byte, slotSize)...)
		*m = append(*m, slots...)
		*m = append(*m, make([]byte, groupSlots*slotSize-slotSize-len(slots))...)
	}
}

// header adds the header of a map whose directory of n tables comes next.
func (m *image) header(used, n uint64) {
	m.words(used, 0, fakeBase+48, n, 0, 0)
}

// tableSize is the size of a maps.table.
const tableSize = 32

// tables makes the memory of a map of two tables, with 4 and 2 groups; the directory has
// one twice.
func tables(slotSize int, words ...uint64) image {
	var m image
	m.header(6, 4)
	first := m.next() + 4*word
	m.words(first, first, first+tableSize, first+tableSize)
	groups := first + 2*tableSize
	m.words(0, 0, groups, 3)
	m.words(0, 0, groups+4*uint64(groupCtrl+groupSlots*slotSize), 1)
	m.groups(6, slotSize, words...)
	return m
}

// addMaps adds maps that are nearly right, as seeds.
func addMaps(f *testing.F) {
	header := func(dir, n uint64, rest ...byte) []byte {
		b := binary.LittleEndian.AppendUint64(nil, 3)
		b = binary.LittleEndian.AppendUint64(b, 0)
		b = binary.LittleEndian.AppendUint64(b, dir)
		b = binary.LittleEndian.AppendUint64(b, n)
		return append(append(b, make([]byte, 16)...), rest...)
	}
	group := append([]byte{1, 2, 3, 0x80, 0x80, 0x80, 0x80, 0xfe}, make([]byte, 200)...)
	f.Add(header(fakeBase+48, 0, group...), int64(8), int64(8), int64(16), int64(8), int64(136), uint8(0))
	f.Add(header(fakeBase, 4, group...), int64(8), int64(8), int64(16), int64(8), int64(136), uint8(3))
	f.Add(header(fakeBase, 1<<16), int64(200), int64(0), int64(8), int64(8), int64(72), uint8(1))
	f.Add([]byte{}, int64(0), int64(0), int64(0), int64(0), int64(16), uint8(0))
	f.Add(header(fakeBase+48, 0, group...), int64(-1), int64(1<<62), int64(-8), int64(1<<40), int64(8), uint8(2))
	f.Add(header(fakeBase+48, 0, group...), int64(-37), int64(8), int64(16), int64(8), int64(136), uint8(0))
	f.Add(header(fakeBase+48, 2, append(binary.LittleEndian.AppendUint64(nil, fakeBase+56), append(make([]byte, 16), group...)...)...), int64(1), int64(0), int64(0), int64(0), int64(0), uint8(8))
	f.Add(header(fakeBase+48, 0, group...), int64(8), int64(8), int64(8), int64(8), int64(136), uint8(32))
	large := tables(16, 7, 8) // each next one has larger entries
	f.Add([]byte(large), int64(8), int64(8), int64(16), int64(8), int64(136), uint8(0))
	f.Add([]byte(large[:len(large)-100]), int64(8), int64(8), int64(16), int64(8), int64(136), uint8(0))
	f.Add([]byte(tables(16, fakeBase+64, fakeBase+128)), int64(200), int64(300), int64(0), int64(0), int64(0), uint8(8))
	f.Add([]byte(tables(16, fakeBase+64, 1)), int64(200), int64(300), int64(0), int64(0), int64(0), uint8(8))
	f.Add([]byte(tables(16, fakeBase+64, 5)), int64(200), int64(8), int64(16), int64(8), int64(136), uint8(1))
	f.Add([]byte(tables(136, 1, 2)), int64(128), int64(8), int64(0), int64(0), int64(0), uint8(8))
	var small image
	small.header(1, 0)
	small.groups(1, 16, 7)
	f.Add([]byte(small), int64(8), int64(0), int64(0), int64(0), int64(0), uint8(8))
	f.Add([]byte(small), int64(8), int64(0), int64(0), int64(0), int64(0), uint8(8|16))
	small[newLayouts().maps.writing] = 1
	f.Add([]byte(small), int64(8), int64(0), int64(0), int64(0), int64(0), uint8(8))
}

// FuzzMap reads a map whose header, tables and layout are random bytes. It must end,
// without a panic, and not read much more than there is.
func FuzzMap(f *testing.F) {
	addMaps(f)
	f.Fuzz(func(t *testing.T, data []byte, key, elem, slot, elemOff, group int64, flags uint8) {
		if len(data) > 1<<16 {
			return
		}
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30))
		m := &fakeMemory{data: data}
		if l := newLayouts().maps; len(data) >= int(l.mapEnd) && flags&4 != 0 {
			// Make more pointers lead somewhere.
			dir := data[l.dirPtr:]
			binary.LittleEndian.PutUint64(dir, m.at(binary.LittleEndian.Uint64(dir)))
		}
		p := New(m)
		typ := &Type{
			Name: "map", Kind: reflect.Map,
			key: &Type{Kind: reflect.Struct, Size: key}, elem: &Type{Kind: reflect.Struct, Size: elem},
			maps: &mapLayout{groupSize: group, keyOff: groupCtrl, keyStride: slot, elemOff: groupCtrl + elemOff, elemStride: slot, indirectKey: flags&1 != 0, indirectElem: flags&2 != 0},
		}
		if flags&8 != 0 && min(key, elem) >= 0 && max(key, elem) <= maxEntry {
			typ.maps = layoutOf(typ.key, typ.elem) // one that fits
		}
		if flags&32 != 0 { // keys and elements apart
			typ.maps.elemOff, typ.maps.elemStride = groupCtrl+groupSlots*typ.maps.keyStride, elem
		}
		if n, err := p.MapLen(fakeBase); err == nil && n < 0 {
			t.Errorf("got a length of %d", n)
		}
		visited := 0
		err := p.MapEntries(typ, fakeBase, func(e *Entry) bool {
			if int64(len(e.Key)) != key || int64(len(e.Elem)) != elem {
				t.Errorf("got %d and %d bytes of an entry, want %d and %d", len(e.Key), len(e.Elem), key, elem)
			}
			visited++
			return flags&16 == 0
		})
		if err == nil && visited > maxGroups*groupSlots {
			t.Errorf("got %d entries", visited)
		}
		if flags&16 != 0 && visited > 1 {
			t.Errorf("got %d entries, want to stop after one", visited)
		}
		// A directory of n tables, each with maxTable groups, each with eight
		// entries of two reads.
		if most := 3 + len(data)/word*(2+maxTable*(1+2*groupSlots)); m.reads > most {
			t.Errorf("got %d reads of %d bytes of memory, want at most %d", m.reads, len(data), most)
		}
	})
}
