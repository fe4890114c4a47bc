//go:build amd64 || arm64

package memory

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"coredumpy/internal/procfs"
)

// RoomFor returns an error if copying the memory of a process might make the kernel kill
// a process for lack of memory: twice its size must be free, for the copy and for what is
// made of it.
func RoomFor(pid int) error {
	left, status := memoryLeft(), procfs.Path(pid, "status")
	size := (fieldIn(status, "RssAnon:") + fieldIn(status, "VmSwap:")) << 10
	if size == 0 {
		return fmt.Errorf("process %d: the size of its memory isn't known", pid)
	}
	if left < 2*size {
		return fmt.Errorf("process %d has %d MB of memory, and only %d MB are free", pid, size>>20, left>>20)
	}
	return nil
}

// memoryLeft returns how much more memory this process may take: of the machine, and of
// its control groups.
func memoryLeft() int64 {
	left := int64(math.MaxInt64)
	if kb := fieldIn("/proc/meminfo", "MemAvailable:"); kb > 0 {
		left = kb << 10
	}
	groups, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(groups)) {
		// 0::/path for version 2, 9:memory:/path for version 1, cgroups(7).
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) < 3 {
			continue
		}
		root, limit, used, cached := "/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
		if f[1] == "memory" {
			root, limit = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
			used, cached = "memory.usage_in_bytes", "total_inactive_file"
		} else if f[1] != "" {
			continue
		}
		for path := f[2]; ; path = filepath.Dir(path) {
			at := filepath.Join(root, path)
			if max, ok := numberIn(filepath.Join(at, limit)); ok {
				now, _ := numberIn(filepath.Join(at, used))
				left = min(left, max-now+fieldIn(filepath.Join(at, "memory.stat"), cached))
			}
			if path == "/" || path == "." {
				break
			}
		}
	}
	return left
}

// numberIn reads a file with a number.
func numberIn(path string) (int64, bool) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return n, err == nil
}

// fieldIn returns the number after a name at the beginning of a line, 0 if there is none.
func fieldIn(path, name string) int64 {
	b, _ := os.ReadFile(path)
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == name {
			n, _ := strconv.ParseInt(f[1], 10, 64)
			return n
		}
	}
	return 0
}
