// Package debuginfo reads what a crash dumper needs from an executable file: functions,
// inlined calls and lines, call-frame information, variables with their locations, and
// types. Files are ELF, Mach-O or PE, 64-bit, for amd64 or arm64, with DWARF 4 or 5 as
// Go's linker writes it (checked on Go 1.24 to 1.27); debug information of C code in the
// same file is skipped.
//
// It knows no process. Addresses are those of the file, the link-time addresses: the
// caller subtracts the slide of a process from what it asks for, and adds it to the
// answers.
//
// The debug information of a stripped executable may be in a file beside it, see
// [File.LookBeside] and [Write].
//
//	f, err := debuginfo.Open("/proc/self/exe")
//	fn, ok := f.Func(pc)
//	for _, call := range fn.Calls(pc) {
//		for _, v := range call.Variables() {
//			expr, err := v.Location()
//			pieces, err := f.Eval(expr, regs)
//		}
//	}
//
// Everything is read when first needed and kept by the File; dropping the File frees it.
// A File is not safe for concurrent use. A malformed file yields errors or nothing found,
// never a panic.
package debuginfo

import (
	"debug/dwarf"
	"errors"
	"fmt"
	"io"
	"runtime"
)

// A File is an executable file.
type File struct {
	exe    container
	source *source   // nil if Open hasn't opened it
	debug  container // what has the debug sections: the executable, or a file beside it
	beside *source   // that file, nil if there is none
	unfit  error     // why other files aren't it; nil if there are none

	loaded   bool // load was called
	loadErr  error
	dwarf    *dwarf.Data
	lines    *dwarf.Data       // with line tables; nil until needed
	sections map[string][]byte // contents of debug sections already read
	units    []*unit
	pcs      []unitRange // the units' ranges, by address
	abbrevs  map[uint64]abbrevTable
	types    map[dwarf.Offset]*Type
	origins  map[dwarf.Offset]*origin
	frames   *frameTable
	machine  machine // for Eval, which reuses it
}

// Open opens the executable at path. It reads headers only; sections are read
// and decompressed when first needed, so the file stays open until Close.
func Open(path string) (*File, error) {
	r, err := openSource(path)
	if err != nil {
		return nil, fmt.Errorf("open executable: %w", err)
	}
	f, err := newFile(r)
	if err != nil {
		r.file.Close()
		return nil, fmt.Errorf("open executable %q: %w", path, err)
	}
	f.source = r
	return f, nil
}

// newFile reads the executable in r. Its format, known from its first bytes, must be that
// of this system: readers of the other formats aren't linked. An executable that is not
// 64-bit, little-endian and for amd64 or arm64 is an error, and so is a Mach-O file for
// several architectures.
func newFile(r io.ReaderAt) (f *File, err error) {
	defer recoverTo(&err)
	var magic [4]byte
	if _, err := r.ReadAt(magic[:], 0); err != nil {
		return nil, fmt.Errorf("read magic number: %w", err)
	}
	open, name := formatOf(magic)
	switch {
	case name == "":
		return nil, fmt.Errorf("not an executable: magic number %q", magic[:])
	case open == nil:
		return nil, fmt.Errorf("unsupported %s file on %s", name, runtime.GOOS)
	}
	exe, err := open(r)
	if err != nil {
		return nil, err
	}
	return &File{
		exe:      exe,
		debug:    exe,
		sections: map[string][]byte{},
		abbrevs:  map[uint64]abbrevTable{},
		types:    map[dwarf.Offset]*Type{},
		origins:  map[dwarf.Offset]*origin{},
	}, nil
}

// Close closes the file if Open opened it, and the one beside it. What was read stays usable.
func (f *File) Close() error {
	if f.beside != nil {
		f.beside.file.Close()
	}
	if f.source == nil {
		return nil
	}
	return f.source.file.Close()
}

// GOARCH returns "amd64" or "arm64".
func (f *File) GOARCH() string { return f.exe.goarch() }

// Base returns the offset in the file and the link-time address of what is mapped first
// when the program starts. It returns an error for files other than ELF.
func (f *File) Base() (offset, addr uint64, err error) {
	if e, ok := f.exe.(*elfFile); ok {
		return e.base()
	}
	return 0, 0, errors.New("not an ELF file")
}

// recoverTo is deferred around calls to the debug packages, which may panic on
// malformed files. It stores the panic in *err when err is not nil.
func recoverTo(err *error) {
	if r := recover(); r != nil && err != nil {
		*err = fmt.Errorf("malformed debug information: %v", r)
	}
}
