package dumping

import (
	"errors"
	"fmt"
	"io"

	"coredumpy/internal/capture"
	"coredumpy/internal/corefile"
	"coredumpy/internal/guard"
	"coredumpy/internal/settings"
)

// Dump is the work of coredumpy.Dump. mark is a variable on the stack; was is the address
// it had before the stack may have grown.
func Dump(o *settings.Options, mark *byte, was uint64) (path string, err error) {
	at := Where(mark, was)
	Apart(o, &err, func(w *Work) { path, err = w.own(at) })
	return path, err
}

func (w *Work) own(at Origin) (path string, err error) {
	if _, err := w.Conflict(); err != nil {
		return "", err
	}
	path, err = w.Save(w.Request(at, "Dump", corefile.ForAsked))
	return path, w.Unexpected(err)
}

// DumpTo is the work of coredumpy.DumpTo.
func DumpTo(to io.Writer, o *settings.Options, mark *byte, was uint64) (err error) {
	at := Where(mark, was)
	Apart(o, &err, func(w *Work) { err = w.to(to, w.Request(at, "DumpTo", corefile.ForAsked)) })
	return err
}

func (w *Work) to(to io.Writer, req *capture.Request) error {
	if to == nil {
		return errors.New("coredumpy: no dump written: the writer given to DumpTo is nil")
	}
	dump, err := w.take(req)
	if err != nil {
		return err
	}
	if err := dump.Write(guard.Writer{What: "the writer given to DumpTo", W: to}, true); err != nil {
		return fmt.Errorf("coredumpy: no dump written: %w", err)
	}
	return nil
}
