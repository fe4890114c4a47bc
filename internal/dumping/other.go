package dumping

import (
	"fmt"

	"coredumpy/internal/capture"
	"coredumpy/internal/outcome"
	"coredumpy/internal/settings"
)

// Process is the work of coredumpy.DumpProcess.
func Process(pid int, o *settings.Options) (path string, err error) {
	defer outcome.Contain(&err)
	w := &Work{Options: o}
	if _, err := w.Conflict(); err != nil {
		return "", err
	}
	dump, err := w.takeOther(pid)
	if err != nil {
		return "", fmt.Errorf("coredumpy: no dump written: %w", err)
	}
	defer dump.Release()
	if path, err = w.deliver(dump); w.Event != nil {
		w.Event.Hint, w.Event.Teller = dump.Hint(), w.teller
	}
	return path, w.Unexpected(err)
}

// takeOther captures another process. The error may be capture.ErrUnwanted.
func (w *Work) takeOther(pid int) (dump *capture.Dump, err error) {
	defer outcome.Contain(&err)
	req := w.request(capture.OtherHead(pid, w.Description))
	req.HideText = func(shown []string) func(pkg, name string) bool {
		own := settings.Redaction{HideText: true, ShowText: shown}
		return own.ShowsText()
	}
	req.RedactorFor = func(environ []string) capture.Redactor {
		return w.redactor(append(capture.Environ(pid), environ...), capture.CommandLine(pid))
	}
	return capture.Process(req, pid, w.Event)
}
