package dumping

import (
	"errors"
	"fmt"
	"io"

	"coredumpy/internal/capture"
	"coredumpy/internal/destination"
	"coredumpy/internal/guard"
	"coredumpy/internal/printable"
	"coredumpy/internal/retain"
)

// deliver writes a dump to its place. It returns both a path and an error if the dump is
// elsewhere.
func (w *Work) deliver(dump *capture.Dump) (path string, err error) {
	chosen := destination.Chosen{
		Create: w.Create, Limit: w.patience(), Directory: w.Directory,
		Full: retain.ErrFull,
		Room: func(to io.Writer, path string, write func(io.Writer) error) error {
			return retain.Write(to, path, dump.Origin(), w.Config.Directory, write)
		},
	}
	switch {
	case w.Path != "":
		chosen.Path = func() (string, error) { return w.Path, nil }
	case w.PathFunc != nil:
		chosen.Path = w.callPathFunc
	}
	top := dump.Top()
	d, err := chosen.Deliver(destination.Name(top.Func, top.Line), dump.Write)
	if err != nil {
		return "", fmt.Errorf("coredumpy: no dump written: %w", err)
	}
	w.delivered, w.teller = d, dump.Teller(d.File)
	if d.Instead != nil {
		err = fmt.Errorf("coredumpy: the dump is in %s instead: %w", printable.Argument(d.Full), d.Instead)
	}
	return d.Path, err
}

// callPathFunc calls the function given to PathFunc.
func (w *Work) callPathFunc() (string, error) {
	const what = "the function given to PathFunc"
	return guard.Apart(what, w.patience(), func() (path string, err error) {
		if err = guard.Call(what, func() { path = w.PathFunc() }); err == nil && path == "" {
			err = errors.New(what + " returned no path")
		}
		return path, err
	})
}

// Delivered reports whether the dump is written.
func (w *Work) Delivered() bool { return w.delivered != nil }

// Unexpected returns err for a caller that gets the dump's path: nil if there is a dump,
// and the program didn't say where it goes.
func (w *Work) Unexpected(err error) error {
	if w.delivered != nil && !w.Placed() {
		return nil
	}
	return err
}
