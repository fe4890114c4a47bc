// Package outcome reports what became of a dump: on standard error, in the output of a
// test, or to the function in coredumpy.Config.Notify.
package outcome

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/guard"
	"coredumpy/internal/printable"
	"coredumpy/internal/quota"
	"coredumpy/internal/stderr"
)

// Report is coredumpy.Report, which documents the fields.
type Report struct {
	Path    string
	Err     error
	Reason  string
	Message string
	Test    string
	Top     corefile.Place

	Description string
	Hint        string
}

// Outcome is what became of a dump, and who is to be told.
type Outcome struct {
	Report
	notify func(Report) // the function for Notify, nil if the lines are enough
	task   *quota.Task  // ends when Notify is done
}

// ForNotify has Notify call f in the end. task lasts until then.
func (o *Outcome) ForNotify(f func(Report), task *quota.Task) { o.notify, o.task = f, task }

// NotifyWaits reports whether there is a function that Notify has yet to call.
func (o *Outcome) NotifyWaits() bool { return o.notify != nil }

// Tell prints what became of a dump on standard error.
func (o *Outcome) Tell() { o.tell(stderr.Writer{}) }

// tell writes the lines: where the dump is, and which flags bring the variables it lacks.
func (o *Outcome) tell(w io.Writer) {
	if o.Err != nil {
		tellError(w, o.Err)
	}
	if o.Path == "" {
		return
	}
	fmt.Fprintf(w, "Your frame stack is dumped, open it with\ncoredumpy load %s\n", printable.Argument(o.Path))
	if o.Hint != "" {
		fmt.Fprintf(w, "for its variables, %s\n", printable.Line(o.Hint))
	}
}

// TellTest prints it in the output of the test t, which keeps the lines with the test's
// other ones; or on standard error if t has no output. panics says that a panic goes on:
// the output of a bubble is lost when that ends the process, so standard error is used.
func (o *Outcome) TellTest(t any, panics bool) {
	out, ok := t.(interface{ Output() io.Writer }) // Go 1.25
	if !ok || panics && clock.Fake() || guard.Call("the test's output", func() { o.tell(out.Output()) }) != nil {
		o.Tell()
	}
}

// Error prints an error as one line on standard error.
func Error(err error) { tellError(stderr.Writer{}, err) }

// NewLine ends a line on standard error that the program has begun.
func NewLine() { fmt.Fprintln(stderr.Writer{}) }

func tellError(w io.Writer, err error) {
	fmt.Fprintln(w, strings.ReplaceAll(err.Error(), "\n", " "))
}

// notifying counts calls of Config.Notify that haven't returned.
var notifying atomic.Int32

const maxNotifying = 16

// Notify calls Config.Notify with what became of a dump, if ForNotify was called. If that
// fails, the lines go to standard error.
func (o *Outcome) Notify() {
	defer Contain(nil)
	if o.notify == nil {
		return
	}
	defer o.task.End()
	const what = "the function in Config.Notify"
	_, err := guard.Apart(what, guard.Patience, func() (_ struct{}, err error) {
		defer notifying.Add(-1)
		if notifying.Add(1) > maxNotifying {
			return struct{}{}, fmt.Errorf("%d calls of %s haven't returned", maxNotifying, what)
		}
		return struct{}{}, guard.Call(what, func() { o.notify(o.Report) })
	})
	if err != nil {
		Error(fmt.Errorf("coredumpy: %w", err))
		o.Tell()
	}
}

// Contain is to be deferred. It turns a panic of our own into an error in *err, or on
// standard error if err is nil. Such a panic is a defect of coredumpy, which the program
// must not suffer from.
func Contain(err *error) {
	if r := recover(); r != nil {
		e := fmt.Errorf("coredumpy: internal error: %v: please report it", r)
		if err == nil {
			Error(e)
			return
		}
		*err = e
	}
}
