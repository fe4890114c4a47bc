// Package unsafely is the only room that imports package unsafe: it reads memory of this
// process by address, takes interfaces apart, and makes system calls that take pointers.
package unsafely

import (
	"reflect"
	"unsafe"
)

// Load copies len(p) bytes from src by plain loads. copy() would report the read to the
// race detector, which would blame the user's program for the dump's reads. checkptr
// would be fatal on memory that belongs to no allocation or to several.
//
//go:norace
//go:nocheckptr
//go:noinline
func Load(p []byte, src uintptr) {
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

// pointer makes a pointer from an address, which may be anything. The detour avoids a
// complaint from vet. The pointer must not outlive the expression, since the collector
// would take it for a pointer into the heap.
//
//go:norace
//go:nocheckptr
func pointer(addr uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }

// Words returns the two words of an interface value: its type's address and its
// data word.
func Words(v *any) (typ, data uint64) {
	w := (*[2]uintptr)(unsafe.Pointer(v))
	return uint64(w[0]), uint64(w[1])
}

// TypeAddr returns the address of the runtime's descriptor of t.
func TypeAddr(t reflect.Type) uint64 {
	var v any = t
	_, data := Words(&v)
	return data
}

// AddrOf returns the address of *v, which is read as type any. The caller keeps v alive.
func AddrOf(v *any) uint64 { return uint64(uintptr(unsafe.Pointer(v))) }

// StackAddr returns the present address of a variable on the stack.
//
//go:noinline
//go:nosplit
func StackAddr(p *byte) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// StringAddr returns the address of a string's bytes.
func StringAddr(s string) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.StringData(s)))) }

// BytesAddr returns the address of bytes. The caller makes sure that they don't move.
func BytesAddr(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// WordAddr returns the address of a word, which must not be a local variable.
func WordAddr(p *uint64) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// ValueID returns the two words of the interface, which tell *v from other values that
// exist at the same time.
func ValueID(v *any) [2]uint64 {
	typ, data := Words(v)
	return [2]uint64{typ, data}
}

// InterfaceOf returns the interface with these two words, which must be an interface's.
//
//go:nocheckptr
func InterfaceOf(words [2]uint64) any { return *(*any)(unsafe.Pointer(&words)) }
