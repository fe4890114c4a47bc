package dumping

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"coredumpy/internal/capture"
	"coredumpy/internal/monitor"
	"coredumpy/internal/outcome"
	"coredumpy/internal/runclient"
	"coredumpy/internal/settings"
)

// maxReport is how many bytes of a crash report are kept.
const maxReport = 8 << 20

// Crash dumps the watched process, which crashes; if that can't be read, it dumps what the
// crash report says. The outcome is empty if no dump is wanted.
func Crash(watch *monitor.Watch, o *settings.Options) (told outcome.Outcome) {
	w := &Work{Options: o}
	told.Err = w.crash(watch)
	if w.delivered != nil {
		told.Path, told.Hint = w.delivered.Full, w.dump.Hint()
	}
	return told
}

func (w *Work) crash(watch *monitor.Watch) (err error) {
	defer outcome.Contain(&err)
	w.Event = &capture.Event{Dying: &capture.Dying{
		Report: watch.First(), Writer: watch.Writer(), Settled: watch.Told(),
	}}
	var dump *capture.Dump
	if watch.Traced() {
		if hasVariable(capture.Environ(watch.PID), runclient.SocketEnv) {
			return nil // coredumpy run traces it, and has made the dump
		}
		err = errors.New("another process traces it, such as a debugger, which would see it stopped")
	} else {
		dump, err = w.takeOther(watch.PID)
	}
	switch {
	case errors.Is(err, capture.ErrUnwanted):
		return nil
	case err != nil:
		dump, err = w.reported(watch, err)
	}
	if dump == nil || err != nil {
		return err
	}
	defer dump.Release()
	if err := watch.Descend(); err != nil {
		return fmt.Errorf("coredumpy: no dump written: %w", err)
	}
	w.dump = dump
	_, err = w.deliver(dump)
	return w.Unexpected(err)
}

func hasVariable(environ []string, name string) bool {
	return slices.ContainsFunc(environ, func(entry string) bool { return strings.HasPrefix(entry, name+"=") })
}

// reported makes a dump from the crash report of the watched process, which then ends.
// why says why the process can't be read.
func (w *Work) reported(watch *monitor.Watch, why error) (*capture.Dump, error) {
	req := w.request(capture.OtherHead(watch.PID, w.Description))
	req.Redact = w.redactor(capture.Environ(watch.PID), capture.CommandLine(watch.PID))
	report := ""
	if watch.PID == 1 { // the kernel ends all other processes with it
		report = watch.Beginning(func(s string) bool { return len(s) > maxReport || capture.CrashedGoroutine(s) })
		req.Head.Notes = append(req.Head.Notes, "only the goroutine that crashed: "+
			"the process is number 1, and what it writes can't be read to the end before it ends")
	} else {
		report = watch.Rest(maxReport)
	}
	if len(report) >= maxReport {
		note := fmt.Sprintf("the crash report is longer than the %d MB that were read", maxReport>>20)
		req.Head.Notes = append(req.Head.Notes, note)
	}
	dump, settled := capture.Report(req, report, watch.Told(), why)
	if settled {
		return nil, nil
	}
	return dump, nil
}
