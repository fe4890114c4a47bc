package target

import (
	"sync"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/debuginfo"
)

// Most of the work of a small dump is to read the debug information: it has to be inflated.
// So that of this process is kept for the next dump, for a while, if it isn't large.

// keepFor is how long debug information is kept after a dump.
const keepFor = time.Minute

// maxKept bounds how many bytes of memory debug information may take while it is kept.
const maxKept = 64 << 20

// kept is the debug information of this process while no [Process] uses it.
var kept = keeper{most: maxKept}

type keeper struct {
	most int64 // bytes of memory

	mu    sync.Mutex
	info  *debuginfo.File // nil if there is none
	slide uint64
	times int // how often something was kept
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
	if clock.Fake() || info.Memory() > k.most { // in a bubble no timer would end it
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.times++
	k.info, k.slide = info, slide
	times := k.times
	time.AfterFunc(keepFor, func() { k.drop(times) })
}

// drop drops what was kept, unless something has been kept since.
func (k *keeper) drop(times int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.times == times {
		k.info = nil
	}
}

// take returns what was kept, nil if there is nothing, or the executable isn't the same any
// more. Then it is no longer kept.
func (k *keeper) take() (info *debuginfo.File, slide uint64) {
	k.mu.Lock()
	info, slide = k.info, k.slide
	k.info = nil
	k.mu.Unlock()
	if info == nil || info.Reopen() != nil {
		return nil, 0
	}
	return info, slide
}
