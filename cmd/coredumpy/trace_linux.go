package main

import (
	"os/exec"

	"coredumpy/internal/ask"
	"coredumpy/internal/capture"
	"coredumpy/internal/hook"
	"coredumpy/internal/target"
)

// trace runs a program that can't tell of its crashes, with breakpoints where
// crashes begin. It returns when the program has ended.
func (r *runner) trace(cmd *exec.Cmd, started func()) error {
	functions := map[uint64]string{}
	t := &tracing{watcher: r.watcher}
	return target.Trace(cmd, started, func(pid int) []uint64 {
		found, err := target.Breakpoints(pid, target.CrashFunctions())
		if err != nil {
			r.say("process %d: %v", pid, err)
		}
		functions = found
		t.crashed, t.dumped = false, map[target.PanicID]bool{}
		var addrs []uint64
		for addr := range found {
			addrs = append(addrs, addr)
		}
		return addrs
	}, func(hit *target.Hit) { t.reached(hit, functions[hit.Addr]) })
}

// tracing is what is known of a program that is traced.
type tracing struct {
	watcher *watcher
	crashed bool                    // a panic while it ends because of another isn't dumped
	dumped  map[target.PanicID]bool // panics that the program has asked to be dumped
}

// reached dumps the program, which has come to a breakpoint.
func (t *tracing) reached(hit *target.Hit, function string) {
	switch {
	case function == target.OnAsk:
		t.asked(hit)
		return
	case function == target.OnForget:
		clear(t.dumped)
		return
	case t.crashed:
		return
	}
	t.crashed = true
	event := t.event(hit, function)
	event.Wanted = func(message, test string) bool {
		return !t.wasDumped(event) && t.watcher.wanted(message, test)
	}
	t.watcher.dump(hit.PID, function, event)
}

func (t *tracing) event(hit *target.Hit, function string) *capture.Event {
	return &capture.Event{Hit: hit, Function: function, SignalName: signalName}
}

// wasDumped reports whether a panic is one that was dumped when the program asked
// for it: it, or one that has been recovered by a function which has panicked again
// with the same value.
func (t *tracing) wasDumped(event *capture.Event) bool {
	for _, id := range event.Panics {
		if id.Value == event.Value && t.dumped[id] {
			return true
		}
	}
	return false
}

// asked dumps the program if it has asked for it, and tells it so.
func (t *tracing) asked(hit *target.Hit) {
	if !t.crashed {
		event := t.event(hit, target.OnAsk)
		event.Wanted = t.watcher.wantedAsked(hit.PID, event)
		if !t.watcher.dump(hit.PID, hook.Asked.String(), event) {
			return // it dumps itself
		}
		if event.Panic && len(event.Panics) > 0 && event.Panics[0].Value == event.Value {
			t.dumped[event.Panics[0]] = true
		}
	}
	hit.Write([]byte{1}, hit.Argument()+ask.DoneOffset) // if it has ended meanwhile there is nobody to be told
}
