package target

import (
	"debug/dwarf"
	"fmt"

	"coredumpy/internal/debuginfo"
)

// blockedLayout holds the offsets of the fields of runtime.g and runtime.sudog that say
// what a goroutine waits for (runtime/runtime2.go). The field names are those of Go 1.24
// to 1.27; since Go 1.26 the addresses are in structs, in a field vu.
//
// For channels, g.waiting is a list with an entry for each case of a select. For
// semaphores and condition variables it has one entry since Go 1.26, and none before
// (runtime/sema.go).
type blockedLayout struct {
	waiting              int64 // in runtime.g
	g, c, elem, waitlink int64 // in runtime.sudog
	end                  int64 // where the last of those ends
	err                  error
}

// newBlockedLayout reads the layout in the debug information; g is the type runtime.g,
// size its size.
func newBlockedLayout(info *debuginfo.File, g dwarf.Offset, size int64) (l blockedLayout) {
	defer func() {
		if l.err != nil {
			l.err = fmt.Errorf("what goroutines wait for isn't known: %w", l.err)
		}
	}()
	f, ok := info.StructField(g, "waiting")
	if !ok || f.Offset < 0 || f.Offset+word > size {
		l.err = fmt.Errorf("runtime.g not recognised: no field waiting in its %d bytes", size)
		return l
	}
	l.waiting = f.Offset
	t, err := info.Type(f.Type)
	if err != nil {
		l.err = fmt.Errorf("runtime.g not recognised: field waiting: %w", err)
		return l
	}
	for _, want := range []struct {
		name string
		off  *int64
	}{{"g", &l.g}, {"c", &l.c}, {"elem", &l.elem}, {"waitlink", &l.waitlink}} {
		if *want.off, l.err = wordOffset(info, t.Elem, want.name); l.err != nil {
			return l
		}
		l.end = max(l.end, *want.off+word)
	}
	if l.end > maxSudog {
		l.err = fmt.Errorf("runtime.sudog not recognised: fields in %d bytes", l.end)
	}
	return l
}

// maxSudog bounds how much of a runtime.sudog is read.
const maxSudog = 256

// wordOffset returns the offset of an address in runtime.sudog: of the field of that name,
// or of vu in it.
func wordOffset(info *debuginfo.File, sudog dwarf.Offset, name string) (off int64, err error) {
	f, ok := info.StructField(sudog, name)
	if !ok {
		return 0, fmt.Errorf("runtime.sudog not recognised: no field %s", name)
	}
	off = f.Offset
	for _, inner := range []string{"maybeTraceablePtr", "vu"} {
		if in, ok := info.StructField(f.Type, inner); ok {
			off += in.Offset
			f = in
		}
	}
	if t, err := info.Type(f.Type); err != nil || t.Size != word || off < 0 {
		return 0, fmt.Errorf("runtime.sudog not recognised: field %s is no address", name)
	}
	return off, nil
}

// maxCases bounds how many cases of a select are read; reflect.Select takes 65536.
const maxCases = 1 << 16

// Blocked returns the addresses of what a goroutine waits for: the channels, the semaphore
// of a mutex or wait group, or the list of a condition variable. A single 0 stands for a
// select whose channels are all nil. There are none if that isn't known.
func (p *Process) Blocked(g *Goroutine) (addrs []uint64) {
	if p.gl == nil || p.gl.blocked.err != nil || g.status != p.states.waiting && g.status != p.states.leaked {
		return nil
	}
	l := &p.gl.blocked
	sudog, b := g.field(l.waiting), make([]byte, l.end)
	if sudog == 0 && g.Status == "select" {
		return []uint64{0}
	}
	for range maxCases {
		if sudog == 0 {
			return addrs
		}
		if p.Mem.Read(b, sudog) != nil || le64(b[l.g:]) != g.addr {
			return nil // it waits no more
		}
		addr := le64(b[l.c:])
		if addr == 0 { // a semaphore: waitlink leads to others that wait for it
			return []uint64{le64(b[l.elem:])}
		}
		addrs = append(addrs, addr)
		sudog = le64(b[l.waitlink:])
	}
	return nil
}
