package debuginfo

import (
	"debug/pe"
	"fmt"
	"io"
)

// peFile is a Windows executable.
type peFile struct {
	f *pe.File
}

func newPE(r io.ReaderAt) (container, error) {
	f, err := pe.NewFile(r)
	if err != nil {
		return nil, err
	}
	if f.Machine != pe.IMAGE_FILE_MACHINE_AMD64 && f.Machine != pe.IMAGE_FILE_MACHINE_ARM64 {
		return nil, fmt.Errorf("unsupported machine %#x: only amd64 and arm64", f.Machine)
	}
	if _, ok := f.OptionalHeader.(*pe.OptionalHeader64); !ok {
		return nil, fmt.Errorf("no 64-bit optional header")
	}
	return &peFile{f}, nil
}

func (p *peFile) goarch() string {
	if p.f.Machine == pe.IMAGE_FILE_MACHINE_ARM64 {
		return "arm64"
	}
	return "amd64"
}

func (p *peFile) find(name string) *pe.Section {
	for _, s := range p.f.Sections {
		if debugName(s.Name, ".debug_", ".zdebug_") == name && s.Size > 0 {
			return s
		}
	}
	return nil
}

func (p *peFile) hasSection(name string) bool { return p.find(name) != nil }

func (p *peFile) section(name string) ([]byte, error) {
	s := p.find(name)
	if s == nil {
		return nil, nil
	}
	data, err := s.Data()
	if err != nil {
		return nil, fmt.Errorf("read section %q: %w", s.Name, err)
	}
	// Size is rounded up to the file's alignment, VirtualSize is exact.
	if 0 < s.VirtualSize && uint64(s.VirtualSize) < uint64(len(data)) {
		data = data[:s.VirtualSize]
	}
	return inflate(s.Name, data)
}
