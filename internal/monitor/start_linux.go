//go:build amd64 || arm64

package monitor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"coredumpy/internal/cause"
	"coredumpy/internal/procfs"
)

// From linux/fcntl.h and linux/prctl.h.
const (
	fSetPipeSize = 1031       // F_SETPIPE_SZ
	prSetPtracer = 0x59616d61 // PR_SET_PTRACER
	onePage      = 4096
	maxSettings  = 1 << 20 // how much anyone may make a pipe hold (fs.pipe-max-size)
	atSecure     = 23      // AT_SECURE in the auxiliary vector, getauxval(3)
)

var started atomic.Bool

// Start starts a process that watches this one, and hands it settings. It doesn't wait
// for that process. An error says why there is none.
func Start(settings []byte) error {
	if !started.CompareAndSwap(false, true) {
		return errors.New("it was called before; call it once")
	}
	err := start(settings)
	if err != nil {
		started.Store(false)
	}
	return err
}

func start(settings []byte) error {
	switch {
	case privileged():
		return errors.New("the program has privileges that its user doesn't have " +
			"(set-user-ID, set-group-ID or capabilities)")
	case taken():
		return errors.New("the program has set a crash output with debug.SetCrashOutput, and there is only one")
	}
	if err := procfs.CheckNamespace(); err != nil {
		return err
	}
	r, w, err := packetPipe()
	if err != nil {
		return err
	}
	defer r.Close()
	defer w.Close()
	conf, err := settingsPipe(settings)
	if err != nil {
		return err
	}
	defer conf.Close()
	var news [2]int
	if err := syscall.Pipe2(news[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		return os.NewSyscallError("pipe2", err)
	}
	told := os.NewFile(uintptr(news[0]), "dumped panics")
	defer told.Close()
	socket, questions := questionSocket()
	defer questions.Close()
	number, err := startWatcher(r, conf, told, questions)
	if err == nil {
		err = debug.SetCrashOutput(w, debug.CrashOptions{})
	}
	if err != nil {
		syscall.Close(news[1])
		syscall.Close(socket)
		return err
	}
	// Yama otherwise lets only ancestors read a process, and the watcher is none.
	syscall.RawSyscall(syscall.SYS_PRCTL, prSetPtracer, uintptr(number), 0)
	telling.open(news[1])
	asking.open(socket)
	return nil
}

// startWatcher has a child start the watcher, and returns the watcher's number.
func startWatcher(report, settings, told, questions *os.File) (number int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	p, err := startProcess(starter, os.Getpid(), report, settings, w, told, questions)
	w.Close()
	if err != nil {
		return 0, err
	}
	// If the program waits for all its children, this one may be gone already.
	if state, err := p.Wait(); err == nil && !state.Success() {
		return 0, fmt.Errorf("the process that starts the watcher process failed: %v", state)
	}
	text, err := io.ReadAll(r)
	if err == nil {
		number, err = strconv.Atoi(string(text))
	}
	if err != nil {
		return 0, fmt.Errorf("the id of the watcher process can't be read: %w", err)
	}
	return number, nil
}

// questionSocket returns the two ends of the socket for questions. A sandbox may forbid
// it: then the ends are -1 and nil, and there are no questions.
func questionSocket() (own int, other *os.File) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, nil
	}
	return fds[0], os.NewFile(uintptr(fds[1]), "questions")
}

// telling is the pipe for Tell.
var telling link

// Tells reports whether there is a watcher that Tell can inform.
func Tells() bool { return telling.get() != 0 }

// Tell informs the watcher, if there is one, that a panic has been dumped. It doesn't
// wait.
func Tell(id cause.PanicID) {
	if fd := telling.get(); fd != 0 {
		b := make([]byte, idSize)
		for i, v := range [...]uint64{uint64(id.Goroutine), id.Place, id.Value[0], id.Value[1]} {
			binary.NativeEndian.PutUint64(b[8*i:], v)
		}
		syscall.Write(fd, b)
	}
}

