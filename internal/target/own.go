package target

import (
	"reflect"
	"runtime"
	"unsafe"

	"coredumpy/internal/caveat"
)

// ownMemory is the memory of this process. Reads need
// debug.SetPanicOnFault(true) on the goroutine, or a wild address is fatal.
type ownMemory struct{}

func (ownMemory) Read(p []byte, addr uint64) (err error) {
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
	load(p, uintptr(addr))
	return nil
}

// fault turns what a wild read panics with into an error. Anything else isn't
// ours to hide.
func fault(r any, addr uint64) error {
	if _, ok := r.(runtime.Error); !ok {
		panic(r)
	}
	return caveat.Reason{Kind: caveat.NoMemory, Addr: addr}
}

// load copies len(p) bytes from src by plain loads. It isn't copy(): that one
// reports the read to the race detector, which would blame the user's program
// for what the dump reads. checkptr would be fatal on memory that belongs to no
// or to several allocations.
//
//go:norace
//go:nocheckptr
//go:noinline
func load(p []byte, src uintptr) {
	n := uintptr(len(p))
	dst := unsafe.Pointer(unsafe.SliceData(p))
	i := uintptr(0)
	for ; i+8 <= n; i += 8 {
		*(*uint64)(unsafe.Add(dst, i)) = *(*uint64)(pointer(src + i))
	}
	for ; i < n; i++ {
		*(*byte)(unsafe.Add(dst, i)) = *(*byte)(pointer(src + i))
	}
}

// pointer makes a pointer of an address that may be anything. The detour keeps
// vet content; the pointer must not outlive the expression, since the collector
// would take it for a pointer into the heap.
//
//go:norace
//go:nocheckptr
func pointer(addr uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }

// words returns the two words of an interface value: its type's address and its
// data word.
func words(v *any) (typ, data uint64) {
	w := (*[2]uintptr)(unsafe.Pointer(v))
	return uint64(w[0]), uint64(w[1])
}

// typeAddr returns the address of the runtime's descriptor of t.
func typeAddr(t reflect.Type) uint64 {
	var v any = t
	_, data := words(&v)
	return data
}

// AddrOf returns the address of *v, to be read as type any. The caller keeps v
// alive.
func AddrOf(v *any) uint64 { return uint64(uintptr(unsafe.Pointer(v))) }

// StackAddr returns the address of a variable on the stack, at the moment.
//
//go:noinline
//go:nosplit
func StackAddr(p *byte) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// textAddr returns the address of a string's bytes.
func textAddr(s string) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.StringData(s)))) }

// ValueID returns what tells *v from other values of its time: the two words of
// the interface.
func ValueID(v *any) [2]uint64 {
	typ, data := words(v)
	return [2]uint64{typ, data}
}

// interfaceOf returns the interface with two words, which must be those of one.
//
//go:nocheckptr
func interfaceOf(words [2]uint64) any { return *(*any)(unsafe.Pointer(&words)) }
