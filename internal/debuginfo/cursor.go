package debuginfo

import (
	"bytes"
	"encoding/binary"
	"errors"
)

var errTruncated = errors.New("truncated")

// A cursor reads little-endian numbers from a byte slice. Reading past the end returns
// zero and is remembered: callers read what they need and check ok once, so a malformed
// section costs no check per field.
type cursor struct {
	data []byte
	pos  int
	bad  bool
}

// cursorAt returns a cursor over data that starts at offset off.
func cursorAt(data []byte, off uint64) cursor {
	if off > uint64(len(data)) {
		return cursor{data: data, pos: len(data), bad: true}
	}
	return cursor{data: data, pos: int(off)}
}

func (c *cursor) ok() bool  { return !c.bad }
func (c *cursor) end() bool { return c.bad || c.pos >= len(c.data) }

// bytes returns the next n bytes, which share memory with the section.
func (c *cursor) bytes(n uint64) []byte {
	if c.bad || n > uint64(len(c.data)-c.pos) {
		c.bad = true
		return nil
	}
	b := c.data[c.pos : c.pos+int(n) : c.pos+int(n)]
	c.pos += int(n)
	return b
}

func (c *cursor) skip(n uint64) { c.bytes(n) }

func (c *cursor) u8() uint8 {
	if c.bad || c.pos >= len(c.data) {
		c.bad = true
		return 0
	}
	v := c.data[c.pos]
	c.pos++
	return v
}

func (c *cursor) u16() uint16 {
	if b := c.bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (c *cursor) u24() uint32 {
	if b := c.bytes(3); b != nil {
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
	}
	return 0
}

func (c *cursor) u32() uint32 {
	if b := c.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (c *cursor) u64() uint64 {
	if b := c.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// offset reads a section offset: 8 bytes in the 64-bit DWARF format, else 4
// (DWARF 5, section 7.4).
func (c *cursor) offset(is64 bool) uint64 {
	if is64 {
		return c.u64()
	}
	return uint64(c.u32())
}

// length reads the initial length of a unit or a call-frame record (DWARF 5, section
// 7.2.2) and reports whether what follows is in the 64-bit format.
func (c *cursor) length() (n uint64, is64 bool) {
	n = uint64(c.u32())
	if n == dwarf64Escape {
		return c.u64(), true
	}
	return n, false
}

const dwarf64Escape = 0xffffffff

// uleb reads an unsigned LEB128 number (DWARF 5, section 7.6). Bits above the
// 64th are dropped, as every other reader does.
func (c *cursor) uleb() uint64 {
	var v uint64
	for shift := uint(0); ; shift += 7 {
		b := c.u8()
		if c.bad {
			return 0
		}
		if shift < 64 {
			v |= uint64(b&0x7f) << shift
		}
		if b&0x80 == 0 {
			return v
		}
	}
}

// sleb reads a signed LEB128 number.
func (c *cursor) sleb() int64 {
	var v int64
	for shift := uint(0); ; shift += 7 {
		b := c.u8()
		if c.bad {
			return 0
		}
		if shift < 64 {
			v |= int64(b&0x7f) << shift
		}
		if b&0x80 == 0 {
			if shift+7 < 64 && b&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
}

// cstring returns the bytes up to the next NUL, which is consumed.
func (c *cursor) cstring() []byte {
	if c.bad {
		return nil
	}
	i := bytes.IndexByte(c.data[c.pos:], 0)
	if i < 0 {
		c.bad = true
		return nil
	}
	b := c.data[c.pos : c.pos+i]
	c.pos += i + 1
	return b
}