// idSize is the length of a panic's id in the pipe.
const idSize = 32

// packetPipe returns a pipe that holds one write.
func packetPipe() (r, w *os.File, err error) {
	var fds [2]int
	if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC|syscall.O_DIRECT); err != nil {
		return nil, nil, os.NewSyscallError("pipe2", err)
	}
	r, w = os.NewFile(uintptr(fds[0]), "crash report"), os.NewFile(uintptr(fds[1]), "crash output")
	if err := setPipeSize(w.Fd(), onePage); err != nil {
		r.Close()
		w.Close()
		return nil, nil, err
	}
	return r, w, nil
}

// settingsPipe returns a pipe that holds the whole settings.
func settingsPipe(settings []byte) (*os.File, error) {
	if len(settings) > maxSettings {
		return nil, fmt.Errorf("its settings are %d bytes long, more than %d: use fewer or shorter patterns in Config",
			len(settings), maxSettings)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	const usual = 64 << 10
	if len(settings) > usual {
		err = setPipeSize(w.Fd(), maxSettings)
	}
	if err == nil {
		_, err = w.Write(settings)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func setPipeSize(fd, n uintptr) error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_FCNTL, fd, fSetPipeSize, n); errno != 0 {
		return os.NewSyscallError("fcntl F_SETPIPE_SZ", errno)
	}
	return nil
}

// startProcess starts this executable in a role, for a process to be watched. The files
// become the descriptors from 3 on; nil means none.
func startProcess(role string, pid int, files ...*os.File) (*os.Process, error) {
	null := files[0] // writing to it fails
	if f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0); err == nil {
		defer f.Close()
		null = f
	}
	for i, f := range files {
		if f == nil {
			files[i] = null
		}
	}
	env := slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, "GOCOVERDIR=") || strings.HasPrefix(s, variable+"=")
	})
	attr := &os.ProcAttr{
		Env:   append(env, variable+"="+role+" "+strconv.Itoa(pid)),
		Files: append([]*os.File{null, null, null}, files...),
	}
	if role == watcher {
		attr.Sys = &syscall.SysProcAttr{Setsid: true} // signals from a terminal don't reach it
	}
	return os.StartProcess("/proc/self/exe", arguments(pid), attr) // even if its file has been replaced
}

// arguments returns the arguments of the processes that Start starts.
func arguments(pid int) []string { return []string{name + strconv.Itoa(pid)} }

const name = "coredumpy-monitor "

// privileged reports whether the program has rights that whoever started it doesn't have:
// then what the environment says must not be trusted.
func privileged() bool {
	aux, err := os.ReadFile("/proc/self/auxv")
	if err != nil {
		return os.Getuid() != os.Geteuid() || os.Getgid() != os.Getegid()
	}
	for r := bytes.NewReader(aux); ; {
		var pair [2]uint64
		if binary.Read(r, binary.NativeEndian, &pair) != nil {
			return false
		}
		if pair[0] == atSecure {
			return pair[1] != 0
		}
	}
}

// taken reports whether the runtime already writes its reports somewhere. Finding out
// takes long, and isn't needed if no descriptor can be that place.
func taken() bool {
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return false
	}
	for _, name := range names {
		if fd, err := strconv.Atoi(name.Name()); err == nil && fd > 2 && mayBeOutput(fd) {
			return cause.HasCrashOutput()
		}
	}
	return false
}

// mayBeOutput reports whether the runtime may write its reports to a descriptor: it can
// be written to, and programs that this one starts don't inherit it. The files of a
// control group that the runtime keeps open since Go 1.25 can only be read.
func mayBeOutput(fd int) bool {
	to, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil || strings.HasPrefix(to, "anon_inode:") {
		return false
	}
	kept, _, errno1 := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
	mode, _, errno2 := syscall.RawSyscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFL, 0)
	return errno1 == 0 && errno2 == 0 && kept&syscall.FD_CLOEXEC != 0 && mode&syscall.O_ACCMODE != syscall.O_RDONLY
}
