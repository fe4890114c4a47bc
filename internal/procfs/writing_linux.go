//go:build amd64 || arm64

package procfs

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// writeNumber is the number of the system call write, asm/unistd.h.
var writeNumber = map[string]string{"amd64": "1", "arm64": "64"}

// WritingThread returns the thread of a process that is inside write(2) to a pipe, by its
// number in the process's own namespace; 0 if there is none. pipe is the target of a link
// in /proc/PID/fd, "pipe:[4711]".
func WritingThread(pid int, pipe string) int {
	tids, _ := Tasks(pid)
	for _, tid := range tids {
		b, err := os.ReadFile(TaskPath(pid, tid, "syscall"))
		f := strings.Fields(string(b))
		if err != nil || len(f) < 3 || f[0] != writeNumber[runtime.GOARCH] {
			continue
		}
		fd, err := strconv.ParseUint(f[1], 0, 64)
		if err != nil {
			continue
		}
		if to, err := os.Readlink(Path(pid, "fd/"+strconv.FormatUint(fd, 10))); err == nil && to == pipe {
			return ProcID(pid, tid, InNamespace(pid))
		}
	}
	return 0
}
