package target

import (
	"path/filepath"

	"coredumpy/internal/debuginfo"
)

// beside returns where to look for the debug information of the executable at path, "" if that
// isn't known. list is the value of [debuginfo.ListVariable].
func beside(path, list string) debuginfo.Places {
	if path == "" {
		return debuginfo.Places{List: list}
	}
	return debuginfo.Places{Name: filepath.Base(path), Dir: filepath.Dir(path), List: list}
}

// OpenExecutable opens the executable at path, and the file with its debug information if that
// is beside it.
func OpenExecutable(path, list string) (*debuginfo.File, error) {
	f, err := debuginfo.Open(path)
	if err != nil {
		return nil, err
	}
	f.LookBeside(beside(path, list))
	return f, nil
}
