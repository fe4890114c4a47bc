// Package destination names the file of a dump, and writes it: complete or not at all, at its
// place, or elsewhere if that fails.
package destination

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Write calls write with a new file, readable by its owner only, which becomes path once
// all of it has been written. A file at path is replaced; a symbolic link there stays,
// and the file that it names is replaced. Anything but a file, such as /dev/null, a
// descriptor or a directory, is an error, and so is another user's link. After an error,
// or a panic of write, nothing is left behind.
func Write(path string, write func(io.Writer) error) (written *File, err error) {
	at, err := follow(path)
	if err != nil {
		return nil, &fs.PathError{Op: "write", Path: Absolute(path), Err: err}
	}
	dir, _ := split(at)
	f, err := os.CreateTemp(dir, unfinished[0]+"*"+unfinished[1]) // mode 0600
	if err != nil {
		return nil, named(err, path)
	}
	done := false
	defer func() {
		if !done {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(file{f, path}); err != nil {
		return nil, err
	}
	written = &File{path: Absolute(at)} // the program may change its current directory
	if written.info, err = f.Stat(); err != nil {
		return nil, named(err, path)
	}
	if err = f.Close(); err != nil {
		return nil, named(err, path)
	}
	if err = os.Rename(f.Name(), at); err != nil {
		return nil, &fs.PathError{Op: "write", Path: Absolute(path), Err: errors.Unwrap(err)}
	}
	done = true
	return written, nil
}

// unfinished is how the name of an unfinished file begins and ends.
var unfinished = [2]string{".coredumpy-", ".tmp"}

// Unfinished reports whether a file with this name is one that Write hasn't finished.
func Unfinished(name string) bool {
	return strings.HasPrefix(name, unfinished[0]) && strings.HasSuffix(name, unfinished[1])
}

// File is a file that was written.
type File struct {
	path string
	info fs.FileInfo
}

// errOther says that the path holds another file by now, or none.
var errOther = errors.New("it is not the file that was written")

// Change calls change with the file, open for reading and writing, and its size. It
// returns an error if somebody has moved, replaced or changed the file.
func (f *File) Change(change func(f *os.File, size int64) error) error {
	if err := f.check(os.Lstat(f.path)); err != nil { // opening what isn't a file can have any effect
		return err
	}
	opened, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.check(opened.Stat())
	if err == nil {
		err = change(opened, f.info.Size())
	}
	return errors.Join(err, opened.Close())
}

// Remove removes the file, unless the path holds another one by now.
func (f *File) Remove() error {
	if err := f.check(os.Lstat(f.path)); err != nil {
		return err
	}
	return os.Remove(f.path)
}

func (f *File) check(info fs.FileInfo, err error) error {
	if err == nil && (!os.SameFile(info, f.info) || info.Size() != f.info.Size()) {
		err = &fs.PathError{Op: "change", Path: f.path, Err: errOther}
	}
	return err
}

// file is a temporary file that is to become path.
type file struct {
	f    *os.File
	path string
}

func (f file) Write(p []byte) (int, error) {
	n, err := f.f.Write(p)
	return n, named(err, f.path)
}

// named returns err with the path that the caller knows, not that of the temporary file.
func named(err error, path string) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return &fs.PathError{Op: "write", Path: Absolute(path), Err: p.Err}
	}
	return err
}
