package debuginfo

import (
	"errors"
	"fmt"
	"os"
)

// A source is the file that Open has opened. It can be opened again after Close.
type source struct {
	path string
	file *os.File
	info os.FileInfo
}

func openSource(path string) (*source, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, err
	}
	return &source{path, file, info}, nil
}

func (s *source) ReadAt(p []byte, off int64) (int, error) { return s.file.ReadAt(p, off) }

var errReplaced = errors.New("the file has been replaced or has changed")

// Reopen opens the file again after Close, and the one beside it, for what hasn't been read.
// It returns an error if one of them isn't the same any more.
func (f *File) Reopen() error {
	if f.source == nil {
		return errors.New("reopen executable: Open hasn't opened it")
	}
	if err := f.source.reopen(openSource); err != nil {
		return fmt.Errorf("reopen executable %w", err)
	}
	if f.beside == nil {
		return nil
	}
	if err := f.beside.reopen(openRegular); err != nil {
		f.source.file.Close()
		return fmt.Errorf("reopen debug information %w", err)
	}
	return nil
}

// reopen opens the file again, unless it has changed.
func (s *source) reopen(open func(path string) (*source, error)) error {
	now, err := open(s.path)
	if err != nil {
		return fmt.Errorf("%q: %w", s.path, err)
	}
	was := s.info
	if !os.SameFile(was, now.info) || was.Size() != now.info.Size() || !was.ModTime().Equal(now.info.ModTime()) {
		now.file.Close()
		return fmt.Errorf("%q: %w", now.path, errReplaced)
	}
	*s = *now
	return nil
}

// These are about how many bytes the parts of a File take, without the sections.
const (
	bytesOfUnit  = 1 << 10
	bytesOfRange = 32
	bytesOfRow   = 16
	bytesOfFrame = 64
	bytesOfScope = 640 // of a function or an inlined call, with its variables
	bytesOfType  = 384
)

// Memory returns about how many bytes of memory the File takes with all that it has read.
func (f *File) Memory() (bytes int64) {
	for _, data := range f.sections {
		bytes += int64(len(data))
	}
	count := func(n, size int) { bytes += int64(n) * int64(size) }
	count(len(f.types)+len(f.origins), bytesOfType)
	count(len(f.pcs), bytesOfRange)
	if f.frames != nil {
		count(cap(f.frames.fdes), bytesOfFrame)
	}
	count(len(f.units), bytesOfUnit)
	for _, u := range f.units {
		if u.lines != nil {
			count(cap(u.lines.rows), bytesOfRow)
		}
		if u.index == nil {
			continue
		}
		count(cap(u.index.funcs)+cap(u.index.vars)+cap(u.index.names), bytesOfRange)
		for _, fn := range u.index.known {
			count(1, bytesOfScope)
			if fn != nil && fn.root != nil {
				fn.root.each(func(*scope) { count(1, bytesOfScope) })
			}
		}
	}
	return bytes
}
