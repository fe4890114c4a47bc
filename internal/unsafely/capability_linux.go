package unsafely

import (
	"os"
	"syscall"
	"unsafe"
)

// LimitCapabilities takes all capabilities but those in the mask from all threads of this
// process, capset(2). It returns an error in a program with cgo, which may have threads
// that Go doesn't know.
func LimitCapabilities(mask uint64) error {
	const version3 = 0x20080522 // _LINUX_CAPABILITY_VERSION_3
	type set struct{ effective, permitted, inheritable uint32 }
	header := struct {
		version uint32
		pid     int32 // 0: the calling thread
	}{version: version3}
	var sets [2]set
	_, _, errno := syscall.RawSyscall(syscall.SYS_CAPGET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	if errno != 0 {
		return os.NewSyscallError("capget", errno)
	}
	for i := range sets {
		part := uint32(mask >> (32 * i))
		sets[i] = set{effective: sets[i].effective & part, permitted: sets[i].permitted & part}
	}
	_, _, errno = syscall.AllThreadsSyscall(syscall.SYS_CAPSET,
		uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&sets)), 0)
	if errno != 0 {
		return os.NewSyscallError("capset", errno)
	}
	return nil
}
