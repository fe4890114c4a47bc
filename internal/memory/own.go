package memory

import (
	"runtime"

	"coredumpy/internal/caveat"
	"coredumpy/internal/unsafely"
)

// Own is the memory of this process. Before reading, call debug.SetPanicOnFault(true) on
// the goroutine: otherwise a wild address is fatal.
type Own struct{}

func (Own) Read(p []byte, addr uint64) (err error) {
	if len(p) == 0 {
		return nil
	}
	if addr < 4096 || addr+uint64(len(p)) < addr {
		return caveat.Reason{Kind: caveat.NoMemory, Addr: addr}
	}
	defer func() {
		if r := recover(); r != nil {
			err = fault(r, addr)
		}
	}()
	unsafely.Load(p, uintptr(addr))
	return nil
}

// fault turns the panic of a wild read into an error. Any other panic goes on.
func fault(r any, addr uint64) error {
	if _, ok := r.(runtime.Error); !ok {
		panic(r)
	}
	return caveat.Reason{Kind: caveat.NoMemory, Addr: addr}
}
