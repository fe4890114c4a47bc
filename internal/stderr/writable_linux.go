package stderr

import "syscall"

// writable waits until a descriptor can be written to, for at most a second, and reports
// whether it can. It uses no timer of the runtime: that needs descriptors itself.
func writable(fd int) bool {
	const setSize = 1024 // FD_SETSIZE, select(2)
	if fd >= setSize {
		return true
	}
	var set syscall.FdSet
	width := setSize / len(set.Bits)
	set.Bits[fd/width] = 1 << (fd % width)
	timeout := syscall.Timeval{Sec: 1}
	for {
		n, err := syscall.Select(fd+1, nil, &set, nil, &timeout) // on Linux it counts the timeout down
		if err != syscall.EINTR {
			return n > 0 || err != nil
		}
	}
}
