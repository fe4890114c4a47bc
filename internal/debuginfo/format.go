package debuginfo

import (
	"encoding/binary"
	"io"
)

// formats opens executables, by the name of their format. It holds only this system's
// format: readers of others would otherwise be in every program that imports coredumpy.
var formats = map[string]func(io.ReaderAt) (container, error){native: openNative}

// formatOf returns the format of an executable, known from its first bytes; the name is
// "" if it is no executable. open is nil if the format can't be read on this system.
func formatOf(magic [4]byte) (open func(io.ReaderAt) (container, error), name string) {
	switch m := binary.LittleEndian.Uint32(magic[:]); {
	case string(magic[:]) == "\x7fELF":
		name = "ELF"
	case m == 0xfeedfacf: // 64-bit
		name = "Mach-O"
	case m == 0xbebafeca: // for several architectures, big-endian
		name = "universal Mach-O"
	case string(magic[:2]) == "MZ":
		name = "PE"
	}
	return formats[name], name
}
