//go:build amd64 || arm64

package monitor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"coredumpy/internal/memory"
)

// Asked is a question of the watched process.
type Asked struct {
	Kind   int
	Number uint64
	Text   []byte
	File   *os.File // for the answer

	at, length uint64 // of the text
	wanted     uint64 // see askWanted
	pipe       *os.File
}

// Serve calls answer for each question of the watched process, until that has ended.
// answer writes the two parts of the answer to the file and returns their lengths. Dumps
// are made one at a time.
func (w *Watch) Serve(answer func(*Asked) ([2]int64, error)) {
	syscall.SetNonblock(askFD, true) // so that it can be waited for
	questions := os.NewFile(askFD, "questions")
	defer questions.Close() // nobody must wait for an answer that won't come
	conn, err := questions.SyscallConn()
	if err != nil {
		return
	}
	for {
		a, err := w.receive(conn)
		if err != nil {
			return
		}
		if a != nil {
			go w.serve(a, answer)
		}
	}
}

// workingInterval is how often the watched process is told that this one works.
const workingInterval = 200 * time.Millisecond

func (w *Watch) serve(a *Asked, answer func(*Asked) ([2]int64, error)) {
	defer a.File.Close()
	defer a.pipe.Close()
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			a.says(working)
			select {
			case <-done:
				return
			case <-time.After(workingInterval):
			}
		}
	}()
	lengths, err := w.answer(a, answer)
	kind := byte(answered)
	if err != nil {
		kind = refused
		n, _ := a.File.WriteAt([]byte(err.Error()), 0)
		lengths = [2]int64{int64(n)}
	}
	a.says(kind, uint64(lengths[0]), uint64(lengths[1]))
}

func (w *Watch) answer(a *Asked, answer func(*Asked) ([2]int64, error)) (lengths [2]int64, err error) {
	defer func() {
		if r := recover(); r != nil { // a defect of this package, which must not harm the program
			err = fmt.Errorf("internal error: %v", r)
		}
	}()
	if a.Kind == Dump {
		w.dumping.Lock()
		defer w.dumping.Unlock()
		defer sacrifice()()
		if w.Crashed() {
			return lengths, errors.New("the process crashes")
		}
	}
	if !bytes.Equal(auxv(w.PID), w.auxv) {
		return lengths, errors.New("the process runs another program")
	}
	if !w.equal() {
		return lengths, errors.New("the process has given up rights that this one has, " +
			"which might read source files for it")
	}
	mem, err := memory.OpenRemote(w.PID)
	if err != nil {
		return lengths, err
	}
	defer mem.Close()
	a.Text = make([]byte, a.length)
	if err := mem.Read(a.Text, a.at); err != nil {
		return lengths, fmt.Errorf("the question: %w", err)
	}
	return answer(a)
}

// Crashed reports whether Wait has seen a crash.
func (w *Watch) Crashed() bool { return w.crashed.Load() }

// Alone returns once no question is being answered, and none will be. Dumps in the making
// should end early, see Crashed.
func (w *Watch) Alone() { w.dumping.Lock() }

// sacrifice makes the kernel kill this process before others when memory is short, until
// the returned function is called.
func sacrifice() (end func()) {
	const path = "/proc/self/oom_score_adj"
	was, err := os.ReadFile(path)
	if err != nil || os.WriteFile(path, []byte("1000"), 0) != nil {
		return func() {}
	}
	return func() {
		debug.FreeOSMemory()
		os.WriteFile(path, was, 0)
	}
}

// maxQuestion is how long a question may be.
const maxQuestion = 64 << 20

// receive waits for the next question. It returns nil if it can't understand it.
func (w *Watch) receive(conn syscall.RawConn) (*Asked, error) {
	packet, rights := make([]byte, 8*askWords+1), make([]byte, syscall.CmsgSpace(2*4))
	var n, oob int
	var failed error
	err := conn.Read(func(fd uintptr) bool {
		n, oob, _, _, failed = syscall.Recvmsg(int(fd), packet, rights, syscall.MSG_DONTWAIT|syscall.MSG_CMSG_CLOEXEC)
		return failed != syscall.EAGAIN && failed != syscall.EINTR
	})
	if err = errors.Join(err, failed); err == nil && n == 0 {
		err = errors.New("the process has ended")
	}
	if err != nil {
		return nil, err
	}
	var fds []int
	if messages, err := syscall.ParseSocketControlMessage(rights[:oob]); err == nil && len(messages) == 1 {
		fds, _ = syscall.ParseUnixRights(&messages[0])
	}
	word := func(i int) uint64 { return binary.NativeEndian.Uint64(packet[8*i:]) }
	if n != 8*askWords || len(fds) != 2 || word(askLength) > maxQuestion {
		for _, fd := range fds {
			syscall.Close(fd)
		}
		return nil, nil
	}
	a := &Asked{
		Kind: int(word(askKind)), Number: word(askNumber),
		at: word(askText), length: word(askLength), wanted: word(askWanted),
		pipe: os.NewFile(uintptr(fds[0]), "answers"),
		File: os.NewFile(uintptr(fds[1]), "answer "+strconv.FormatUint(word(askNumber), 10)),
	}
	return a, nil
}

// says sends a byte and words to the watched process.
func (a *Asked) says(what byte, words ...uint64) {
	b := []byte{what}
	for _, v := range words {
		b = binary.NativeEndian.AppendUint64(b, v)
	}
	a.pipe.Write(b)
}

// Copied tells the watched process that it may change its memory again.
func (a *Asked) Copied() { a.says(copied) }

// Wanted reports whether the watched process, given its memory, still waits.
func (a *Asked) Wanted(mem memory.Reader) bool {
	var b [8]byte
	return mem.Read(b[:], a.wanted) == nil && binary.NativeEndian.Uint64(b[:]) == a.Number
}
