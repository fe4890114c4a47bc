// Package failure dumps a failed test.
package failure

import (
	"fmt"
	"os"
	"slices"

	"coredumpy/internal/capture"
	"coredumpy/internal/corefile"
	"coredumpy/internal/crash"
	"coredumpy/internal/dumping"
	"coredumpy/internal/guard"
	"coredumpy/internal/monitor"
	"coredumpy/internal/outcome"
	"coredumpy/internal/settings"
)

// Test is the part of a test that Dump needs.
type Test interface{ Name() string }

// Dump dumps the test t, which has failed; if *value isn't nil, by a panic with it. mark
// is a variable on the stack; was is the address it had before the stack may have grown.
//
//go:noinline
func Dump(t Test, value *any, signal []byte, o *settings.Options, mark *byte, was uint64) {
	if watched(t, value, o, signal, mark, was) {
		return
	}
	at := dumping.Where(mark, was)
	id := crash.Innermost(value)
	dumping.Apart(o, nil, func(w *dumping.Work) {
		if *value != nil && capture.Excluded(*value, o.Exclude) {
			return
		}
		var name string
		var test any = t
		err := guard.Call("the test given to OnFailure", func() {
			name = t.Name()
			if !o.Placed() {
				o.Directory = artifacts(t)
			}
		})
		if err != nil {
			outcome.Error(fmt.Errorf("coredumpy: no dump written: %w", err))
			return
		}
		o.TellConflict()
		req := w.Request(at, "OnFailure", corefile.ForTestFailure)
		req.Head.Test, req.Test = name, &test
		req.Head.Message = name + " failed"
		if *value != nil {
			req.Panic, req.Signal = value, signal
		}
		_, err = w.Save(req)
		if w.Delivered() && *value != nil {
			monitor.Tell(id)
		}
		if w.Report(req, err); !w.Outcome.NotifyWaits() {
			w.Outcome.TellTest(t, *value != nil)
		}
		w.Release()
		w.Say(value)
		w.Outcome.Notify()
	})
}

// watched has coredumpy run make the dump if it runs this process, and reports whether it
// has.
func watched(t Test, value *any, o *settings.Options, signal []byte, mark *byte, was uint64) bool {
	var name string
	wanted := false
	dumping.Apart(o, nil, func(*dumping.Work) { // code of the program's may call runtime.Goexit
		if *value != nil && capture.Excluded(*value, o.Exclude) {
			return
		}
		wanted = guard.Call("the test given to OnFailure", func() { name = t.Name() }) == nil
	})
	return wanted && dumping.Watched(o, "OnFailure", name, value, signal, mark, was)
}

// artifacts returns the directory for a test's artifacts, if go test keeps it
// (flag -artifacts, Go 1.26).
func artifacts(t Test) string {
	a, ok := t.(interface{ ArtifactDir() string })
	if !ok || !slices.ContainsFunc(os.Args, func(arg string) bool {
		return arg == "-test.artifacts" || arg == "-test.artifacts=true"
	}) {
		return ""
	}
	return a.ArtifactDir()
}
