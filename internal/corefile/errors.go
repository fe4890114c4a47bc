package corefile

import (
	"errors"
	"fmt"
	"strconv"
)

var (
	// ErrNotFound is wrapped by errors for an id that the file doesn't hold.
	ErrNotFound = errors.New("not in the dump")
	// ErrNotDump is wrapped by a FormatError for a file of another format.
	ErrNotDump = errors.New("not a coredumpy dump")
	// ErrVersion is wrapped by a FormatError for a dump of a version that
	// this package doesn't read.
	ErrVersion = errors.New("unknown format version")
	// ErrDamaged is wrapped by a FormatError for a dump that can't be opened
	// at all: not even its head is whole.
	ErrDamaged = errors.New("damaged dump")
)

// FormatError says what is wrong with a file as a whole.
type FormatError struct {
	Path    string // as given to Open; empty when it was a reader
	Problem string // what is wrong, a predicate: "is an ELF core file, not a coredumpy dump"
	Err     error  // ErrNotDump, ErrVersion, ErrDamaged, or the system's reason
}

func (e *FormatError) Error() string {
	if e.Path == "" {
		return "coredumpy: the file " + e.Problem
	}
	return "coredumpy: " + strconv.Quote(e.Path) + " " + e.Problem
}

func (e *FormatError) Unwrap() error { return e.Err }

// RecordError says why a record can't be read that the file holds.
type RecordError struct {
	Kind string // of the record
	ID   int64
	Err  error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("coredumpy: read %s %d: %v", e.Kind, e.ID, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// withPath names the file in err.
func withPath(err error, path string) error {
	var format *FormatError
	if errors.As(err, &format) {
		format.Path = path
	}
	return err
}
