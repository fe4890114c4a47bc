package debuginfo

import (
	"debug/elf"
	"errors"
	"fmt"
	"io"
)

// elfFile is an ELF executable, or a file with the debug information of one.
type elfFile struct {
	f    *elf.File
	most *budget // how much of its debug sections is read; nil for an executable
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
	return &elfFile{f: f}, nil
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
