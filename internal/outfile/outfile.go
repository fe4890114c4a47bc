// Package outfile names the file of a dump, and writes it so that it is whole or
// not there at all.
package outfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write calls write with a new file, readable by its owner only, which becomes
// path when all of it has been written. A file at path is replaced; a symbolic
// link there isn't followed. What is no file, such as /dev/null or a directory,
// is an error. On an error, or a panic of write, nothing is left behind.
func Write(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".coredumpy-*.tmp") // mode 0600
	if err != nil {
		return named(err, path)
	}
	done := false
	defer func() {
		if !done {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(file{f, path}); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return named(err, path)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: errors.Unwrap(err)}
	}
	done = true
	return nil
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

// named returns err with the path that the caller knows instead of that of the
// temporary file.
func named(err error, path string) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return &fs.PathError{Op: "write", Path: path, Err: p.Err}
	}
	return err
}
