// Package outfile writes a file that is whole or not there at all.
package outfile

import (
	"io"
	"os"
	"path/filepath"
)

// Write calls write with a new file, readable by its owner only, which becomes
// path when all of it has been written. Whatever was at path is replaced; a
// symbolic link there isn't followed. On an error nothing is left behind.
func Write(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".coredumpy-*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
