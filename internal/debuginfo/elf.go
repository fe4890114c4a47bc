package debuginfo

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// elfFile is an ELF executable, or a file with the debug information of one.
type elfFile struct {
	f    *elf.File
	most *budget // how much of its debug sections is read; nil for an executable
}

func newELF(r io.ReaderAt) (container, error) {
	if err := checkHeader(r); err != nil {
		return nil, err
	}
	f, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	if f.Machine != elf.EM_X86_64 && f.Machine != elf.EM_AARCH64 {
		return nil, fmt.Errorf("unsupported machine %v: only amd64 and arm64", f.Machine)
	}
	return &elfFile{f: f}, nil
}

// checkHeader refuses what [elf.NewFile] would take time and memory for: it decompresses the names of
// sections, whatever their size. Nobody compresses them.
func checkHeader(r io.ReaderAt) error {
	var h elf.Header64
	if err := readAt(r, 0, &h); err != nil {
		return err
	}
	class, data := elf.Class(h.Ident[elf.EI_CLASS]), elf.Data(h.Ident[elf.EI_DATA])
	if class != elf.ELFCLASS64 || data != elf.ELFDATA2LSB {
		return fmt.Errorf("unsupported %v %v: only 64-bit little-endian", class, data)
	}
	var s elf.Section64
	names := uint32(h.Shstrndx)
	if elf.SectionIndex(names) == elf.SHN_XINDEX { // then the first section has it (ELF gABI, chapter 4)
		if err := readAt(r, h.Shoff, &s); err != nil {
			return err
		}
		names = s.Link
	}
	if names == 0 {
		return nil
	}
	if err := readAt(r, h.Shoff+uint64(names)*uint64(h.Shentsize), &s); err != nil {
		return err
	}
	if elf.SectionFlag(s.Flags)&elf.SHF_COMPRESSED != 0 {
		return errors.New("the names of its sections are compressed")
	}
	return nil
}

// readAt reads a part of a header.
func readAt(r io.ReaderAt, off uint64, part any) error {
	size := int64(binary.Size(part))
	if off > math.MaxInt64-uint64(size) {
		return fmt.Errorf("invalid offset %#x in the header", off)
	}
	if err := binary.Read(io.NewSectionReader(r, int64(off), size), binary.LittleEndian, part); err != nil {
		return fmt.Errorf("read header at %#x: %w", off, err)
	}
	return nil
}

func (e *elfFile) goarch() string {
	if e.f.Machine == elf.EM_AARCH64 {
		return "arm64"
	}
	return "amd64"
}

// elfPage is the least alignment of the segments of an ELF executable.
const elfPage = 4 << 10

// base returns the offset in the file and the address of the segment that is mapped
// first.
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
	if !e.most.take(s.Size) {
		return nil, fmt.Errorf("section %q claims %d bytes, which the executable can't need", s.Name, s.Size)
	}
	return sectionData(s)
}

// sectionData returns the contents of any section, unless it claims too much.
func sectionData(s *elf.Section) ([]byte, error) {
	if s.Size > maxSection {
		return nil, fmt.Errorf("section %q claims %d bytes, more than the limit of %d", s.Name, s.Size, maxSection)
	}
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
