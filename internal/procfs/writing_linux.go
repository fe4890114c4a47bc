//go:build amd64 || arm64

package procfs

import (
	"os"
	"runtime"
	"strconv"
	"strings"
)

// write(2)'s number, asm/unistd.h.
var writeNumber = map[string]string{"amd64": "1", "arm64": "64"}

// WritingThread returns the thread of a process that is inside write(2) to a pipe, as the
// process itself numbers its threads; 0 if none is. The pipe is given as the link in
// /proc/PID/fd has it, "pipe:[4711]".
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
