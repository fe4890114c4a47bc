package goshim

import (
	"bytes"
	"encoding/binary"
	"os"
	"strconv"
)

// executed returns the name of the file given to execve(2), with its links as they are; ""
// if it isn't known.
func executed() string {
	const (
		execfn = 31 // AT_EXECFN, getauxval(3): the address of the name
		word   = strconv.IntSize / 8
		most   = 4096 // PATH_MAX
	)
	auxv, err := os.ReadFile("/proc/self/auxv")
	if err != nil {
		return ""
	}
	read := func(b []byte) uint64 {
		if word == 4 {
			return uint64(binary.NativeEndian.Uint32(b))
		}
		return binary.NativeEndian.Uint64(b)
	}
	for ; len(auxv) >= 2*word; auxv = auxv[2*word:] {
		if read(auxv) != execfn {
			continue
		}
		memory, err := os.Open("/proc/self/mem")
		if err != nil {
			return ""
		}
		defer memory.Close()
		name := make([]byte, most)
		n, _ := memory.ReadAt(name, int64(read(auxv[word:]))) // the stack may end after the name
		if name, _, ok := bytes.Cut(name[:n], []byte{0}); ok {
			return string(name)
		}
	}
	return ""
}
