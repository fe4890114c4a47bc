// Package memory reads the memory of a process, this one or another. It knows nothing
// about its content.
package memory

// Reader is the memory of a process.
type Reader interface {
	// Read fills p with the bytes at addr, or returns an error and leaves p
	// undefined. It never panics: a wild address is an error.
	Read(p []byte, addr uint64) error
}
