package debuginfo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
)

// ListVariable names the environment variable with a [Places.List].
const ListVariable = "COREDUMPY_DEBUGINFO"

// Places says where debug information is looked for that isn't in the executable.
type Places struct {
	Root string // put before all paths: of a process with another root directory; "" for our own
	Name string // of the executable
	Dir  string // of the executable; "" not to look there
	List string // files and directories, separated as in PATH
}

// systemDir is where distributions put debug information, by the build ID of the executable
// and by its path (GDB manual, "Debugging Information in Separate Files").
const systemDir = "/usr/lib/debug"

// maxListed bounds how many files and directories are taken from a list.
const maxListed = 32

// LookBeside looks for the debug information of an executable that has none in other files,
// and uses the first one that fits. If there is none, [File.DWARFError] says which files don't
// fit, and why. Nothing is looked for if the executable has debug information, or isn't an ELF
// file.
func (f *File) LookBeside(places ...Places) {
	exe, ok := f.exe.(*elfFile)
	if !ok || hasDWARF(f.debug) {
		return
	}
	var errs besideErrors
	var tried []os.FileInfo
	for _, at := range places {
		for _, c := range exe.candidates(at) {
			file, err := openRegular(c.path)
			if err != nil {
				if c.named || !isMissing(err) {
					errs = append(errs, fmt.Errorf("%s: %w", c.path, reason(err)))
				}
				continue
			}
			if slices.ContainsFunc(tried, func(t os.FileInfo) bool { return os.SameFile(t, file.info) }) {
				file.file.Close()
				continue
			}
			tried = append(tried, file.info)
			if err := f.use(exe, file); err != nil {
				file.file.Close()
				errs = append(errs, fmt.Errorf("%s %w", c.path, err))
				continue
			}
			return
		}
	}
	if len(errs) > 0 {
		f.unfit, f.loaded = errs, false
	}
}

// use has the debug sections read from a file, if it fits.
func (f *File) use(exe *elfFile, file *source) (err error) {
	defer recoverTo(&err)
	if f.source != nil && os.SameFile(f.source.info, file.info) {
		return errors.New("is the executable itself")
	}
	other, err := openBeside(file, exe.size(f.source))
	if err != nil {
		return err
	}
	if !hasDWARF(other) {
		return errors.New("has no debug information")
	}
	if err := exe.fits(other); err != nil {
		return err
	}
	f.debug, f.beside, f.loaded = other, file, false
	f.Preload()
	if err := f.DWARFError(); err != nil {
		f.debug, f.beside, f.loaded = exe, nil, false
		clear(f.sections)
		return fmt.Errorf("fits, but can't be read: %w", err)
	}
	return nil
}

// size returns the size of the executable, about.
func (e *elfFile) size(s *source) int64 {
	if s != nil {
		return s.info.Size()
	}
	size := int64(0)
	for _, p := range e.f.Progs {
		size += int64(p.Filesz)
	}
	return size
}

// A candidate is a file that may have the debug information.
type candidate struct {
	path  string
	named bool // somebody has named it: it should be there
}

