// Package settings holds what a program wants of its dumps: what coredumpy.Config says,
// and the options of one call.
package settings

import (
	"fmt"
	"io"

	"coredumpy/internal/capture"
	"coredumpy/internal/outcome"
	"coredumpy/internal/quota"
	"coredumpy/internal/retain"
)

// Config is what coredumpy.Config said at the time of a call, in the terms of those who
// heed it.
type Config struct {
	Limits       capture.Limits // but for the depth
	Panics       quota.Limits
	Directory    retain.Limits
	Redaction    Redaction
	AbortHandler bool                 // panics with http.ErrAbortHandler are dumped, too
	Notify       func(outcome.Report) `json:"-"`
}

// Options are what is wanted of a single dump.
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

// Conflict returns an error if more than one place was given. used is what counts where
// a dump is wanted all the same.
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

// TellConflict tells of a conflict when it is no time to be strict.
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
