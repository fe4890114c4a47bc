//go:build amd64 || arm64

package monitor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"coredumpy/internal/target"
)

// Watch is a process that watches another one.
type Watch struct {
	PID      int    // of the other
	Settings []byte // what Start was given
	Stderr   *os.File

	report *os.File
	auxv   []byte        // of the other one: random addresses, others after each execve
	ended  chan struct{} // closed when the other one has ended; never if that can't be known
	first  []byte

	mu   sync.Mutex
	told []target.PanicID

	dumping sync.Mutex // held while a dump is made that was asked for
	crashed atomic.Bool
}

// Watching returns what this process is to watch, nil if it is none of those that Start
// starts. It doesn't return in one that only starts another.
func Watching() *Watch {
	text, ok := os.LookupEnv(variable)
	if !ok {
		if len(os.Args) == 1 && strings.HasPrefix(os.Args[0], name) {
			os.Exit(1) // an init function before this one has cleared the environment
		}
		return nil
	}
	os.Unsetenv(variable)
	role, number, _ := strings.Cut(text, " ")
	pid, err := strconv.Atoi(number)
	if err != nil || !slices.Equal(os.Args, arguments(pid)) {
		return nil // whoever starts a program can set its environment
	}
	// From here on it isn't the program, and must not come to main, also if the other
	// process has ended meanwhile, or runs another executable, or has set its effective
	// user ID, which gives this one privileges.
	if privileged() || role != starter && role != watcher || role == starter && os.Getppid() != pid || !isPipe(crashFD) || !sameExecutable(pid) {
		os.Exit(1)
	}
	settings, stderr := os.NewFile(settingFD, "settings"), os.NewFile(stderrFD, "stderr")
	if role == starter {
		if err := startProcess(watcher, pid, os.NewFile(crashFD, "crash report"), settings, stderr, os.NewFile(toldFD, "dumped panics"), os.NewFile(askFD, "questions")); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	// Whoever ends a service or a container signals all its processes. This one is needed as
	// long as the other one runs.
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGXFSZ)
	closeInherited()
	os.Chdir("/") // or the directory couldn't be unmounted
	os.WriteFile("/proc/self/comm", []byte("coredumpy-mon"), 0)
	w := &Watch{PID: pid, Stderr: stderr, auxv: auxv(pid), ended: make(chan struct{})}
	if w.Settings, err = io.ReadAll(settings); err != nil {
		os.Exit(1)
	}
	settings.Close()
	syscall.SetNonblock(crashFD, true) // so that it can be waited for
	w.report = os.NewFile(crashFD, "crash report")
	w.waitForEnd()
	go func() {
		told := os.NewFile(toldFD, "dumped panics")
		for b := make([]byte, idSize); ; {
			if _, err := io.ReadFull(told, b); err != nil {
				return
			}
			w.hear(b)
		}
	}()
	return w
}

// maxTold is how many panics are remembered that have been dumped: most of them are
// recovered, and no crash.
const maxTold = 1000

func (w *Watch) hear(b []byte) {
	word := func(i int) uint64 { return binary.NativeEndian.Uint64(b[8*i:]) }
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.told) == maxTold {
		w.told = slices.Delete(w.told, 0, maxTold/2)
	}
	w.told = append(w.told, target.PanicID{Goroutine: int64(word(0)), Place: word(1), Value: [2]uint64{word(2), word(3)}})
}

// Told returns the panics that have been dumped.
func (w *Watch) Told() []target.PanicID {
	for b := make([]byte, idSize); ; { // what hasn't been read yet
		if n, err := syscall.Read(toldFD, b); n != idSize || err != nil {
			break
		}
		w.hear(b)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.told)
}

// Traced reports whether a debugger traces the other process.
func (w *Watch) Traced() bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.PID))
	_, after, ok := strings.Cut(string(b), "\nTracerPid:\t")
	return err == nil && ok && !strings.HasPrefix(after, "0\n")
}

// sameExecutable reports whether a process runs the same executable as this one.
func sameExecutable(pid int) bool {
	self, err1 := os.Stat("/proc/self/exe")
	other, err2 := os.Stat(fmt.Sprintf("/proc/%d/exe", pid))
	return err1 == nil && err2 == nil && os.SameFile(self, other)
}

func isPipe(fd int) bool {
	var st syscall.Stat_t
	return syscall.Fstat(fd, &st) == nil && st.Mode&syscall.S_IFMT == syscall.S_IFIFO
}

