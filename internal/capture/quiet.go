package capture

import (
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
)

// quiet is the state of the runtime to restore after a capture.
type quiet struct {
	stop        bool // the world can be stopped for a moment
	held        bool // not restored yet
	gcPercent   int
	memoryLimit int64
	used        int64 // memory at the beginning
	bound       int64 // the memory limit meanwhile
	single      bool  // the program has one P
	turn        turn
}

// hush turns the collector off. It could shrink a stack, which leaves dangling pointers in
// variables that the compiler considers dead; and where the world can't be stopped it
// would wait forever to begin.
func hush() *quiet {
	q := &quiet{stop: canStop(), held: true, bound: math.MaxInt64}
	if q.stop {
		q.used = inUse()
		q.memoryLimit = debug.SetMemoryLimit(q.bound)
		q.gcPercent = debug.SetGCPercent(-1) // waits until a collection under way ends
	} else {
		uncollected.begin()
	}
	return q
}

// uncollected are the captures during which no collection may begin, because it would
// wait forever: each lasts until its dump is written, and another may begin before.
var uncollected holders

type holders struct {
	mu          sync.Mutex
	n           int
	gcPercent   int
	memoryLimit int64
}

// farOff all but prevents collections, but setting it doesn't wait for one in progress.
const farOff = math.MaxInt32

func (h *holders) begin() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.n++; h.n == 1 {
		h.memoryLimit, h.gcPercent = debug.SetMemoryLimit(math.MaxInt64), debug.SetGCPercent(farOff)
	}
}

func (h *holders) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.n--; h.n == 0 {
		giveBack(h.gcPercent, farOff, h.memoryLimit, math.MaxInt64)
	}
}

// giveBack restores GC percentage and memory limit, unless the program has set them to
// something else meanwhile.
func giveBack(gcPercent, meanwhile int, memoryLimit, bound int64) {
	if n := debug.SetGCPercent(gcPercent); n != meanwhile {
		debug.SetGCPercent(n)
	}
	if n := debug.SetMemoryLimit(memoryLimit); n != bound {
		debug.SetMemoryLimit(n)
	}
}

// growth is how much a process that uses little memory may grow before the collector
// runs again. A large dump needs that much.
const growth = 512 << 20

// allow lets the collector run again, but not before the process has doubled, or has
// reached its own limit: the rest of the program goes on, and may produce garbage faster
// than a long capture can bear. The stacks must have been copied. q is nil in a capture
// of another process.
func (q *quiet) allow() {
	if q == nil || !q.stop {
		return
	}
	if q.bound = q.memoryLimit; q.gcPercent >= 0 {
		q.bound = min(q.bound, q.used+max(q.used, growth))
	}
	debug.SetMemoryLimit(q.bound)
}

// inUse returns how much of the memory that the runtime holds is needed.
func inUse() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64() - s[2].Value.Uint64())
}

// alone leaves the program one P, so that other goroutines are parked or preempted and
// their registers saved.
func (q *quiet) alone() {
	if q.stop {
		q.single = true
		processors.take()
		q.turn.begin()
	}
}

// busy restores the Ps.
func (q *quiet) busy() {
	q.turn.finish()
	if q.single {
		q.single = false
		processors.giveBack()
	}
}

// restore restores all that was changed, except for what the program has changed since.
func (q *quiet) restore() {
	q.busy()
	switch {
	case !q.held:
	case q.stop:
		giveBack(q.gcPercent, -1, q.memoryLimit, q.bound)
	default:
		uncollected.end()
	}
	q.held = false
}

// canStop reports whether the world can be stopped for a moment, as runtime.GOMAXPROCS
// does, and the collector when it begins. Without asynchronous preemption that would wait
// forever for a loop that never ends. It makes no difference if a program sets that later.
func canStop() bool { return mayStop }

// mayStop is computed early: that takes longer than main may take to end the program,
// see Hold.
var mayStop = !Godebug("asyncpreemptoff=1")

// Godebug reports whether a setting is on, in the environment or in the program's go.mod
// or go:debug lines.
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
