package target

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

// at makes an address in fake memory of a number that may be anything.
func (m *fakeMemory) at(n uint64) uint64 { return fakeBase + n%uint64(len(m.data)+1) }

// FuzzMap reads a map whose header, tables and layout are made of random bytes.
// That ends, without a panic, and doesn't read much more than there is.
func FuzzMap(f *testing.F) {
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
	f.Fuzz(func(t *testing.T, data []byte, key, elem, slot, elemOff, group int64, flags uint8) {
		if len(data) > 1<<16 {
			return
		}
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(1 << 30))
		m := &fakeMemory{data: data}
		if len(data) >= mapHeader && flags&4 != 0 {
			// Have pointers that lead somewhere more often.
			dir := data[mapDirPtr:]
			binary.LittleEndian.PutUint64(dir, m.at(binary.LittleEndian.Uint64(dir)))
		}
		p := &Process{Mem: m}
		typ := &Type{
			Name: "map", Kind: reflect.Map,
			key: &Type{Kind: reflect.Struct, Size: key}, elem: &Type{Kind: reflect.Struct, Size: elem},
			maps: &mapLayout{groupSize: group, slotSize: slot, elemOff: elemOff, indirectKey: flags&1 != 0, indirectElem: flags&2 != 0},
		}
		if flags&8 != 0 && min(key, elem) >= 0 && max(key, elem) <= maxEntry {
			typ.maps = layoutOf(typ.key, typ.elem) // one that fits
		}
		visited := 0
		err := p.MapEntries(typ, fakeBase, func(e *Entry) bool {
			if int64(len(e.Key)) != key || int64(len(e.Elem)) != elem {
				t.Errorf("got %d and %d bytes of an entry, want %d and %d", len(e.Key), len(e.Elem), key, elem)
			}
			visited++
			return true
		})
		if err == nil && visited > maxGroups*groupSlots {
			t.Errorf("got %d entries", visited)
		}
		// A directory of n tables, each with maxTable groups, each with eight
		// entries of two reads.
		if most := 3 + len(data)/word*(2+maxTable*(1+2*groupSlots)); m.reads > most {
			t.Errorf("got %d reads of %d bytes of memory, want at most %d", m.reads, len(data), most)
		}
	})
}
