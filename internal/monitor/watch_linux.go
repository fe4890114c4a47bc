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
	PID      int    // of the other
	Settings []byte // what Start was given

	report *os.File
	news   *os.File      // what Tell was given
	auxv   []byte        // of the other one: random addresses, others after each execve
	pidfd  int           // of the other one, -1 if there are none on this system
	ended  chan struct{} // closed when the other one has ended; never if that can't be known
	began  string        // the current directory as the other one called Start
	guard  *os.Process

	// From Wait on, if there was a crash.
	first    []byte
	pipe     int // the pipe with the report, once it isn't polled any more; -1 before
	output   int // the end of the pipe that the other one writes to, -1 if it can't be had
	standing standing

	mu   sync.Mutex
	told []cause.PanicID

	dumping sync.Mutex // held while a dump is made that was asked for
	crashed atomic.Bool
}

// Watching returns what this process is to watch, nil if it is none of those that Start
// starts. It doesn't return in one that only starts another, or guards one.
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
		return nil // whoever starts a program can set its environment
	}
	// From here on it isn't the program, and must not come to main, also if the other
	// process has ended meanwhile, or runs another executable, or has set its effective
	// user ID, which gives this one privileges.
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

// parseVariable reads what the variable says.
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

// unseen makes this process one that doesn't get into anybody's way.
func unseen(comm string) {
	// Whoever ends a service or a container signals all its processes. This one is needed as
	// long as the other one runs.
	signal.Ignore(syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1,
		syscall.SIGUSR2, syscall.SIGXFSZ)
	os.Chdir("/") // or the directory couldn't be unmounted
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
	go func() { // or the pipe would be full some time
		if conn, err := w.news.SyscallConn(); err == nil {
			conn.Read(func(uintptr) bool { return w.hear() == io.EOF })
		}
	}()
	return w
}

// maxTold is how many panics are remembered that have been dumped: most of them are
// recovered, and no crash.
const maxTold = 1000

// hear reads what Tell has written by now, and returns io.EOF if nobody will write more.
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

// closeInherited closes what the program had inherited from whoever started it. Others
// may wait for the last one to close it. The descriptors that stay aren't for the guard.
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

// Wait waits for a crash, and reports whether there was one: the other process has
// written a part of its report then, and is blocked or about to be. Nothing is read, as
// that would let it go on.
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
		// A seccomp filter doesn't let the report's beginning be looked at.
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
	// The end of the pipe. The process may be ending.
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

// tee waits for something in a pipe and copies it to another one. At the end of the pipe n
// is 0.
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

// readable waits for something in the pipe, and reports whether there is; it is false at
// its end. Unlike tee it keeps a thread waiting.
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

// Writer returns the thread that is blocked as it writes the report, as the process
// itself numbers its threads, 0 if there is none.
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

// First is the beginning of the report.
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

// unpoll has the runtime not poll the pipe any more. Each write to it would wake a thread,
// whether it is read or not.
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

// endsWithin waits until the other process ends, for a moment unless for ever, and reports
// whether it has.
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

// ease makes what the other process writes to the pipe cost it less: its writes aren't kept
// apart any more, which takes a page for each. If all is to be ignored then they fail as
// long as the pipe is full; ignored tells whether they do. It is for once.
func (w *Watch) ease(all bool) (ignored bool) {
	if w.output < 0 {
		return false
	}
	flags := uintptr(0)
	if all {
		flags = syscall.O_NONBLOCK
	}
	_, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(w.output), syscall.F_SETFL, flags)
	syscall.Close(w.output) // or it would never be at its end
	w.output = -1
	return all && errno == 0
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
