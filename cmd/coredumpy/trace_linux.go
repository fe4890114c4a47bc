package main

import (
	"os/exec"

	"coredumpy/internal/capture"
	"coredumpy/internal/cause"
	"coredumpy/internal/hook"
	"coredumpy/internal/ptrace"
	"coredumpy/internal/runclient"
	"coredumpy/internal/target"
)

// trace runs a program that can't report its crashes, with breakpoints where crashes
// begin. It returns when the program has ended.
func (r *runner) trace(cmd *exec.Cmd, started func()) error {
	functions := map[uint64]string{}
	t := &tracing{watcher: r.watcher}
	return ptrace.Trace(cmd, started, func(pid int) []uint64 {
		if hooks, err := target.Breakpoints(pid, []string{hookFunction}); err == nil && len(hooks) > 0 {
			functions = nil
			return nil // it has executed a program that reports its crashes itself
		}
		found, err := target.Breakpoints(pid,
			append(cause.Functions(), cause.SaidFunction, cause.MarkedFunction), cause.OnAsk, cause.OnForget)
		if err != nil {
			r.say("process %d: %v", pid, err)
		}
		functions = found
		t.crash, t.says, t.marked, t.dumped = nil, nil, false, map[cause.PanicID]bool{}
		var addrs []uint64
		for addr := range found {
			addrs = append(addrs, addr)
		}
		return addrs
	}, func(hit *ptrace.Hit) (alone bool) {
		function := functions[hit.Addr]
		t.reached(hit, function)
		// Until the panic is marked, hold main back.
		return !t.marked && (function == cause.PanicFunction || function == cause.SaidFunction)
	})
}

// tracing is what is known about a program that is traced.
type tracing struct {
	watcher *watcher
	crash   *capture.Event         // the first: further panics while the program ends aren't dumped
	key     panicked               // of that, or of the last panic that the program has asked to dump
	says    *capture.Event         // the event with that key, whose message may still change
	marked  bool                   // main can't end the program any more
	dumped  map[cause.PanicID]bool // panics that the program has asked to dump
}

// reached dumps the program, which has reached a breakpoint.
func (t *tracing) reached(hit *ptrace.Hit, function string) {
	switch {
	case function == cause.SaidFunction:
		if event := t.says; event != nil {
			event.Again = max(event.Again, t.again())
			t.watcher.said(t.key, func() (*capture.Said, error) { return capture.SaidAt(hit, event) })
		}
	case function == cause.MarkedFunction:
		t.marked = true
	case function == cause.OnAsk:
		t.asked(hit)
	case function == cause.OnForget:
		clear(t.dumped)
	case t.crash == nil:
		t.crash = t.event(hit, function)
		t.crash.Wanted = func(message, test string) bool {
			return !t.wasDumped(t.crash) && t.watcher.wanted(message, test)
		}
		made, _ := t.watcher.dump(hit.PID, function, t.crash)
		if !t.wasDumped(t.crash) {
			t.says = nil // a text from now on belongs to this one
		}
		t.tell(hit, made, t.crash)
	}
}

// tell prints the lines about a dump, at once or when the panic value's text is known.
func (t *tracing) tell(hit *ptrace.Hit, m made, event *capture.Event) {
	if m.path == "" || event.Teller == nil {
		t.watcher.tell(m)
		return
	}
	t.says, t.key = event, panicked{hit.PID, event.Goroutine, event.Value}
	t.watcher.wait(t.key, m, event.Teller)
}

// again returns how many panics with the same value came before the last one.
func (t *tracing) again() int {
	if t.crash == nil {
		return 0
	}
	return t.crash.Again
}

func (t *tracing) event(hit *ptrace.Hit, function string) *capture.Event {
	return &capture.Event{Hit: hit, Function: function, SignalName: signalName}
}

// wasDumped reports whether a panic was dumped because the program asked for it: it,
// or one that was recovered by a function which has panicked again with the same
// value.
func (t *tracing) wasDumped(event *capture.Event) bool {
	for _, id := range event.Panics {
		if id.Value == event.Value && t.dumped[id] {
			return true
		}
	}
	return false
}

// asked dumps the program if it has asked for it, and answers it.
func (t *tracing) asked(hit *ptrace.Hit) {
	if t.crash == nil {
		event := t.event(hit, cause.OnAsk)
		event.Wanted = t.watcher.wantedAsked(hit.PID, event)
		made, settled := t.watcher.dump(hit.PID, hook.Asked.String(), event)
		if !settled {
			return // the program dumps itself
		}
		t.tell(hit, made, event)
		if event.Panic && len(event.Panics) > 0 && event.Panics[0].Value == event.Value {
			t.dumped[event.Panics[0]] = true
		}
	}
	hit.Write([]byte{1}, cause.Argument(hit)+runclient.DoneOffset) // an error means that it has ended meanwhile
}
