// Package settings holds how a program wants its dumps: coredumpy.Config, and the options
// of one call.
package settings

import (
	"fmt"
	"io"
	"reflect"

	"coredumpy/internal/capture"
	"coredumpy/internal/outcome"
	"coredumpy/internal/quota"
	"coredumpy/internal/retain"
)

// Config is what coredumpy.Config said at the time of a call, in the types of the packages
// that obey it.
type Config struct {
	Limits       capture.Limits // without the depth
	Panics       quota.Limits
	Directory    retain.Limits
	Redaction    Redaction
	AbortHandler bool                 // panics with http.ErrAbortHandler are dumped, too
	Notify       func(outcome.Report) `json:"-"`
}

// Options are the settings of a single dump.
type Options struct {
	Config Config

	Path        string
	PathFunc    func() string
	Create      func(name string) (io.WriteCloser, error)
	Directory   string
	Description string
	Depth       int
	Skip        int
	Exclude     []any
	Given       []capture.Given
	Event       *capture.Event // what has happened to another process
}

// CheckExcluded returns an error if anything in the list is neither an error nor a type.
func CheckExcluded(errorsAndTypes []any) error {
	for _, e := range errorsAndTypes {
		_, isErr := e.(error)
		_, isType := e.(reflect.Type)
		if !isErr && !isType {
			return fmt.Errorf("%T is neither an error nor a reflect.Type", e)
		}
	}
	return nil
}

// Conflict returns an error if more than one place was given. used is the option to use
// where the dump must be made all the same.
func (o *Options) Conflict() (used string, err error) {
	var given []string
	add := func(is bool, name, text string) {
		if is {
			if given = append(given, text); used == "" {
				used = name
			}
		}
	}
	add(o.Path != "", "Path", fmt.Sprintf("Path %q", o.Path))
	add(o.Path == "" && o.PathFunc != nil, "PathFunc", "PathFunc")
	add(o.Create != nil, "Create", "Create")
	add(o.Directory != "", "Directory", fmt.Sprintf("Directory %q", o.Directory))
	if len(given) < 2 {
		return "", nil
	}
	return used, fmt.Errorf("coredumpy: %s and %s exclude each other", given[0], given[1])
}

// TellConflict prints a conflict on standard error, and which option is used: for a crash,
// which is dumped all the same.
func (o *Options) TellConflict() {
	if used, err := o.Conflict(); err != nil {
		outcome.Error(fmt.Errorf("%w: using %s", err, used))
	}
}

// Placed reports whether the program says where the dump goes.
func (o *Options) Placed() bool {
	return o.Path != "" || o.PathFunc != nil || o.Create != nil || o.Directory != ""
}

// Happened is the option that says what has happened to another process, which is
// blocked until its dump is made.
func Happened(event *capture.Event) func(*Options) {
	return func(o *Options) { o.Event = event }
}
