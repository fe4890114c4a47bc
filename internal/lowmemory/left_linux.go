package lowmemory

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"syscall"
)

// left returns how many bytes the process's limits leave (RLIMIT_AS and RLIMIT_DATA,
// getrlimit(2)). It is 0 if there is a limit, but it isn't known how near that is.
func left() uint64 {
	least := uint64(math.MaxUint64)
	for _, l := range [...]struct {
		resource int
		used     int // which number of /proc/self/statm counts for it, proc(5)
	}{{syscall.RLIMIT_AS, 0}, {syscall.RLIMIT_DATA, 5}} {
		var limit syscall.Rlimit
		if syscall.Getrlimit(l.resource, &limit) != nil || uint64(limit.Cur) == math.MaxUint64 {
			continue
		}
		used, ok := used(l.used)
		if !ok || used >= uint64(limit.Cur) {
			return 0
		}
		least = min(least, uint64(limit.Cur)-used)
	}
	return least
}

func used(number int) (n uint64, ok bool) {
	b, err := os.ReadFile("/proc/self/statm")
	if f := bytes.Fields(b); err == nil && number < len(f) {
		n, err = strconv.ParseUint(string(f[number]), 10, 64)
		return n * uint64(os.Getpagesize()), err == nil
	}
	return 0, false
}
