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

	"coredumpy/internal/cause"
	"coredumpy/internal/procfs"
)

// Watch is a process that watches another one.
type Watch struct {
	PID      int    // of the watched process
	Settings []byte // what Start was given

	report *os.File
	news   *os.File      // what Tell was given
	auxv   []byte        // of the watched process: random addresses, others after each execve
	pidfd  int           // of the watched process, -1 if this system has none
	ended  chan struct{} // closed when the watched process has ended; never if that can't be known
	began  string        // the current directory when the watched process called Start
	guard  *os.Process

	// From Wait on, if there was a crash.
	first    []byte
	pipe     int // the pipe with the report, once it isn't polled any more; -1 before that
	output   int // the end of the pipe that the watched process writes to, -1 if it can't be had
	standing standing

	mu   sync.Mutex
	told []cause.PanicID

	dumping sync.Mutex // held while an asked-for dump is made
	crashed atomic.Bool
}

// Watching returns what this process is to watch, nil if Start didn't start it. It
// doesn't return in a starter or a guard.
func Watching() *Watch {
	text, ok := os.LookupEnv(variable)
	if !ok {
		if len(os.Args) == 1 && strings.HasPrefix(os.Args[0], name) {
			os.Exit(1) // an init function before this one has cleared the environment
		}
		return nil
	}
	os.Unsetenv(variable)
	role, pid, patience, ok := parseVariable(text)
	if !ok || !slices.Equal(os.Args, arguments(pid)) {
		return nil // anyone who starts a program can set its environment
	}
	// From here on this process isn't the program and must not come to main, even if the
	// watched process has ended meanwhile, runs another executable, or has set its
	// effective user ID, which gives this process privileges.
	if privileged() || !sameExecutable(pid) {
		os.Exit(1)
	}
	switch {
	case role == starter && os.Getppid() == pid && isPipe(crashFD):
		beStarter(pid)
	case role == watcher && isPipe(crashFD):
		return beWatcher(pid)
	case role == guard && sameExecutable(os.Getppid()):
		beGuard(patience)
	}
	os.Exit(1)
	return nil
}

// parseVariable parses the value of the variable.
//
//	watch 4711
//	guard 25s 4711
func parseVariable(text string) (role string, pid int, patience time.Duration, ok bool) {
	role, rest, _ := strings.Cut(text, " ")
	switch role {
	case starter, watcher:
	case guard:
		limit, number, _ := strings.Cut(rest, " ")
		d, err := time.ParseDuration(limit)
		if err != nil || d < 0 {
			return "", 0, 0, false
		}
		patience, rest = d, number
	default:
		return "", 0, 0, false
	}
	pid, err := strconv.Atoi(rest)
	if err != nil || pid <= 0 {
		return "", 0, 0, false
	}
	return role, pid, patience, true
}

func beStarter(pid int) {
	p, err := startProcess(watcher, pid, os.NewFile(crashFD, "crash report"), os.NewFile(settingFD, "settings"), nil,
		os.NewFile(toldFD, "dumped panics"), os.NewFile(askFD, "questions"))
	if err == nil {
		_, err = os.NewFile(numberFD, "number").WriteString(strconv.Itoa(p.Pid))
	}
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

// unseen keeps this process out of everybody's way.
func unseen(comm string) {
	// Whoever ends a service or a container signals all its processes. This one is needed
	// while the watched process runs.
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1,
		syscall.SIGUSR2, syscall.SIGXFSZ)
	os.Chdir("/") // otherwise the directory couldn't be unmounted
	os.WriteFile("/proc/self/comm", []byte(comm), 0)
}

func beWatcher(pid int) *Watch {
	closeInherited()
	began, _ := os.Getwd()
	unseen("coredumpy-mon")
	w := &Watch{PID: pid, began: began, auxv: auxv(pid), pidfd: openPidfd(pid), ended: make(chan struct{}),
		pipe: -1, output: -1}
	settings := os.NewFile(settingFD, "settings")
	var err error
	if w.Settings, err = io.ReadAll(settings); err != nil {
		os.Exit(1)
	}
	settings.Close()
	syscall.SetNonblock(crashFD, true) // so that it can be waited for
	w.report = os.NewFile(crashFD, "crash report")
	w.waitForEnd()
	w.news = os.NewFile(toldFD, "dumped panics")
	go func() { // otherwise the pipe would become full some time
		if conn, err := w.news.SyscallConn(); err == nil {
			conn.Read(func(uintptr) bool { return w.hear() == io.EOF })
		}
	}()
	return w
}

// maxTold is how many dumped panics are remembered: most of them are recovered, and don't
// become a crash.
const maxTold = 1000

// hear reads what Tell has written so far, and returns io.EOF if nobody will write more.
func (w *Watch) hear() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for b := make([]byte, idSize); ; {
		n, err := syscall.Read(toldFD, b)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return nil
		case n != idSize:
			return io.EOF
		}
		if len(w.told) == maxTold {
			w.told = slices.Delete(w.told, 0, maxTold/2)
		}
		word := func(i int) uint64 { return binary.NativeEndian.Uint64(b[8*i:]) }
		w.told = append(w.told, cause.PanicID{Goroutine: int64(word(0)), Place: word(1),
			Value: [2]uint64{word(2), word(3)}})
	}
}

// Told returns the panics that have been dumped.
func (w *Watch) Told() []cause.PanicID {
	w.hear()
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.told)
}

