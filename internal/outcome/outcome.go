// Package outcome tells what became of a dump: on standard error, in the output of a
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
	"coredumpy/internal/quota"
	"coredumpy/internal/safetext"
	"coredumpy/internal/stderr"
)

// Report is coredumpy.Report, which says what the fields are.
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

// Outcome is what became of a dump, to be told.
type Outcome struct {
	Report
	notify func(Report) // to be told, nil if the lines are enough
	task   *quota.Task  // until it is told
}

// ForNotify has f told in the end, by Notify. task lasts until then.
func (o *Outcome) ForNotify(f func(Report), task *quota.Task) { o.notify, o.task = f, task }

// NotifyWaits reports whether there is a function that is yet to be told.
func (o *Outcome) NotifyWaits() bool { return o.notify != nil }

// Tell tells on standard error what became of a dump.
func (o *Outcome) Tell() { o.tell(stderr.Writer{}) }

// tell writes the lines: where the dump is, and which flags bring the variables it lacks.
func (o *Outcome) tell(w io.Writer) {
	if o.Err != nil {
		tellError(w, o.Err)
	}
	if o.Path == "" {
		return
	}
	fmt.Fprintf(w, "Your frame stack is dumped, open it with\ncoredumpy load %s\n", safetext.Argument(o.Path))
	if o.Hint != "" {
		fmt.Fprintf(w, "for its variables, %s\n", safetext.Line(o.Hint))
	}
}

// TellTest tells it in the output of the test t, which keeps the lines with the test's
// other ones; on standard error if t has none. panics says that a panic goes on: the
// output of a bubble is lost when that ends the process.
func (o *Outcome) TellTest(t any, panics bool) {
	out, ok := t.(interface{ Output() io.Writer }) // Go 1.25
	if !ok || panics && clock.Fake() || guard.Call("the test's output", func() { o.tell(out.Output()) }) != nil {
		o.Tell()
	}
}

// Error tells of an error in a line on standard error.
func Error(err error) { tellError(stderr.Writer{}, err) }

// NewLine ends a line that somebody else has begun on standard error.
func NewLine() { fmt.Fprintln(stderr.Writer{}) }

func tellError(w io.Writer, err error) {
	fmt.Fprintln(w, strings.ReplaceAll(err.Error(), "\n", " "))
}

// notifying counts calls of Config.Notify that haven't returned.
var notifying atomic.Int32

const maxNotifying = 16

// Notify tells Config.Notify what became of a dump, if ForNotify was called. What it
// isn't told, standard error is.
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

// Contain is to be deferred. It keeps a panic of our own from ending the program, and
// makes an error of it, told on standard error if err is nil. That it happened is a defect
// of coredumpy, which the program must not suffer from.
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
