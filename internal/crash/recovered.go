package crash

import (
	"errors"
	"fmt"

	"coredumpy/internal/capture"
	"coredumpy/internal/clock"
	"coredumpy/internal/dumping"
	"coredumpy/internal/quota"
	"coredumpy/internal/settings"
)

// Recovered is coredumpy.DumpPanic, which has to call it itself. mark is a variable on
// the stack, which was at another address if that has grown since.
//
//go:noinline
func Recovered(value *any, signal []byte, o *settings.Options, mark *byte, was uint64) (path string, err error) {
	site := quota.Recovered(2)
	at := dumping.Where(mark, was)
	dumping.Apart(o, &err, func(w *dumping.Work) { path, err = dumpRecovered(value, signal, w, at, site) })
	if path != "" {
		tellMonitor(value)
	}
	return path, err
}

func dumpRecovered(value *any, signal []byte, w *dumping.Work, at dumping.Place, site quota.Site) (path string, err error) {
	switch _, conflict := w.Conflict(); {
	case *value == nil:
		return "", errors.New("coredumpy: no dump written: the value given to DumpPanic is nil: hand over what recover returned")
	case conflict != nil:
		return "", conflict
	case capture.Aborts(*value) && !w.Config.AbortHandler:
		return "", errors.New("coredumpy: no dump written: the panic is http.ErrAbortHandler, with which a handler ends: see Config.DumpAbortHandler")
	case len(w.Exclude) > 0 && capture.Excluded(*value, w.Exclude):
		return "", errors.New("coredumpy: no dump written: the panic is excluded")
	}
	answer := dumping.Panics.Ask(site, w.Config.Panics, clock.Now())
	if answer.Refused != quota.None {
		return "", fmt.Errorf("coredumpy: no dump written: panic at %s: Config.%s reached", answer.Place(), answer.Refused)
	}
	defer answer.Done()
	req := w.Request(at, "DumpPanic", "recovered panic")
	req.Panic, req.Signal = value, signal
	w.Patient = !answer.First()
	if path, err = w.Save(req); path == "" {
		answer.GiveBack()
		return "", err
	}
	w.Release()
	w.Say(value)
	return path, w.Unexpected(err)
}
