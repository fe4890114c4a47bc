package capture

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// quiet is the state of the runtime to be given back after a capture.
type quiet struct {
	stop        bool // the world can be stopped for a moment
	gcPercent   int
	memoryLimit int64
	procs       int // 0: not changed
	automatic   bool
}

// hush turns the collector off. It could shrink a stack, which leaves dangling
// pointers in variables that the compiler takes for dead.
func hush() *quiet {
	q := &quiet{stop: canStop()}
	if q.stop {
		q.gcPercent = debug.SetGCPercent(-1)
		q.memoryLimit = debug.SetMemoryLimit(math.MaxInt64)
	}
	return q
}

// single goes down to one P, so that other goroutines are parked or preempted
// and their registers saved. automatic tells that the runtime follows the
// container's CPU limit by itself, which setting GOMAXPROCS ends.
func (q *quiet) single(automatic bool) {
	if n := runtime.GOMAXPROCS(0); q.stop && n > 1 {
		q.procs, q.automatic = n, automatic
		runtime.GOMAXPROCS(1)
	}
}

// busy gives back the Ps.
func (q *quiet) busy() {
	if q.procs > 0 {
		runtime.GOMAXPROCS(q.procs)
		if q.automatic {
			setDefaultProcs()
		}
		q.procs = 0
	}
}

// restore gives back all that was changed.
func (q *quiet) restore() {
	q.busy()
	if q.stop {
		debug.SetMemoryLimit(q.memoryLimit)
		debug.SetGCPercent(q.gcPercent)
		q.stop = false
	}
}

// canStop reports whether the world can be stopped for a moment, as hush's
// calls do. Without asynchronous preemption that would wait forever for a loop
// that never ends.
func canStop() bool { return !Godebug("asyncpreemptoff=1") }

// Godebug reports whether a setting is on, in the environment or by the
// program's go.mod or go:debug lines.
func Godebug(setting string) bool {
	if strings.Contains(os.Getenv("GODEBUG"), setting) {
		return true
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "DefaultGODEBUG" && strings.Contains(s.Value, setting) {
				return true
			}
		}
	}
	return false
}
