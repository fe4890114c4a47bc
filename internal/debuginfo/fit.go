package debuginfo

import (
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

// Debug information of another build would show wrong values. It belongs to an executable if
// both have the same build ID, Go's or GNU's. The linker gives a stripped executable another
// one, but with -trimpath the same code: so it also belongs to it if the code, the runtime's
// tables of functions and lines (pclntab), the types and the read-only data are the same, byte
// by byte, what is changeable is at the same addresses, and the build IDs tell of the same
// package main.

// sumsSection holds what is compared, as text: a line for each section.
const sumsSection = ".coredumpy_sums"

// compared are the sections to compare: code, constants, types and the runtime's tables. Types
// are in .go.type since Go 1.27, and in .rodata before. Those whose names begin with .data.rel.ro
// are in position-independent executables. Of the last four the address and the size are compared.
var compared = [...]string{
	".text", ".gopclntab", ".data.rel.ro.gopclntab", ".data.rel.ro", ".rodata",
	".go.type", ".data.rel.ro.go.type", ".go.func", ".data.rel.ro.go.func",
	".noptrdata", ".data", ".bss", ".noptrbss",
}

// isChangeable reports whether only the address and the size of a section are compared.
func isChangeable(name string) bool { return slices.Contains(compared[len(compared)-4:], name) }

// sums returns a line for each section to compare, by its name; nil if that isn't known.
func (e *elfFile) sums() (map[string]string, error) {
	if s := e.f.Section(sumsSection); s != nil {
		return readSums(s)
	}
	lines := map[string]string{}
	for _, name := range compared {
		s := e.f.Section(name)
		switch {
		case s == nil:
		case isChangeable(name):
			lines[name] = fmt.Sprintf("%s %x %x", name, s.Addr, s.Size)
		case s.Type == elf.SHT_NOBITS: // the file holds only debug information
			return nil, nil
		default:
			sum, err := checksum(s)
			if err != nil {
				return nil, err
			}
			lines[name] = fmt.Sprintf("%s %x %x %016x", name, s.Addr, s.Size, sum)
		}
	}
	return lines, nil
}

// maxSums bounds the size of that text, and of a note.
const maxSums = 4 << 10

func readSums(s *elf.Section) (map[string]string, error) {
	if s.Size > maxSums {
		return nil, fmt.Errorf("section %q has %d bytes, more than the limit of %d", s.Name, s.Size, maxSums)
	}
	text, err := sectionData(s)
	if err != nil {
		return nil, err
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		name, _, _ := strings.Cut(line, " ")
		lines[name] = line
	}
	return lines, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns two checksums of a section in one, each of which processors compute
// faster than they read files.
func checksum(s *elf.Section) (uint64, error) {
	if s.Flags&elf.SHF_COMPRESSED != 0 {
		return 0, fmt.Errorf("section %q is compressed", s.Name)
	}
	var first, second uint32
	buf := make([]byte, 64<<10)
	for off := int64(0); off < int64(s.Size); {
		n, err := s.ReadAt(buf[:min(int64(len(buf)), int64(s.Size)-off)], off)
		first = crc32.Update(first, crc32.IEEETable, buf[:n])
		second = crc32.Update(second, castagnoli, buf[:n])
		if off += int64(n); err != nil && (err != io.EOF || off < int64(s.Size)) {
			return 0, fmt.Errorf("read section %q: %w", s.Name, err)
		}
	}
	return uint64(first)<<32 | uint64(second), nil
}

// buildIDs returns the build IDs of Go and of GNU, "" if there is none.
func (e *elfFile) buildIDs() (golang, gnu string) {
	return e.note(".note.go.buildid", "Go", 4), hex.EncodeToString([]byte(e.note(".note.gnu.build-id", "GNU", 3)))
}

// note returns the contents of a note in a section, "" if there is none.
func (e *elfFile) note(section, name string, kind uint32) string {
	s := e.f.Section(section)
	if s == nil || s.Type == elf.SHT_NOBITS || s.Size > maxSums {
		return ""
	}
	data, err := sectionData(s)
	if err != nil {
		return ""
	}
	return noteIn(data, name, kind)
}

// noteIn returns the contents of one of several notes (ELF gABI, "Note Section").
func noteIn(data []byte, name string, kind uint32) string {
	const header = 12
	align := func(n uint32) uint64 { return (uint64(n) + 3) &^ 3 }
	for len(data) >= header {
		nameSize, size := binary.LittleEndian.Uint32(data), binary.LittleEndian.Uint32(data[4:])
		is := binary.LittleEndian.Uint32(data[8:])
		end := header + align(nameSize) + uint64(size)
		if end > uint64(len(data)) {
			return ""
		}
		got := strings.TrimRight(string(data[header:header+nameSize]), "\x00")
		if got == name && is == kind {
			return string(data[header+align(nameSize) : end])
		}
		data = data[min(header+align(nameSize)+align(size), uint64(len(data))):]
	}
	return ""
}

// fits returns nil if other has the debug information of this executable, and otherwise the
// reason.
func (e *elfFile) fits(other *elfFile) error {
	if e.f.Machine != other.f.Machine {
		return fmt.Errorf("is for %s, not %s", other.goarch(), e.goarch())
	}
	if same, err := e.sameBuild(other); same || err != nil {
		return err
	}
	its, err := other.sums()
	if err != nil {
		return err
	}
	if its == nil {
		return errors.New("is of another build: no build ID says that it is of this one, and it has no " +
			"checksums, as coredumpy debuginfo writes them")
	}
	own, err := e.sums()
	if err != nil {
		return err
	}
	return differ(own, its)
}

// sameBuild reports whether the build IDs say that both are of the same build. The error says that
// they can't be.
func (e *elfFile) sameBuild(other *elfFile) (bool, error) {
	ownGo, ownGNU := e.buildIDs()
	itsGo, itsGNU := other.buildIDs()
	if ownGo == "" || itsGo == "" {
		return ownGNU != "" && ownGNU == itsGNU, nil
	}
	own, its := parts(ownGo), parts(itsGo)
	if own == nil || its == nil {
		return false, nil
	}
	if !slices.Equal(own[1:3], its[1:3]) {
		return false, errors.New("is of another build: its package main, or one that this imports, " +
			"is of another source or was built with other flags")
	}
	return ownGo == itsGo, nil
}

// parts returns the parts of a build ID of the go command, nil of any other: -ldflags=-buildid=redacted
// gives all programs the same, and then they have the same GNU build ID. The first part is about how the
// program was linked, the two in the middle are about its package main (the go command's buildid.go).
func parts(id string) []string {
	const least = 10 // characters of a hash: 20 of them are written
	all := strings.Split(id, "/")
	if len(all) != 4 || slices.ContainsFunc(all, func(part string) bool { return len(part) < least }) {
		return nil
	}
	return all
}

// differ returns an error that says how the sections of two builds differ, nil if they don't.
func differ(own, its map[string]string) error {
	var others []string
	for _, name := range compared {
		if own[name] != its[name] {
			others = append(others, name)
		}
	}
	switch {
	case len(others) > 0:
		return fmt.Errorf("is of another build: it has another %s", strings.Join(others, ", "))
	case own[".text"] == "" || own[compared[1]]+own[compared[2]]+own[compared[3]] == "":
		return errors.New("can't be compared: the executable has no section .text or .gopclntab")
	}
	return nil
}
