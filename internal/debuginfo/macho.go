package debuginfo

import (
	"debug/macho"
	"fmt"
	"io"
)

// machoFile is a Mach-O executable for one architecture.
type machoFile struct {
	f *macho.File
}

func newMachO(r io.ReaderAt) (container, error) {
	f, err := macho.NewFile(r)
	if err != nil {
		return nil, err
	}
	if f.Cpu != macho.CpuAmd64 && f.Cpu != macho.CpuArm64 {
		return nil, fmt.Errorf("unsupported machine %v: only amd64 and arm64", f.Cpu)
	}
	return &machoFile{f}, nil
}

func (m *machoFile) goarch() string {
	if m.f.Cpu == macho.CpuArm64 {
		return "arm64"
	}
	return "amd64"
}

// machoNameSize is the maximal length of a section's name; longer ones are cut:
// __zdebug_loclists is stored as __zdebug_loclist.
const machoNameSize = 16

func (m *machoFile) find(name string) *macho.Section {
	for _, s := range m.f.Sections {
		for _, full := range [...]string{"__debug_" + name, "__zdebug_" + name} {
			if s.Name == full[:min(len(full), machoNameSize)] && s.Size > 0 && s.Offset != 0 {
				return s
			}
		}
	}
	return nil
}

func (m *machoFile) hasSection(name string) bool { return m.find(name) != nil }

func (m *machoFile) section(name string) ([]byte, error) {
	s := m.find(name)
	if s == nil {
		return nil, nil
	}
	data, err := s.Data()
	if err != nil {
		return nil, fmt.Errorf("read section %q: %w", s.Name, err)
	}
	return inflate(s.Name, data)
}
