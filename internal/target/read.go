package target

import (
	"encoding/binary"

	"coredumpy/internal/memory"
)

// word is the size of a pointer. Only 64-bit processes are supported.
const word = 8

func readWord(m memory.Reader, addr uint64) (uint64, error) {
	var b [word]byte
	err := m.Read(b[:], addr)
	return le64(b[:]), err
}

// few returns n bytes, at most maxStruct, that are valid until the next read:
// what a memory.Reader reads into can't be on the stack, and the collector is off.
func (p *Process) few(n uint64) []byte { return p.small[:n] }

// readWord is readWord without an allocation.
func (p *Process) readWord(addr uint64) (uint64, error) {
	b := p.few(word)
	if err := p.Mem.Read(b, addr); err != nil {
		return 0, err
	}
	return le64(b), nil
}

func readUint32(m memory.Reader, addr uint64) (uint32, error) {
	var b [4]byte
	err := m.Read(b[:], addr)
	return le32(b[:]), err
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
