package inspector

import (
	"encoding/binary"
	"math"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// Cell is a byte of memory.
type Cell struct {
	State CellState
	Byte  byte // 0 unless State is Stored
}

// CellState says what the dump knows of a byte.
type CellState uint8

// The states of a byte.
const (
	NotStored CellState = iota // the dump doesn't have it
	Stored
	HiddenCell // it is of a secret
)

// Cells returns the bytes of n addresses from addr on. What any value hides there is hidden,
// whatever others that overlap it say.
func (in *Inspector) Cells(addr uint64, n int, stop func() bool) []Cell {
	cells := make([]Cell, n)
	for i := range cells {
		if addr+uint64(i) < addr || stop() {
			break
		}
		c := &cells[i]
		if all := in.Core.Leaves(addr+uint64(i), func(leaf dump.Value, offset uint64) bool {
			if leaf.Redacted() || leaf.Reason().Kind == caveat.Redacted {
				*c = Cell{State: HiddenCell}
				return false
			}
			if b, ok := in.byteOf(leaf, offset); ok && c.State == NotStored {
				*c = Cell{Stored, b}
			}
			return true
		}, stop); !all && c.State == Stored {
			*c = Cell{} // one that wasn't looked at may hide it
		}
	}
	return cells
}

// byteOf returns a byte of a value that has no parts.
func (in *Inspector) byteOf(v dump.Value, offset uint64) (b byte, ok bool) {
	order, known := in.Core.ByteOrder()
	size := v.Type().Size()
	word := in.wordSize()
	if !known || !v.Valid() {
		return 0, false
	}
	var bits uint64
	switch k := v.Kind(); k {
	case reflect.Complex64, reflect.Complex128:
		size /= 2
		part := real(v.Complex())
		if offset >= uint64(size) {
			part = imag(v.Complex())
		}
		if bits, ok = math.Float64bits(part), !math.IsNaN(part); k == reflect.Complex64 {
			bits = uint64(math.Float32bits(float32(part)))
		}
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.UnsafePointer:
		bits, ok, size = v.Pointer(), v.Pointer() != 0 || v.IsNil(), word
	case reflect.Slice:
		size = word
		switch offset / uint64(word) {
		case 0:
			bits, ok = v.Pointer(), v.Pointer() != 0 || v.IsNil()
		case 1:
			bits, ok = uint64(v.Len()), true
		case 2:
			bits, ok = uint64(v.Cap()), v.Cap() >= 0
		}
	case reflect.String:
		size = word
		bits, ok = uint64(v.Len()), offset/uint64(word) == 1
	default:
		bits, ok = bitsOf(v)
	}
	if !ok || size < 1 || size > 8 {
		return 0, false
	}
	return byteAt(order, bits, int(size), int(offset%uint64(size))), true
}

// byteAt returns a byte of a number of some bytes.
func byteAt(order binary.ByteOrder, bits uint64, size, at int) byte {
	eight := make([]byte, 8)
	order.PutUint64(eight, bits)
	if order == binary.ByteOrder(binary.BigEndian) {
		return eight[8-size+at]
	}
	return eight[at]
}

// wordSize returns how many bytes a pointer of the program has.
func (in *Inspector) wordSize() int64 {
	switch in.Head().Arch {
	case "386", "arm", "mips", "mipsle":
		return 4
	}
	return 8
}

// Word returns the number that bytes of the program's memory are, at most 8.
func (in *Inspector) Word(bytes []byte) (n uint64) {
	order, known := in.Core.ByteOrder()
	for i := range bytes {
		b := bytes[i]
		if !known || order == binary.ByteOrder(binary.LittleEndian) {
			b = bytes[len(bytes)-1-i]
		}
		n = n<<8 | uint64(b)
	}
	return n
}
