//go:build amd64 || arm64

package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"coredumpy/internal/clock"
)

// Path returns the path of a file about a process (proc(5)).
func Path(pid int, name string) string {
	return "/proc/" + strconv.Itoa(pid) + "/" + name
}

// CheckNamespace returns an error if /proc belongs to another PID namespace, where other
// processes have the numbers that this one knows (pid_namespaces(7)).
func CheckNamespace() error {
	self, err := os.Readlink("/proc/self")
	if err != nil || self == strconv.Itoa(os.Getpid()) {
		return nil // without /proc others report it
	}
	return fmt.Errorf("/proc belongs to another PID namespace, where this process is number %s, not %d: "+
		"mount it again (unshare --mount-proc)", self, os.Getpid())
}

// TaskPath returns the path of a file about a thread.
func TaskPath(pid, tid int, name string) string {
	return Path(pid, "task/"+strconv.Itoa(tid)+"/"+name)
}

// Stat is a part of /proc/PID/stat.
type Stat struct {
	State   byte
	Parent  int
	flags   uint64
	threads int // of the process, 0 for a thread that is being removed
}

// kernelThread is PF_KTHREAD of a task's flags (linux/sched.h).
const kernelThread = 0x00200000

// Ended reports whether the task has ended, and only its number is left.
func (s Stat) Ended() bool { return s.State == 'Z' || s.State == 'X' || s.State == 'x' }

// OfKernel reports whether the task is a thread of the kernel.
func (s Stat) OfKernel() bool { return s.flags&kernelThread != 0 }

// Stopped reports whether the task is stopped, by a signal or a tracer.
func (s Stat) Stopped() bool { return s.State == 'T' || s.State == 't' }

// Uninterruptible reports whether the task is in a system call that no signal interrupts.
func (s Stat) Uninterruptible() bool { return s.State == 'D' }

// ReadStat reads a file such as
//
//	4711 (a name) S 1 4711 4711 0 -1 4194304 ...
func ReadStat(path string) (Stat, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Stat{}, err
	}
	// The name can hold anything, even parentheses.
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 18 {
		return Stat{}, fmt.Errorf("%s has an unknown format: %q", path, b)
	}
	s := Stat{State: f[0][0]}
	s.Parent, _ = strconv.Atoi(f[1])
	s.flags, _ = strconv.ParseUint(f[6], 10, 64)
	s.threads, _ = strconv.Atoi(f[17])
	return s, nil
}

// statusField returns a field of a file such as /proc/PID/status, "" if there
// is none.
func statusField(path, name string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// StatusNumber returns a field that is a number, 0 if there is none.
func StatusNumber(path, name string) int {
	n, _ := strconv.Atoi(statusField(path, name))
	return n
}

// Tasks returns the threads of a process. Threads that end meanwhile can hide others.
func Tasks(pid int) ([]int, error) {
	d, err := os.Open(Path(pid, "task"))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if len(names) == 0 {
		return nil, err
	}
	tids := make([]int, 0, len(names))
	for _, name := range names {
		if tid, err := strconv.Atoi(name); err == nil {
			tids = append(tids, tid)
		}
	}
	return tids, nil
}

// HasEnded reports whether a process has ended: its first thread and all others.
//
// A thread that calls exec takes the number of the first one, which ends for that.
// Meanwhile each of them can look ended or gone. So finding no other thread is conclusive
// only if the kernel counts no other either.
func HasEnded(pid int) bool {
	for try := range clock.EagerTries {
		first, err := ReadStat(Path(pid, "stat"))
		if err != nil {
			return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH)
		}
		if !first.Ended() {
			return false
		}
		if first.threads == 1 {
			return true
		}
		tids, _ := Tasks(pid)
		for _, tid := range tids {
			if st, err := ReadStat(TaskPath(pid, tid, "stat")); err == nil && !st.Ended() {
				return false
			}
		}
		clock.Pause(try)
	}
	return true // the tracer keeps other threads that have ended
}

// SleepingAt returns pc and sp of a thread that isn't running, 0 if they aren't known.
func SleepingAt(pid, tid int) (pc, sp uint64) {
	// "running", or "-1 SP PC", or "CALL ARG ARG ARG ARG ARG ARG SP PC".
	b, _ := os.ReadFile(TaskPath(pid, tid, "syscall"))
	f := strings.Fields(string(b))
	if len(f) < 3 {
		return 0, 0
	}
	sp, err1 := strconv.ParseUint(f[len(f)-2], 0, 64)
	pc, err2 := strconv.ParseUint(f[len(f)-1], 0, 64)
	if err1 != nil || err2 != nil {
		return 0, 0
	}
	return pc, sp
}

// InNamespace reports whether a process has another PID namespace than this one.
func InNamespace(pid int) bool {
	return len(strings.Fields(statusField(Path(pid, "status"), "NSpid"))) > 1
}

// ProcID returns the number that a thread has in the process's own namespace.
func ProcID(pid, tid int, namespace bool) int {
	if namespace {
		ids := strings.Fields(statusField(TaskPath(pid, tid, "status"), "NSpid"))
		if len(ids) > 0 {
			if n, err := strconv.Atoi(ids[len(ids)-1]); err == nil {
				return n
			}
		}
	}
	return tid
}
