package corefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

var (
	// ErrNotFound is wrapped by errors for an id that isn't in the file.
	ErrNotFound = errors.New("not in the dump")
	// ErrNotDump is wrapped by a FormatError for a file of another format.
	ErrNotDump = errors.New("not a coredumpy dump")
	// ErrVersion is wrapped by a FormatError for a dump of a version that this package
	// doesn't read.
	ErrVersion = errors.New("unknown format version")
	// ErrDamaged is wrapped by a FormatError for a dump that can't be opened at all: even
	// its head isn't whole.
	ErrDamaged = errors.New("damaged dump")
)

// FormatError says what is wrong with a file as a whole.
type FormatError struct {
	Path    string // as passed to Open; empty if it was a reader
	Problem string // what is wrong, as a predicate: "is an ELF core file, not a coredumpy dump"
	Err     error  // ErrNotDump, ErrVersion, ErrDamaged, or the system's reason
}

func (e *FormatError) Error() string {
	if e.Path == "" {
		return "coredumpy: the file " + e.Problem
	}
	return "coredumpy: " + strconv.Quote(e.Path) + " " + e.Problem
}

func (e *FormatError) Unwrap() error { return e.Err }

// RecordError says why a record in the file can't be read.
type RecordError struct {
	Kind string // of the record
	ID   int64
	Err  error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("coredumpy: read %s %d: %v", e.Kind, e.ID, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

func notFound(k kind, id int64) error {
	return fmt.Errorf("coredumpy: %s %d: %w", k, id, ErrNotFound)
}

// inWords returns what is wrong with a record in terms of the format, not of Go's types: "its
// frames.line is a string, and no number". It is cut, as it may quote undecodable text of
// any length.
func inWords(err error) error {
	var mistyped *json.UnmarshalTypeError
	if !errors.As(err, &mistyped) {
		return fmt.Errorf("%.300w", err)
	}
	member := "value"
	if path := slices.DeleteFunc(strings.Split(mistyped.Field, "."), goName); len(path) > 0 {
		member = strings.Join(path, ".")
	}
	is, want := mistyped.Value, "object"
	if is == "array" {
		is = "list"
	}
	switch mistyped.Type.Kind() {
	case reflect.String:
		want = "string"
	case reflect.Bool:
		want = "true or false"
	case reflect.Slice, reflect.Array:
		want = "list"
	default:
		if reflect.Int <= mistyped.Type.Kind() && mistyped.Type.Kind() <= reflect.Float64 {
			want = "number that fits"
		}
	}
	article := "a"
	if is == "object" {
		article = "an"
	}
	return fmt.Errorf("its %.100s is %s %.220s, and no %s", member, article, is, want)
}

// goName reports whether a part of a path isn't from the format, but the name of a struct
// that is embedded in another one, or since Go 1.27 the index of an element.
func goName(part string) bool { return part == "" || part[0] <= 'Z' }

// withPath adds the file's name to err.
func withPath(err error, path string) error {
	var format *FormatError
	if errors.As(err, &format) {
		format.Path = path
	}
	return err
}