// candidates returns the files to look at, the best first.
func (e *elfFile) candidates(at Places) (all []candidate) {
	var names []string
	link := e.debugLink()
	for _, name := range []string{at.Name + ".debug", link} {
		if name != "" && name != ".debug" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add := func(named bool, dir, name string) {
		all = append(all, candidate{filepath.Join(at.Root, dir, name), named})
	}
	byID := ""
	if _, id := e.buildIDs(); len(id) > 2 {
		byID = filepath.Join(id[:2], id[2:]+".debug")
	}
	listed := filepath.SplitList(at.List)
	for _, path := range listed[:min(len(listed), maxListed)] {
		if path == "" {
			continue
		}
		if info, err := os.Stat(filepath.Join(at.Root, path)); err != nil || !info.IsDir() {
			add(true, path, "")
			continue
		}
		for _, name := range names {
			add(false, path, name)
		}
		if byID != "" {
			add(false, filepath.Join(path, ".build-id"), byID)
			add(false, path, byID)
		}
	}
	for _, name := range names {
		if at.Dir != "" {
			add(false, at.Dir, name)
		}
	}
	if at.Dir != "" && link != "" {
		add(false, filepath.Join(at.Dir, ".debug"), link)
		add(false, filepath.Join(systemDir, at.Dir), link)
	}
	if byID != "" {
		add(false, filepath.Join(systemDir, ".build-id"), byID)
	}
	return all
}

// debugLink returns the name of a file that .gnu_debuglink gives, "" if there is none.
func (e *elfFile) debugLink() string {
	s := e.f.Section(".gnu_debuglink")
	if s == nil || s.Size > maxSums {
		return ""
	}
	data, err := sectionData(s)
	if err != nil {
		return ""
	}
	name, _, ok := strings.Cut(string(data), "\x00")
	if !ok || name != filepath.Base(name) || name == "." || name == ".." {
		return ""
	}
	return name
}

// openRegular opens a file for reading, unless reading it may block or have effects: a pipe,
// a device.
func openRegular(path string) (*source, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	file, err := os.OpenFile(path, os.O_RDONLY|unblocked, 0) // it may be another one by now
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &source{path, file, info}, nil
}

var errIrregular = errors.New("isn't a file with contents")

// isMissing reports whether a file or a directory on the way to it isn't there.
func isMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// reason returns an error without the operation and the path.
func reason(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// A file that fits may still be damaged, or not be what it says. It costs no more than the
// debug information of an executable of that size can.
const (
	leastBudget = 64 << 20
	perByte     = 16 // the debug information of C++ is ten times as large as the code
)

// A budget is how many bytes may still be read, of the file and of what is decompressed. All
// methods may be called on nil, which is without bounds.
type budget struct{ left atomic.Int64 }

func (b *budget) take(n uint64) bool {
	return b == nil || n <= maxSection && b.left.Add(-int64(n)) >= 0
}

// bounded reads a file within a budget.
type bounded struct {
	r    io.ReaderAt
	most *budget
}

func (b bounded) ReadAt(p []byte, off int64) (int, error) {
	if !b.most.take(uint64(len(p))) {
		return 0, errors.New("it is larger than debug information of the executable can be")
	}
	return b.r.ReadAt(p, off)
}

// Offsets in the header of a 64-bit ELF file (ELF gABI, chapter 4): of its number of
// sections, and the header's size.
const (
	elfSectionCount = 60
	elfHeaderSize   = 64
)

// openBeside opens a file with the debug information of an executable of the given size.
func openBeside(r io.ReaderAt, size int64) (*elfFile, error) {
	var header [elfHeaderSize]byte
	if _, err := r.ReadAt(header[:], 0); err != nil || string(header[:4]) != "\x7fELF" {
		return nil, errors.New("isn't an ELF file")
	}
	if binary.LittleEndian.Uint16(header[elfSectionCount:]) == 0 { // or too many of them, which debug/elf looks up
		return nil, errors.New("is an ELF file without sections")
	}
	most := &budget{}
	most.left.Store(leastBudget + perByte*size)
	exe, err := newELF(bounded{r, most})
	if err != nil {
		return nil, fmt.Errorf("can't be read: %w", err)
	}
	file := exe.(*elfFile)
	file.most = most
	return file, nil
}

// besideErrors says why files can't be used. It is [ErrNoDWARF].
type besideErrors []error

// maxTold bounds how many files an error names.
const maxTold = 3

func (e besideErrors) Error() string {
	var all []string
	for _, err := range e[:min(len(e), maxTold)] {
		all = append(all, err.Error())
	}
	if n := len(e) - maxTold; n > 0 {
		all = append(all, fmt.Sprintf("and %d more", n))
	}
	return fmt.Sprintf("%v, and none that fits beside it: %s", ErrNoDWARF, strings.Join(all, "; "))
}

func (besideErrors) Is(target error) bool { return target == ErrNoDWARF }
