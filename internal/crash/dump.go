package crash

import (
	"fmt"

	"coredumpy/internal/ask"
	"coredumpy/internal/capture"
	"coredumpy/internal/clock"
	"coredumpy/internal/dumping"
	"coredumpy/internal/outcome"
	"coredumpy/internal/quota"
	"coredumpy/internal/settings"
	"coredumpy/internal/stderr"
	"coredumpy/internal/tight"
)

// Dump dumps the panic p, if that is wanted, unless coredumpy run does. mark is a variable
// on the stack, which was at another address if that has grown since.
func (c *Crash) Dump(value *any, p Panic, o *settings.Options, mark *byte, was uint64) {
	if capture.Aborts(*value) && !o.Config.AbortHandler || len(o.Exclude) > 0 && excludes(o, value) {
		ask.Forget()
		tellMonitor(value)
		return
	}
	answer := dumping.Panics.Ask(p.site, o.Config.Panics, clock.Now())
	if answer.Refused != quota.None {
		refuse(o, answer, p)
		return
	}
	if c.held == nil {
		tight.Tell(stderr.Writer{}, *value)
	}
	if c.begin(); answer.First() && c.held == nil {
		c.Hold(capture.Stop(o.Config.Limits.Timeout), o.Config.Limits.Timeout)
	}
	signal := c.Signal
	if dumping.Watched(o, "OnPanic", "", value, signal, mark, was) {
		answer.Done()
		dumping.Panics.Settled(p.id)
		c.letBe(p)
		return
	}
	task := dumping.Begin()
	e := event{value, signal, dumping.Where(mark, was)}
	dumped := false
	dumping.Apart(o, nil, func(w *dumping.Work) {
		dumped = dumpPanic(e, w, answer, task)
		w.Say(value)
		w.Outcome.Notify()
		dumping.Settle(o.Config.Limits.Timeout)
	})
	if dumped {
		dumping.Panics.Settled(p.id)
		tellMonitor(value)
		c.letBe(p)
	}
}

// event is a panic as a dump is asked for.
type event struct {
	value  *any
	signal []byte // see SignalStack
	at     dumping.Place
}

// request is what is asked for. entry is the function of package coredumpy that was called.
func (e event) request(w *dumping.Work, entry, reason string) *capture.Request {
	req := w.Request(e.at, entry, reason)
	req.Panic, req.Signal = e.value, e.signal
	return req
}

// refuse lets a panic go on that isn't dumped. It may end the program, so the
// first dump of a crash site is waited for.
func refuse(o *settings.Options, answer quota.Answer, p Panic) {
	if answer.Tell {
		fmt.Fprintf(stderr.Writer{}, "coredumpy: no dump written: panic at %s: Config.%s reached; "+
			"from now on the next dump tells how many weren't\n", answer.Place(), answer.Refused)
	}
	dumping.Panics.Firsts.Settle(o.Config.Limits.Timeout)
	ask.Forget()
	dumping.Panics.Settled(p.id)
}

// excludes reports whether the program doesn't want the panic dumped. That may
// run methods of the value.
func excludes(o *settings.Options, value *any) (yes bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		yes = capture.Excluded(*value, o.Exclude)
	}()
	<-done
	return yes
}

// dumpPanic makes the dump, and reports whether there is one.
func dumpPanic(e event, w *dumping.Work, answer quota.Answer, task *quota.Task) (dumped bool) {
	defer task.End()
	defer answer.Done()
	defer outcome.Contain(nil)
	defer w.Release()
	req := e.request(w, "OnPanic", "panic")
	w.TellConflict()
	w.Patient = !answer.First()
	path, err := w.Save(req)
	if w.Report(req, err); !w.Outcome.NotifyWaits() {
		w.Outcome.Tell()
	}
	if path == "" {
		answer.GiveBack()
	}
	return path != ""
}
