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
	v, ok := p.Info.Global("runtime.sched")
	if !ok {
		return
	}
	f, ok := p.Info.StructField(v.Type, "customGOMAXPROCS")
	if !ok {
		return
	}
	addr, err := p.GlobalAddr(&v)
	var custom [1]byte
	if err == nil && p.Mem.Read(custom[:], addr+uint64(f.Offset)) == nil {
		customProcs.Store(addr + uint64(f.Offset))
	}
}
