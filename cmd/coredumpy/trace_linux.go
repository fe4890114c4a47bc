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
	crashed := false
	return target.Trace(cmd, started, func(pid int) []uint64 {
		found, err := target.Breakpoints(pid, target.CrashFunctions())
		if err != nil {
			r.say("process %d: %v", pid, err)
		}
		crashed, functions = false, found
		var addrs []uint64
		for addr := range found {
			addrs = append(addrs, addr)
		}
		return addrs
	}, func(hit *target.Hit) {
		if crashed {
			return // a panic while it ends because of another
		}
		crashed = true
		r.watcher.dump(hit.PID, functions[hit.Addr], &capture.Event{Hit: hit, Function: functions[hit.Addr], SignalName: signalName, Wanted: r.watcher.wanted})
	})
}
