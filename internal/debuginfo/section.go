package debuginfo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// maxSection limits the size that a section may claim when decompressed. The largest Go
// programs have a tenth of it.
const maxSection = 1 << 30

// maxInflate is the best ratio that deflate reaches (zlib's documentation gives 1032:1):
// a section that claims more gives a wrong size.
const maxInflate = 1032

// A container is one executable file format: ELF, Mach-O or PE.
type container interface {
	goarch() string
	// hasSection reports whether there is a debug section of that name (see section) that
	// isn't empty, without reading it.
	hasSection(name string) bool
	// section returns the decompressed contents of a debug section. The name is that in
	// the DWARF standard without its prefix: "info", "line_str". For a missing section it
	// returns nil without an error.
	section(name string) ([]byte, error)
}

// inflateBound returns an error when size bytes can't fit in the compressed bytes of a
// section, or exceed the limit.
func inflateBound(name string, compressed, size uint64) error {
	if size > maxSection {
		return fmt.Errorf("section %q claims %d bytes, more than the limit of %d", name, size, uint64(maxSection))
	}
	if size > compressed*maxInflate+64 {
		return fmt.Errorf("section %q claims %d bytes, which %d compressed bytes cannot hold", name, size, compressed)
	}
	return nil
}

// zlibMagic starts a section compressed in the old GNU way, used by Mach-O and
// PE files: the magic, the size as 8 big-endian bytes, a zlib stream.
const zlibMagic = "ZLIB"

// inflate returns data, decompressed if it starts with zlibMagic.
func inflate(name string, data []byte) ([]byte, error) {
	const header = len(zlibMagic) + 8
	if len(data) < header || string(data[:len(zlibMagic)]) != zlibMagic {
		return data, nil
	}
	size := binary.BigEndian.Uint64(data[len(zlibMagic):])
	if err := inflateBound(name, uint64(len(data)), size); err != nil {
		return nil, err
	}
	r, err := zlib.NewReader(bytes.NewReader(data[header:]))
	if err != nil {
		return nil, fmt.Errorf("decompress section %q: %w", name, err)
	}
	out := make([]byte, size)
	if _, err := io.ReadFull(r, out); err != nil {
		return nil, fmt.Errorf("decompress section %q: %w", name, err)
	}
	return out, nil
}

// debugName strips the prefixes of a debug section's name: ".debug_info" and
// ".zdebug_info" are "info". It returns "" for any other section.
func debugName(name, plain, compressed string) string {
	if s, ok := strings.CutPrefix(name, plain); ok {
		return s
	}
	if s, ok := strings.CutPrefix(name, compressed); ok {
		return s
	}
	return ""
}
