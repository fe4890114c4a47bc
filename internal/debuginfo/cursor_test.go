package debuginfo

import (
	"math"
	"testing"
)

func TestLEB128(t *testing.T) {
	tests := []struct {
		data     string
		unsigned uint64
		signed   int64
		n        int // bytes read, 0 when truncated
	}{
		{"\x00", 0, 0, 1},
		{"\x02", 2, 2, 1},
		{"\x3f", 63, 63, 1},
		{"\x40", 64, -64, 1},
		{"\x7f", 127, -1, 1},
		{"\x80\x01", 128, 128, 2},
		{"\x81\x7f", 16257, -127, 2},
		{"\xe5\x8e\x26", 624485, 624485, 3},
		{"\x80\x80\x00", 0, 0, 3}, // longer than it needs to be
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", math.MaxUint64, -1, 10},
		{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f", 1 << 63, math.MinInt64, 10},
		{"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 0, 0, 12}, // with bits that no number has
		{"", 0, 0, 0},
		{"\x80", 0, 0, 0},
	}
	for _, tt := range tests {
		c := cursor{data: []byte(tt.data + "\x00")[:len(tt.data)]}
		if got := c.uleb(); got != tt.unsigned || c.ok() != (tt.n > 0) || c.ok() && c.pos != tt.n {
			t.Errorf("uleb(%x): got %d, %v, %d bytes, want %d, %d bytes",
				tt.data, got, c.ok(), c.pos, tt.unsigned, tt.n)
		}
		c = cursor{data: []byte(tt.data)}
		if got := c.sleb(); got != tt.signed || c.ok() != (tt.n > 0) || c.ok() && c.pos != tt.n {
			t.Errorf("sleb(%x): got %d, %v, %d bytes, want %d, %d bytes", tt.data, got, c.ok(), c.pos, tt.signed, tt.n)
		}
	}
}

// TestCursorEnd checks that reading past the end gives zero and is remembered.
func TestCursorEnd(t *testing.T) {
	reads := map[string]func(*cursor) uint64{
		"u8":      func(c *cursor) uint64 { return uint64(c.u8()) },
		"u16":     func(c *cursor) uint64 { return uint64(c.u16()) },
		"u24":     func(c *cursor) uint64 { return uint64(c.u24()) },
		"u32":     func(c *cursor) uint64 { return uint64(c.u32()) },
		"u64":     func(c *cursor) uint64 { return c.u64() },
		"bytes":   func(c *cursor) uint64 { return uint64(len(c.bytes(math.MaxUint64))) },
		"cstring": func(c *cursor) uint64 { return uint64(len(c.cstring())) },
		"length":  func(c *cursor) uint64 { n, _ := c.length(); return n },
	}
	for name, read := range reads {
		for _, data := range []string{"", "\xff"} {
			if name == "u8" && data != "" {
				continue
			}
			c := cursor{data: []byte(data)}
			if got := read(&c); got != 0 || c.ok() || !c.end() {
				t.Errorf("%s of %x: got %d, ok %v, want 0, not ok", name, data, got, c.ok())
			}
			if got := c.u8(); got != 0 || c.ok() {
				t.Errorf("%s of %x: reading on got %d, ok %v", name, data, got, c.ok())
			}
		}
	}
	c := cursorAt([]byte("abc"), 4)
	if c.ok() {
		t.Error("cursor past the end is ok")
	}
	c = cursorAt([]byte("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"), 1)
	if got := c.u24(); got != 0x040302 {
		t.Errorf("u24: got %#x", got)
	}
	if got := c.u64(); got != 0x0c0b0a0908070605 {
		t.Errorf("u64: got %#x", got)
	}
	c = cursor{data: []byte("\xff\xff\xff\xff\x08\x07\x06\x05\x04\x03\x02\x01")}
	if n, is64 := c.length(); n != 0x0102030405060708 || !is64 {
		t.Errorf("length: got %#x, %v", n, is64)
	}
}
