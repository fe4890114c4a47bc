package capture

import (
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/target"
)

// maxBusy is how long others busy-wait while the world is being stopped.
const maxBusy = 5 * time.Millisecond

// processors are the program's Ps. Several captures may need a single P at a time.
var processors ps

type ps struct {
	mu        sync.Mutex
	takers    int
	n         int  // how many there were, 0 if that hasn't been changed
	automatic bool // the runtime chose that number, and would follow the container's CPU limit
	known     bool // automatic is certain
}

// take leaves the program one P until giveBack has been called as often as take.
func (p *ps) take() {
	if !p.mu.TryLock() {
		p.lock()
	}
	if p.takers++; p.takers == 1 {
		p.leaveOne()
	}
	p.mu.Unlock()
}

// lock waits for others that want the same. Stopping the world can take a millisecond, as
// the runtime may be reading the container's CPU limit. lock waits busily: parking would
// leave this goroutine's P to main.
func (p *ps) lock() {
	for start := clock.Now(); !p.mu.TryLock(); {
		if clock.Now().Sub(start) > maxBusy {
			p.mu.Lock()
			return
		}
	}
}

func (p *ps) leaveOne() {
	if n := runtime.GOMAXPROCS(0); n > 1 {
		p.n = n
		p.automatic, p.known = target.AutomaticProcs() // setting the number ends that
		runtime.GOMAXPROCS(1)
	}
}

// giveBack restores the Ps, unless the program has since set how many it wants.
func (p *ps) giveBack() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.takers--; p.takers > 0 {
		return
	}
	n := p.n
	p.n = 0
	if n == 0 || runtime.GOMAXPROCS(0) != 1 {
		return
	}
	if !p.known {
		p.automatic = !procsFromEnvironment()
	}
	if p.automatic {
		setDefaultProcs()
		if now := runtime.GOMAXPROCS(0); now == n || p.known && now > 1 {
			return // the limit may have changed
		}
	}
	runtime.GOMAXPROCS(n)
}

// procsFromEnvironment reports whether the environment sets the number of Ps
// (runtime/proc.go, schedinit).
func procsFromEnvironment() bool {
	n, err := strconv.Atoi(os.Getenv("GOMAXPROCS"))
	return err == nil && n > 0
}
