package crash

import (
	"errors"
	"fmt"

	"coredumpy/internal/capture"
	"coredumpy/internal/clock"
	"coredumpy/internal/corefile"
	"coredumpy/internal/dumping"
	"coredumpy/internal/quota"
	"coredumpy/internal/settings"
)

// Recovered is the work of coredumpy.DumpPanic, which must call it directly. mark is a
// variable on the stack; was is the address it had before the stack may have grown.
//
//go:noinline
func Recovered(value *any, signal []byte, o *settings.Options, mark *byte, was uint64) (path string, err error) {
	site := quota.Recovered(2)
	e := event{value, signal, dumping.Where(mark, was)}
	dumping.Apart(o, &err, func(w *dumping.Work) { path, err = dumpRecovered(e, w, site) })
	if path != "" {
		tellMonitor(value)
	}
	return path, err
}

func dumpRecovered(e event, w *dumping.Work, site quota.Site) (path string, err error) {
	switch _, conflict := w.Conflict(); {
	case *e.value == nil:
		return "", errors.New("coredumpy: no dump written: the value given to DumpPanic is nil: " +
			"pass it what recover returned")
	case conflict != nil:
		return "", conflict
	case capture.Aborts(*e.value) && !w.Config.AbortHandler:
		return "", errors.New("coredumpy: no dump written: the panic is http.ErrAbortHandler, " +
			"with which a handler ends: see Config.DumpAbortHandler")
	case len(w.Exclude) > 0 && capture.Excluded(*e.value, w.Exclude):
		return "", errors.New("coredumpy: no dump written: the panic is excluded")
	}
	answer := dumping.Panics.Ask(site, w.Config.Panics, clock.Now())
	if answer.Refused != quota.None {
		return "", fmt.Errorf("coredumpy: no dump written: panic at %s: Config.%s reached",
			answer.Place(), answer.Refused)
	}
	defer answer.Done()
	req := e.request(w, "DumpPanic", corefile.ForRecovered)
	w.Patient = !answer.First()
	if path, err = w.Save(req); path == "" {
		answer.GiveBack()
		return "", err
	}
	w.Release()
	w.Say(e.value)
	return path, w.Unexpected(err)
}
