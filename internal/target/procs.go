package target

import (
	"sync/atomic"

	"coredumpy/internal/unsafely"
)

// customProcs is the address of runtime.sched.customGOMAXPROCS, 0 until it is known.
var customProcs atomic.Uint64

// AutomaticProcs reports whether this process's runtime chooses GOMAXPROCS by itself and
// follows changes of the CPU limit (since Go 1.25). known is false until [Self] has been
// called in a program with debug information.
func AutomaticProcs() (automatic, known bool) {
	addr := customProcs.Load()
	if addr == 0 {
		return false, false
	}
	var custom [1]byte
	unsafely.Load(custom[:], uintptr(addr))
	return custom[0] == 0, true
}

// findCustomProcs prepares AutomaticProcs, which must be quick: it is called when main may
// end the program any moment.
func (p *Process) findCustomProcs() {
	addr, typ, err := p.Global("runtime.sched")
	if err != nil {
		return
	}
	f, ok := p.Info.StructField(typ, "customGOMAXPROCS")
	if !ok {
		return
	}
	var custom [1]byte
	if p.Mem.Read(custom[:], addr+uint64(f.Offset)) == nil {
		customProcs.Store(addr + uint64(f.Offset))
	}
}