// closeInherited closes what the program had inherited from whoever started it. Others
// may wait for the last one to close it.
func closeInherited() {
	names, _ := os.ReadDir("/proc/self/fd")
	for _, name := range names {
		fd, err := strconv.Atoi(name.Name())
		to, err2 := os.Readlink("/proc/self/fd/" + name.Name())
		if err == nil && err2 == nil && fd >= firstFree && !strings.HasPrefix(to, "anon_inode:") {
			syscall.Close(fd)
		}
	}
}

// waitForEnd has ended closed when the other process has ended. That isn't seen at the
// pipe if another program has inherited its end.
func (w *Watch) waitForEnd() {
	const pidfdOpen = 434 // the same on all architectures
	fd, _, errno := syscall.RawSyscall(pidfdOpen, uintptr(w.PID), syscall.O_NONBLOCK, 0)
	if errno != 0 {
		return // before Linux 5.10
	}
	f := os.NewFile(fd, "process")
	conn, err := f.SyscallConn()
	if err != nil {
		return
	}
	go func() {
		for !w.Ended() {
			asked := false
			if conn.Read(func(uintptr) bool { was := asked; asked = true; return was }) != nil {
				return
			}
		}
		close(w.ended)
	}()
}

// Ended reports whether the other process has ended.
func (w *Watch) Ended() bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.PID))
	i := strings.LastIndexByte(string(b), ')')
	return err != nil || i < 0 || strings.HasPrefix(string(b[i:]), ") Z") || strings.HasPrefix(string(b[i:]), ") X")
}

// errReplaced says that the pipe is no longer in use.
var errReplaced = errors.New("the program has set another crash output")

// Wait waits for a crash, and reports whether there was one: the other process has
// written a part of its report then, and is blocked or about to be. Nothing is read, as
// that would let it go on.
func (w *Watch) Wait() (crashed bool, err error) {
	conn, err := w.report.SyscallConn()
	if err != nil {
		return false, err
	}
	var copied [2]int
	if err := syscall.Pipe2(copied[:], syscall.O_CLOEXEC); err != nil {
		return false, err
	}
	defer syscall.Close(copied[0])
	defer syscall.Close(copied[1])
	go func() {
		<-w.ended
		w.report.SetReadDeadline(time.Unix(1, 0))
	}()
	const nonblock = 2 // SPLICE_F_NONBLOCK
	var n int64
	var errTee error
	err = conn.Read(func(fd uintptr) bool {
		for {
			n, errTee = syscall.Tee(int(fd), copied[1], onePage, nonblock)
			if errTee != syscall.EINTR {
				return errTee != syscall.EAGAIN
			}
		}
	})
	switch {
	case err == nil && errTee == nil && n > 0:
		b := make([]byte, n)
		if k, err := syscall.Read(copied[0], b); err == nil {
			w.first = b[:k]
		}
		w.crashed.Store(true)
		return true, nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return false, nil
	case err != nil:
		return false, err
	case errTee != nil:
		return false, os.NewSyscallError("tee", errTee)
	}
	// The end of the pipe. The process may be ending.
	for range 100 {
		if w.Ended() {
			return false, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !bytes.Equal(auxv(w.PID), w.auxv) {
		return false, nil // it runs another program
	}
	return false, errReplaced
}

func auxv(pid int) []byte {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/auxv", pid))
	return b
}

// Writer returns the thread that is blocked as it writes the report, as the process
// itself numbers its threads, 0 if there is none.
func (w *Watch) Writer() int {
	pipe, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", crashFD))
	if err != nil {
		return 0
	}
	for range 200 { // it is on its way
		if id := target.WritingThread(w.PID, pipe); id != 0 {
			return id
		}
		time.Sleep(time.Millisecond)
	}
	return 0
}

// First is the beginning of the report.
func (w *Watch) First() string { return string(w.first) }

// Rest lets the process go on and end, and returns its report, at most limit bytes.
func (w *Watch) Rest(limit int) string {
	_ = setPipeSize(crashFD, maxSettings) // no more waiting
	var text []byte
	b := make([]byte, 64<<10)
	for {
		n, err := w.report.Read(b)
		if errors.Is(err, os.ErrDeadlineExceeded) { // it has ended, and left what is there
			n, err = syscall.Read(crashFD, b)
		}
		text = append(text, b[:max(0, min(n, limit-len(text)))]...)
		if n <= 0 || err != nil {
			return string(text)
		}
	}
}

// Beginning reads the report as far as wanted says, and leaves the process blocked if it
// has more to write than one thing.
func (w *Watch) Beginning(wanted func(text string) bool) string {
	var text []byte
	for b := make([]byte, onePage); !wanted(string(text)); {
		n, err := w.report.Read(b) // one write at a time
		if text = append(text, b[:max(0, n)]...); n <= 0 || err != nil {
			break
		}
	}
	return string(text)
}
