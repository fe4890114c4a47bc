package target

import (
	"runtime"
	"sync"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/debuginfo"
)

// Most of the work of a small dump is to read the debug information: it has to be inflated.
// So that of this process is kept for the next dump, for a while, if it isn't large.

// keepFor is how long debug information is kept after a dump: the first garbage collection
// after that time lets go of it.
const keepFor = time.Minute

// maxKept bounds how many bytes of memory debug information may take while it is kept.
const maxKept = 64 << 20

// kept is the debug information of this process while no [Process] uses it.
var kept = keeper{most: maxKept}

type keeper struct {
	most int64 // bytes of memory

	// mu is only tried: whoever holds it may have been stopped for a dump.
	mu      sync.Mutex
	info    *debuginfo.File // nil if there is none
	slide   uint64
	since   time.Time
	watched bool // collections are watched
}

// Keep must be called after Close, when nothing reads the process any more. It keeps the
// debug information of this process for the next dump.
func (p *Process) Keep() {
	if p.Own && p.Info != nil {
		kept.keep(p.Info, p.Slide)
	}
}

// keep keeps debug information, whose file is closed, unless it takes too much memory.
func (k *keeper) keep(info *debuginfo.File, slide uint64) {
	if clock.Fake() || info.Memory() > k.most || !k.mu.TryLock() { // a bubble's time says nothing
		return
	}
	defer k.mu.Unlock()
	k.info, k.slide, k.since = info, slide, time.Now()
	if !k.watched {
		k.watched = true
		k.watch(&unreachable{k})
	}
}

// unreachable is an object whose finalizer runs in each collection.
type unreachable struct{ k *keeper }

// watch drops what was kept in the first collection after its time. A timer would be simpler,
// but while a program has one Go doesn't see that all its goroutines are asleep.
func (k *keeper) watch(u *unreachable) {
	runtime.SetFinalizer(u, func(u *unreachable) {
		if !k.drop() {
			k.watch(u)
		}
	})
}

// drop drops what was kept if its time is over, and reports whether nothing is kept.
func (k *keeper) drop() bool {
	if !k.mu.TryLock() {
		return false
	}
	defer k.mu.Unlock()
	if k.info != nil && time.Since(k.since) < keepFor {
		return false
	}
	k.info, k.watched = nil, false
	return true
}

// take returns what was kept, nil if there is nothing, or the executable isn't the same any
// more. Then it is no longer kept.
func (k *keeper) take() (info *debuginfo.File, slide uint64) {
	if !k.mu.TryLock() {
		return nil, 0
	}
	info, slide = k.info, k.slide
	k.info = nil
	k.mu.Unlock()
	if info == nil || info.Reopen() != nil {
		return nil, 0
	}
	return info, slide
}
