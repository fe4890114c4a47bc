package debuginfo

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
)

// elfFile is an ELF executable.
type elfFile struct {
	f *elf.File
}

func newELF(r io.ReaderAt) (container, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	if f.Class != elf.ELFCLASS64 || f.Data != elf.ELFDATA2LSB {
		return nil, fmt.Errorf("unsupported %v %v: only 64-bit little-endian", f.Class, f.Data)
	}
	if f.Machine != elf.EM_X86_64 && f.Machine != elf.EM_AARCH64 {
		return nil, fmt.Errorf("unsupported machine %v: only amd64 and arm64", f.Machine)
	}
	return &elfFile{f}, nil
}

func (e *elfFile) goarch() string {
	if e.f.Machine == elf.EM_AARCH64 {
		return "arm64"
	}
	return "amd64"
}

// elfPage is what the segments of an ELF executable are aligned to at least.
const elfPage = 4 << 10

// base returns where in the file, and at which address, what is mapped first
// begins.
func (e *elfFile) base() (offset, addr uint64, err error) {
	for _, p := range e.f.Progs { // in the order of addresses, ELF gABI chapter 5
		if p.Type == elf.PT_LOAD {
			in := p.Vaddr % elfPage
			return p.Off - in, p.Vaddr - in, nil
		}
	}
	return 0, 0, errors.New("no segment to load")
}

func (e *elfFile) find(name string) *elf.Section {
	for _, s := range e.f.Sections {
		if debugName(s.Name, ".debug_", ".zdebug_") == name && s.Type != elf.SHT_NOBITS && s.Size > 0 {
			return s
		}
	}
	return nil
}

func (e *elfFile) hasSection(name string) bool { return e.find(name) != nil }

func (e *elfFile) section(name string) ([]byte, error) {
	s := e.find(name)
	if s == nil {
		return nil, nil
	}
	return sectionData(s)
}

// sectionData returns the contents of any section, unless it claims too much.
func sectionData(s *elf.Section) ([]byte, error) {
	if s.Flags&elf.SHF_COMPRESSED != 0 {
		if err := inflateBound(s.Name, s.FileSize, s.Size); err != nil {
			return nil, err
		}
	}
	data, err := s.Data()
	if err != nil {
		return nil, fmt.Errorf("read section %q: %w", s.Name, err)
	}
	return data, nil
}

// ELF-64 symbol table entries, System V ABI chapter 4, "Symbol Table".
const (
	elfSymSize  = 24
	elfSymValue = 8 // offset of st_value; st_name is the first 4 bytes
)

// symbol searches .symtab itself: elf.File.Symbols makes a string for each of
// tens of thousands of symbols to find one.
func (e *elfFile) symbol(name string) (uint64, bool) {
	tab := e.f.SectionByType(elf.SHT_SYMTAB)
	if tab == nil || tab.Link == 0 || int(tab.Link) >= len(e.f.Sections) {
		return 0, false
	}
	syms, err := sectionData(tab)
	if err != nil {
		return 0, false
	}
	names, err := sectionData(e.f.Sections[tab.Link])
	if err != nil {
		return 0, false
	}
	want := append([]byte(name), 0)
	for ; len(syms) >= elfSymSize; syms = syms[elfSymSize:] {
		off := e.f.ByteOrder.Uint32(syms)
		if uint64(off) < uint64(len(names)) && bytes.HasPrefix(names[off:], want) {
			return e.f.ByteOrder.Uint64(syms[elfSymValue:]), true
		}
	}
	return 0, false
}

// Notes are a name size, a contents size and a type, then name and contents,
// each padded to 4 bytes (System V ABI chapter 5, "Note Section"). Go's is
// named "Go" and has type 4 (cmd/internal/buildid).
const (
	noteHeader    = 12
	noteGoBuildID = 4
)

func (e *elfFile) buildID() string {
	for _, p := range e.f.Progs {
		if p.Type != elf.PT_NOTE || p.Filesz > 1<<20 {
			continue
		}
		data := make([]byte, p.Filesz)
		if _, err := p.ReadAt(data, 0); err != nil {
			continue
		}
		if id, ok := goBuildIDNote(data, p.Align); ok {
			return id
		}
	}
	return ""
}

func goBuildIDNote(data []byte, align uint64) (string, bool) {
	c := cursor{data: data}
	pad := func(n uint64) {
		if rest := uint64(c.pos) % n; rest != 0 {
			c.skip(n - rest)
		}
	}
	for c.pos+noteHeader <= len(data) && c.ok() {
		nameSize, descSize, typ := c.u32(), c.u32(), c.u32()
		name := c.bytes(uint64(nameSize))
		pad(4)
		desc := c.bytes(uint64(descSize))
		if typ == noteGoBuildID && string(name) == "Go\x00\x00" && c.ok() {
			return string(desc), true
		}
		pad(4)
		if align > 4 && align <= 64 {
			pad(align)
		}
	}
	return "", false
}
