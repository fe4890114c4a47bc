// Package dumping makes a dump from beginning to end: it waits for its turn, has the dump
// taken, writes it to its place, and adds what the panic value's method returns.
package dumping

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"coredumpy/internal/capture"
	"coredumpy/internal/destination"
	"coredumpy/internal/guard"
	"coredumpy/internal/monitor"
	"coredumpy/internal/outcome"
	"coredumpy/internal/quota"
	"coredumpy/internal/settings"
)

// Panics are those that OnPanic and DumpPanic have seen.
var Panics quota.Quota

// dumps lets one dump be taken at a time.
var dumps struct {
	queue quota.Queue
	tally quota.Tally
}

// Settle waits until the dumps under way are made, but no longer than limit.
func Settle(limit time.Duration) { dumps.tally.Settle(limit) }

// Begin has Settle wait for the task that it returns.
func Begin() *quota.Task { return dumps.tally.Begin() }

// Work is a dump that is being made.
type Work struct {
	*settings.Options
	Patient bool // lets others go first
	Outcome outcome.Outcome

	dump      *capture.Dump          // nil until it is taken
	teller    *capture.Teller        // nil until it is written, see Say
	delivered *destination.Delivered // nil until it is written
}

// errGoexit is the error if a function or writer of the program's calls runtime.Goexit.
var errGoexit = errors.New("coredumpy: no dump written: something called runtime.Goexit")

// Apart calls do on a goroutine of its own, where a dump of this process has to be made,
// waits for it, and releases its Work in the end. An error by a Goexit or a defect of ours
// is put into err, or printed on standard error if err is nil.
func Apart(o *settings.Options, err *error, do func(*Work)) {
	if err != nil {
		*err = errGoexit
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer outcome.Contain(err)
		w := &Work{Options: o}
		defer w.Release()
		do(w)
	}()
	<-done
}

// take captures this process.
func (w *Work) take(req *capture.Request) (*capture.Dump, error) {
	if err := destination.CheckDescriptors(); err != nil {
		return nil, fmt.Errorf("coredumpy: no dump written: %w", err)
	}
	// Variables that the program has unset, as is advised for secrets, count as well. Only
	// Linux still has them.
	req.Redact = w.redactor(append(os.Environ(), capture.OwnEnviron()...), os.Args)
	dumps.queue.Enter(!w.Patient)
	defer dumps.queue.Leave()
	if note := Panics.Note(); note != "" {
		req.Head.Notes = append(req.Head.Notes, note)
	}
	if w.dump = w.through(req); w.dump == nil {
		w.dump = capture.Own(req)
	}
	return w.dump, nil
}

// through has the watcher make the dump. It returns nil if there is no watcher, or it
// can't, for example because the program has its own EnvironFilter.
func (w *Work) through(req *capture.Request) *capture.Dump {
	if !monitor.Asks() || !w.Config.Redaction.HandsAll() {
		return nil
	}
	text, err := json.Marshal(w.Config.Redaction)
	if err != nil {
		return nil
	}
	return capture.Through(req, text)
}

// redactor returns a redactor for dumps of a process.
func (w *Work) redactor(environ, args []string) capture.Redactor {
	return w.Config.Redaction.Redactor(environ, args, w.patience())
}

// patience is how long a function of the program's may take.
func (w *Work) patience() time.Duration { return max(w.Config.Limits.Timeout, guard.Patience) }

// Release ends what has to last until the dump is written.
func (w *Work) Release() {
	if w.dump != nil {
		w.dump.Release()
		w.dump = nil
	}
}

// Save takes a dump of this process and writes it to its place. It returns both a path
// and an error if the dump is elsewhere.
func (w *Work) Save(req *capture.Request) (path string, err error) {
	defer dumps.tally.Begin().End()
	dump, err := w.take(req)
	if err != nil {
		return "", err
	}
	return w.deliver(dump)
}

// Report notes what became of the dump, which must not be released yet.
func (w *Work) Report(req *capture.Request, err error) {
	r := &w.Outcome
	r.Err, r.Reason = err, req.Head.Reason
	if w.delivered != nil {
		r.Path = w.delivered.Full
	}
	if w.dump != nil {
		r.Hint = w.dump.Hint()
	}
	if w.Config.Notify == nil {
		return
	}
	if w.dump != nil {
		head := w.dump.Head()
		r.Message, r.Test, r.Description = head.Message, head.Test, head.Description
		if head.Top != nil {
			r.Top = *head.Top
		}
	}
	r.ForNotify(w.Config.Notify, dumps.tally.Begin())
}

// sayLimit is how long the panic value's method may take.
const sayLimit = time.Second

// Say gets the message from the panic value's own method, if it isn't known otherwise, and
// puts it into the dump, which has been written.
func (w *Work) Say(value *any) {
	defer outcome.Contain(nil)
	if w.teller == nil || w.delivered.File == nil && !w.Outcome.NotifyWaits() { // nobody would read it
		return
	}
	const what = "the panic value's method"
	said, err := guard.Apart(what, sayLimit, func() (*capture.Said, error) { return capture.Say(*value) })
	if err != nil {
		return
	}
	if text, err := w.teller.Tell(said); err == nil {
		w.Outcome.Message = text
	}
}