// closeInherited closes what the program had inherited from whoever started it: others
// may wait for the last process to close it. The guard doesn't inherit the descriptors
// that stay.
func closeInherited() {
	for fd := crashFD; fd < firstFree; fd++ {
		syscall.CloseOnExec(fd)
	}
	names, _ := os.ReadDir("/proc/self/fd")
	for _, name := range names {
		fd, err := strconv.Atoi(name.Name())
		to, err2 := os.Readlink("/proc/self/fd/" + name.Name())
		if err == nil && err2 == nil && fd >= firstFree && !strings.HasPrefix(to, "anon_inode:") {
			syscall.Close(fd)
		}
	}
}

// errReplaced says that the pipe is no longer in use.
var errReplaced = errors.New("the program has set another crash output")

// Wait waits for a crash, and reports whether there was one: then the watched process has
// written a part of its report, and is blocked or about to be. Nothing is read, as that
// would let it go on.
func (w *Watch) Wait() (crashed bool, err error) {
	if crashed, err = w.wait(); crashed {
		w.crashed.Store(true)
		w.output, w.standing = w.crashOutput(), standingOf(w.PID)
	}
	return crashed, err
}

func (w *Watch) wait() (crashed bool, err error) {
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
	n, err := tee(conn, copied[1])
	switch {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.EACCES):
		// A seccomp filter forbids looking at the beginning of the report.
		crashed, err := w.readable()
		if crashed || err != nil {
			return crashed, err
		}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return false, nil
	case err != nil:
		return false, err
	case n > 0:
		b := make([]byte, n)
		if k, err := syscall.Read(copied[0], b); err == nil {
			w.first = b[:k]
		}
		return true, nil
	}
	// The pipe has ended. The process may be ending.
	for range 100 {
		if w.gone() {
			return false, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !bytes.Equal(auxv(w.PID), w.auxv) {
		return false, nil // it runs another program
	}
	return false, errReplaced
}

// tee waits until a pipe has something, and copies it to another pipe. At the end of the
// pipe n is 0.
func tee(conn syscall.RawConn, to int) (n int64, err error) {
	const nonblock = 2 // SPLICE_F_NONBLOCK
	var errTee error
	err = conn.Read(func(fd uintptr) bool {
		for {
			n, errTee = syscall.Tee(int(fd), to, onePage, nonblock)
			if errTee != syscall.EINTR {
				return errTee != syscall.EAGAIN
			}
		}
	})
	if err == nil && errTee != nil {
		err = os.NewSyscallError("tee", errTee)
	}
	return n, err
}

// readable waits until the pipe has something, and reports whether it does; false means
// that the pipe has ended. Unlike tee it blocks a thread.
func (w *Watch) readable() (bool, error) {
	poll, err := pollOnce(crashFD)
	if err != nil {
		return false, err
	}
	defer poll.Close()
	if w.pidfd >= 0 { // another program may keep the pipe open
		if err := pollAlso(poll, w.pidfd); err != nil {
			return false, err
		}
	}
	e, err := nextEvent(poll, -1)
	return e.Fd == crashFD && e.Events&syscall.EPOLLIN != 0, err
}

// Writer returns the thread that is blocked while it writes the report, by its number in
// the watched process's own PID namespace, 0 if there is none.
func (w *Watch) Writer() int {
	pipe, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", crashFD))
	if err != nil {
		return 0
	}
	for range 200 { // it is on its way
		if id := procfs.WritingThread(w.PID, pipe); id != 0 {
			return id
		}
		time.Sleep(time.Millisecond)
	}
	return 0
}

// First returns the beginning of the report.
func (w *Watch) First() string { return string(w.first) }

// Rest lets the process go on and end, and returns its report, at most limit bytes.
func (w *Watch) Rest(limit int) string {
	if err := w.unpoll(); err != nil {
		return ""
	}
	ignored := w.ease(limit == 0)
	if !ignored {
		_ = setPipeSize(uintptr(w.pipe), maxSettings)
	}
	var text []byte
	b := make([]byte, 64<<10)
	for ended := false; ; {
		n, err := syscall.Read(w.pipe, b)
		text = append(text, b[:max(0, min(n, limit-len(text)))]...)
		switch {
		case n == 0, err == syscall.EAGAIN && ended:
			return string(text)
		case err == syscall.EAGAIN || n > 0 && ignored:
			ended = w.endsWithin(ignored)
		case err != nil && err != syscall.EINTR:
			return string(text)
		}
	}
}

// unpoll stops the runtime from polling the pipe. Otherwise each write to it would wake a
// thread, whether the write is read or not.
func (w *Watch) unpoll() error {
	if w.pipe >= 0 {
		return nil
	}
	pipe, err := syscall.Dup(crashFD)
	if err != nil {
		return err
	}
	w.pipe = pipe
	return w.report.Close()
}

// endsWithin waits until the watched process ends, only for a moment unless forEver is
// set, and reports whether it has ended.
func (w *Watch) endsWithin(forEver bool) bool {
	if forEver {
		<-w.ended
		return true
	}
	select {
	case <-w.ended:
		return true
	case <-time.After(2 * time.Millisecond): // the pipe has room for more
		return w.pidfd < 0 && w.gone()
	}
}

// ease makes writing to the pipe cheaper for the watched process: the pipe no longer
// keeps its writes apart, which takes a page for each. With all, writes also fail while
// the pipe is full, and ignored reports whether that worked. It can be called once.
func (w *Watch) ease(all bool) (ignored bool) {
	if w.output < 0 {
		return false
	}
	flags := uintptr(0)
	if all {
		flags = syscall.O_NONBLOCK
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(w.output), syscall.F_SETFL, flags)
	syscall.Close(w.output) // otherwise the pipe would never end
	w.output = -1
	return all && errno == 0
}

// Beginning reads the report until wanted is true, one write at a time. If more than one
// write is left, the process stays blocked.
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
