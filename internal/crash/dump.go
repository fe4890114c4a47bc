package crash

import (
	"fmt"

	"coredumpy/internal/capture"
	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/dumping"
	"coredumpy/internal/lowmemory"
	"coredumpy/internal/outcome"
	"coredumpy/internal/quota"
	"coredumpy/internal/runclient"
	"coredumpy/internal/settings"
	"coredumpy/internal/stderr"
)

// Dump dumps the panic p, if that is wanted, unless coredumpy run does. mark is a variable
// on the stack; was is the address it had before the stack may have grown.
func (c *Crash) Dump(value *any, p Panic, o *settings.Options, mark *byte, was uint64) {
	if capture.Aborts(*value) && !o.Config.AbortHandler || len(o.Exclude) > 0 && excludes(o, value) {
		runclient.Forget()
		tellMonitor(value)
		return
	}
	answer := dumping.Panics.Ask(p.site, o.Config.Panics, clock.Now())
	if answer.Refused != quota.None {
		refuse(o, answer, p)
		return
	}
	if c.held == nil {
		lowmemory.Tell(stderr.Writer{}, *value)
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

// event is a panic for which a dump is wanted.
type event struct {
	value  *any
	signal []byte // see SignalStack
	at     dumping.Origin
}

// request returns the request for a dump. entry is the function of package coredumpy that
// was called.
func (e event) request(w *dumping.Work, entry, reason string) *capture.Request {
	req := w.Request(e.at, entry, reason)
	req.Panic, req.Signal = e.value, e.signal
	return req
}

// refuse lets a panic go on without a dump. The panic may end the program, so refuse
// waits for the first dumps of crash sites.
func refuse(o *settings.Options, answer quota.Answer, p Panic) {
	if answer.Tell {
		fmt.Fprintf(stderr.Writer{}, "coredumpy: no dump written: panic at %s: Config.%s reached; "+
			"from now on the next dump says how many weren't dumped\n", answer.Place(), answer.Refused)
	}
	dumping.Panics.Firsts.Settle(o.Config.Limits.Timeout)
	runclient.Forget()
	dumping.Panics.Settled(p.id)
}

// excludes reports whether the program excludes the panic. It may run methods of the
// value.
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
	req := e.request(w, "OnPanic", corefile.ForPanic)
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
