package debuginfo

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A file with debug information is an ELF file, so that other debuggers can use it as well. It
// has the sections of the executable: those that are loaded without their contents, as objcopy
// --only-keep-debug writes them, the build IDs, and, compressed, the debug sections that are
// read here. Checksums make it fit an executable with another build ID, see [File.LookBeside].

// written are the debug sections that a File reads, of DWARF 4 or 5.
var written = [...]string{
	"abbrev", "addr", "frame", "info", "line", "line_str", "loc", "loclists", "ranges", "rnglists", "str",
	"str_offsets",
}

// Write writes the debug information of an ELF executable to w. It returns how many bytes the
// debug sections have that it has written, and all of them in the executable.
func Write(w io.Writer, executable io.ReaderAt) (n, of int64, err error) {
	defer recoverTo(&err)
	c, err := newELF(executable)
	if err != nil {
		return 0, 0, err
	}
	exe := c.(*elfFile)
	if !hasDWARF(exe) {
		return 0, 0, ErrNoDWARF
	}
	sums, err := exe.sums()
	if err != nil {
		return 0, 0, err
	}
	out := &elfWriter{names: []byte{0}}
	out.add(elf.SectionHeader{}, nil)
	for _, s := range exe.f.Sections {
		if err := out.loaded(s); err != nil {
			return 0, 0, err
		}
	}
	text := ""
	for _, name := range compared {
		if sums[name] != "" {
			text += sums[name] + "\n"
		}
	}
	out.add(elf.SectionHeader{Name: sumsSection, Type: elf.SHT_PROGBITS, Addralign: 1}, []byte(text))
	for _, name := range written {
		written, err := out.compressed(exe, name)
		if err != nil {
			return 0, 0, err
		}
		n += written
	}
	for _, s := range exe.f.Sections {
		if strings.HasPrefix(s.Name, ".debug_") || strings.HasPrefix(s.Name, ".zdebug_") {
			of += int64(s.Size)
		}
	}
	return n, of, out.write(w, exe.f)
}

// An elfWriter collects the sections of a file to write.
type elfWriter struct {
	headers []elf.Section64
	names   []byte
	body    []byte
}

func (o *elfWriter) add(h elf.SectionHeader, data []byte) {
	name := uint32(0)
	if h.Name != "" {
		name = uint32(len(o.names))
		o.names = append(append(o.names, h.Name...), 0)
	}
	size := uint64(len(data))
	if h.Type == elf.SHT_NOBITS {
		size = h.Size
	}
	for len(o.body)%8 != 0 {
		o.body = append(o.body, 0)
	}
	o.headers = append(o.headers, elf.Section64{
		Name: name, Type: uint32(h.Type), Flags: uint64(h.Flags), Addr: h.Addr,
		Off: uint64(elfHeaderSize + len(o.body)), Size: size, Addralign: h.Addralign,
	})
	o.body = append(o.body, data...)
}

// loaded adds a section that is loaded: a note as it is, any other without its contents.
func (o *elfWriter) loaded(s *elf.Section) error {
	h := s.SectionHeader
	if h.Flags&elf.SHF_ALLOC == 0 {
		return nil
	}
	if h.Type != elf.SHT_NOTE {
		h.Type = elf.SHT_NOBITS
		o.add(h, nil)
		return nil
	}
	data, err := sectionData(s)
	if err == nil {
		o.add(h, data)
	}
	return err
}

// compressed adds a debug section, if there is one of that name.
func (o *elfWriter) compressed(exe *elfFile, name string) (n int64, err error) {
	data, err := exe.section(name)
	if err != nil || data == nil {
		return 0, err
	}
	var buf bytes.Buffer
	header := elf.Chdr64{Type: uint32(elf.COMPRESS_ZLIB), Size: uint64(len(data)), Addralign: 1}
	if err := binary.Write(&buf, binary.LittleEndian, header); err != nil {
		return 0, err
	}
	z, err := zlib.NewWriterLevel(&buf, zlib.BestCompression)
	if err != nil {
		return 0, err
	}
	_, err = z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil {
		return 0, fmt.Errorf("compress section %q: %w", name, err)
	}
	o.add(elf.SectionHeader{
		Name: ".debug_" + name, Type: elf.SHT_PROGBITS, Flags: elf.SHF_COMPRESSED, Addralign: 8,
	}, buf.Bytes())
	return int64(buf.Len()), nil
}

// write writes the file.
func (o *elfWriter) write(w io.Writer, of *elf.File) error {
	o.names = append(o.names, ".shstrtab\x00"...)
	named := uint32(len(o.names) - len(".shstrtab\x00"))
	o.add(elf.SectionHeader{Type: elf.SHT_STRTAB, Addralign: 1}, o.names)
	last := len(o.headers) - 1
	o.headers[last].Name = named
	for len(o.body)%8 != 0 {
		o.body = append(o.body, 0)
	}
	h := elf.Header64{
		Type: uint16(of.Type), Machine: uint16(of.Machine), Version: uint32(elf.EV_CURRENT), Entry: of.Entry,
		Shoff: uint64(elfHeaderSize + len(o.body)), Ehsize: elfHeaderSize,
		Shentsize: uint16(binary.Size(elf.Section64{})), Shnum: uint16(len(o.headers)), Shstrndx: uint16(last),
	}
	copy(h.Ident[:], elf.ELFMAG)
	h.Ident[elf.EI_CLASS], h.Ident[elf.EI_DATA] = byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB)
	h.Ident[elf.EI_VERSION], h.Ident[elf.EI_OSABI] = byte(elf.EV_CURRENT), byte(of.OSABI)
	for _, part := range []any{h, o.body, o.headers} {
		if err := binary.Write(w, binary.LittleEndian, part); err != nil {
			return err
		}
	}
	return nil
}
