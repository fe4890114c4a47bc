package destination

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// dirVariable is the environment variable that names a directory for dumps.
const dirVariable = "COREDUMPY_DIR"

// Chosen says where the program wants its dump: at Path, else with Create, else in
// Directory, else in the directory of the environment variable, else in the current one.
type Chosen struct {
	Path      func() (string, error)
	Create    func(name string) (io.WriteCloser, error)
	Limit     time.Duration // what Create and its writer may take together
	Directory string

	// Room calls write with w, for a file in a directory that the program hasn't named
	// itself, if there is room; nil means that there always is. If its error is Full, no
	// other place is tried: that would soon be full, too.
	Room func(w io.Writer, path string, write func(io.Writer) error) error
	Full error
}

// Delivered is a dump that was written.
type Delivered struct {
	Path    string // as the program gave it, or absolute if it gave none; or the name that Create was given
	Full    string // absolute; or the name that Create was given
	File    *File  // nil if Create took it
	Instead error  // why it isn't where it should have gone, nil if it is
}

// writing writes a dump, compressed or not.
type writing func(w io.Writer, compress bool) error

// place writes a dump, as a file called name unless the place has its own name.
type place func(name string, write writing) (*Delivered, error)

// Deliver calls write with the place that the dump goes to. If that fails, it calls write
// again with the next place: the directory of the environment variable, and then this
// user's private directory for temporary files. Nothing is left behind at a place that
// failed. The error has each place's reason.
func (c *Chosen) Deliver(name string, write func(w io.Writer, compress bool) error) (*Delivered, error) {
	var failed reasons
	for _, p := range c.places() {
		d, err := p(name, write)
		if err == nil {
			if len(failed) > 0 {
				d.Instead = failed
			}
			return d, nil
		}
		failed = append(failed, err)
		if c.Full != nil && errors.Is(err, c.Full) {
			break
		}
	}
	return nil, failed
}

// places returns the places to try, in order.
func (c *Chosen) places() (all []place) {
	variable, tried := os.Getenv(dirVariable), ""
	switch {
	case c.Path != nil:
		all = append(all, c.atPath)
	case c.Create != nil:
		all = append(all, c.toWriter)
	case c.Directory != "":
		tried = Absolute(c.Directory)
		all = append(all, c.inDirectory(c.Directory))
	case variable == "":
		all = append(all, c.inCurrent)
	}
	if variable != "" && Absolute(variable) != tried {
		all = append(all, c.inVariable(variable))
	}
	return append(all, c.inPrivate)
}

// atPath writes to the file that the program has named.
func (c *Chosen) atPath(_ string, write writing) (*Delivered, error) {
	path, err := c.Path()
	if err != nil {
		return nil, err
	}
	return toFile(path, write)
}

// toFile writes a file; in one called .json the dump isn't compressed.
func toFile(path string, write writing) (*Delivered, error) {
	f, err := Write(path, func(w io.Writer) error { return write(w, !strings.HasSuffix(path, ".json")) })
	if err != nil {
		return nil, err
	}
	return &Delivered{Path: path, Full: Absolute(path), File: f}, nil
}

// named writes a file with a default name, if there is room.
func (c *Chosen) named(path string, write writing) (*Delivered, error) {
	if c.Room == nil {
		return toFile(path, write)
	}
	return toFile(path, func(w io.Writer, compress bool) error {
		return c.Room(w, path, func(w io.Writer) error { return write(w, compress) })
	})
}

// inDirectory writes to a directory, which it makes if it isn't there.
func (c *Chosen) inDirectory(dir string) place {
	return func(name string, write writing) (*Delivered, error) {
		if err := makeDirectory(dir); err != nil {
			return nil, err
		}
		return c.named(filepath.Join(dir, name), write)
	}
}

// inCurrent writes to the current directory.
func (c *Chosen) inCurrent(name string, write writing) (*Delivered, error) {
	d, err := c.named(name, write)
	return fromRoot(d), err
}

// inVariable writes to the directory that the environment variable names.
func (c *Chosen) inVariable(dir string) place {
	in := c.inDirectory(dir)
	return func(name string, write writing) (*Delivered, error) {
		d, err := in(name, write)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dirVariable, err)
		}
		return fromRoot(d), nil
	}
}

// inPrivate writes to a directory that nobody else can write to.
func (c *Chosen) inPrivate(name string, write writing) (*Delivered, error) {
	dir, err := privateDirectory()
	if err != nil {
		return nil, err
	}
	return c.named(filepath.Join(dir, name), write)
}

// fromRoot makes absolute a path that the program hasn't given.
func fromRoot(d *Delivered) *Delivered {
	if d != nil {
		d.Path = d.Full
	}
	return d
}

// reasons holds one error for each place.
type reasons []error

func (r reasons) Error() string {
	texts := make([]string, len(r))
	for i, err := range r {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

func (r reasons) Unwrap() []error { return r }
