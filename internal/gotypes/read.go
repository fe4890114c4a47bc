package gotypes

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Word is the size of a pointer. Only 64-bit processes are supported.
const Word = 8

const word = Word

// NoneError says that what is at an address isn't what should be there.
type NoneError struct {
	What string // such as map
	Addr uint64
}

func (e *NoneError) Error() string { return fmt.Sprintf("no %s at %#x", e.What, e.Addr) }

// few returns n bytes, at most maxStruct, that are valid until the next read: it reuses
// them, as a memory.Reader can't read into the stack, and the collector is off.
func (p *Process) few(n uint64) []byte { return p.small[:n] }

// ReadWord reads the word at addr.
func (p *Process) ReadWord(addr uint64) (uint64, error) {
	b := p.few(word)
	if err := p.Mem.Read(b, addr); err != nil {
		return 0, err
	}
	return le64(b), nil
}

// ReadPair reads the two words at addr, such as those of a string, of an interface,
// or the first two of a slice.
func (p *Process) ReadPair(addr uint64) (pair [2]uint64, err error) {
	b := p.few(2 * word)
	if err := p.Mem.Read(b, addr); err != nil {
		return pair, err
	}
	return [2]uint64{le64(b), le64(b[word:])}, nil
}

// ReadUint32 reads the 32-bit number at addr.
func (p *Process) ReadUint32(addr uint64) (uint32, error) {
	b := p.few(4)
	if err := p.Mem.Read(b, addr); err != nil {
		return 0, err
	}
	return le32(b), nil
}

func (p *Process) readByte(addr uint64) (byte, error) {
	b := p.few(1)
	if err := p.Mem.Read(b, addr); err != nil {
		return 0, err
	}
	return b[0], nil
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// PointerAt reads a pointer and returns where it leads.
func (p *Process) PointerAt(addr uint64) (uint64, error) {
	to, err := p.ReadWord(addr)
	return p.Follow(addr, to), err
}

// Holds reports whether the bytes at addr are value.
func (p *Process) Holds(addr uint64, value []byte) bool {
	there := make([]byte, len(value))
	return p.Mem.Read(there, addr) == nil && bytes.Equal(there, value)
}

// ReadString reads the string whose header is at addr, if it isn't longer than
// limit.
func (p *Process) ReadString(addr uint64, limit int) (string, error) {
	h, err := p.ReadPair(addr)
	if err != nil {
		return "", err
	}
	if h[1] > uint64(limit) {
		return "", fmt.Errorf("string of %d bytes at %#x", h[1], addr)
	}
	b := make([]byte, h[1])
	err = p.Mem.Read(b, h[0])
	return string(b), err
}

// MaxText bounds what Text reads, in bytes.
const MaxText = 64 << 10

// Text reads n bytes of text at addr, but at most MaxText. It never ends in the middle of
// a word: half a secret might not be recognised as one.
func (p *Process) Text(addr, n uint64) string {
	b := make([]byte, min(n, MaxText))
	if p.Mem.Read(b, addr) != nil {
		return ""
	}
	if n > MaxText {
		b = b[:bytes.LastIndexAny(b, " \t\r\n")+1]
	}
	return string(b)
}
