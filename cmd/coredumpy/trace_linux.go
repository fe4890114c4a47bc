package main

import (
	"os/exec"

	"coredumpy/internal/capture"
	"coredumpy/internal/target"
)

// trace runs a program that can't tell of its crashes, with breakpoints where
// crashes begin. It returns when the program has ended.
func (r *runner) trace(cmd *exec.Cmd, started func()) error {
	functions := map[uint64]string{}
	var crash *capture.Event // the first: others come while it ends
	var key panicked
	return target.Trace(cmd, started, func(pid int) []uint64 {
		found, err := target.Breakpoints(pid, append(target.CrashFunctions(), target.SaidFunction))
		if err != nil {
			r.say("process %d: %v", pid, err)
		}
		crash, functions = nil, found
		var addrs []uint64
		for addr := range found {
			addrs = append(addrs, addr)
		}
		return addrs
	}, func(hit *target.Hit) {
		function := functions[hit.Addr]
		switch {
		case function == target.SaidFunction:
			if crash != nil && crash.Teller != nil {
				r.watcher.said(key, func() (*capture.Said, error) { return capture.SaidAt(hit, crash) })
			}
		case crash == nil:
			crash = &capture.Event{Hit: hit, Function: function, SignalName: signalName, Wanted: r.watcher.wanted}
			path := r.watcher.dump(hit.PID, function, crash)
			if path == "" || crash.Teller == nil {
				r.watcher.tell(path)
				return
			}
			key = panicked{hit.PID, crash.Goroutine, crash.Value}
			r.watcher.wait(key, path, crash.Teller)
		}
	})
}
