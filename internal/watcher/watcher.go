// Package watcher runs in the process that coredumpy.Monitor has started: it dumps the
// watched process when that crashes, or asks for a dump. Package monitor notices both.
package watcher

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"coredumpy/internal/capture"
	"coredumpy/internal/dumping"
	"coredumpy/internal/guard"
	"coredumpy/internal/monitor"
	"coredumpy/internal/outcome"
	"coredumpy/internal/runclient"
	"coredumpy/internal/settings"
)

// Start has another process watch this one, for dumps with these options.
func Start(o *settings.Options) error {
	if _, err := o.Conflict(); err != nil {
		return err
	}
	text, err := o.Hand()
	if err != nil || runclient.Watched() {
		return err
	}
	return monitor.Start(text)
}

// patience is how much longer than Config.Timeout the program waits for the dump of its
// crash.
const patience = 10 * time.Second

// maxWatch bounds that wait, so that no number made of it overflows: the milliseconds of
// epoll_wait(2) are an int.
const maxWatch = 7 * 24 * time.Hour

// Watch does what this process was started for.
func Watch(w *monitor.Watch) {
	defer w.Close()
	giveUp := func(err error) {
		os.Stderr = w.Stderr()
		outcome.Error(fmt.Errorf("coredumpy: Monitor has stopped watching: %w", err))
	}
	o, err := settings.Handed(w.Settings)
	if err != nil {
		giveUp(fmt.Errorf("its settings: %w", err))
		return
	}
	limit := min(o.Config.Limits.Timeout, maxWatch) + patience
	_ = w.Guard(limit + monitor.GuardPatience) // watching works without it
	go capture.Serve(w, func(text []byte) (capture.Redaction, error) { return redaction(text, o) })
	crashed, err := w.Wait()
	if err != nil {
		giveUp(err)
	}
	if !crashed {
		return
	}
	os.Stderr = w.Stderr()
	tooLong := time.AfterFunc(limit, func() {
		outcome.Error(fmt.Errorf("coredumpy: no dump of the crash: it wasn't done after %v", limit))
		os.Exit(1) // the program goes on
	})
	w.Alone()
	told := dumping.Crash(w, o)
	tooLong.Stop() // the program is no longer held
	w.Close()
	if w.PID == 1 { // the kernel ends all other processes with it
		outcome.NewLine() // the report isn't at the beginning of a line
	} else {
		w.Rest(0)
	}
	told.Tell()
	w.Rest(0)
}

// redaction returns how the process that asks for a dump wants it redacted. text holds its
// settings.Redaction, o are the options of Monitor.
func redaction(text []byte, o *settings.Options) (capture.Redaction, error) {
	var r settings.Redaction
	err := json.Unmarshal(text, &r)
	return func(environ, args []string) (capture.Redactor, func(string) bool, func(pkg, name string) bool) {
		return r.Redactor(environ, args, max(o.Config.Limits.Timeout, guard.Patience)), r.SecretName(), r.ShowsText()
	}, err
}
