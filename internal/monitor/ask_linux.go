//go:build amd64 || arm64

package monitor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/unsafely"
)

// Words of a packet.
const (
	askKind   = iota
	askNumber // tells questions apart
	askWanted // address of a word that holds the number while the answer is waited for
	askText   // address and length of the question
	askLength
	askWords
)

// What the watcher writes to the pipe: bytes that say how far it is. The last one is
// followed by lengths.
const (
	working  = 'w' // written now and then: the watcher isn't stopped
	copied   = 'c' // the watched process may go on
	answered = 'a' // the answer is in the file: two words are the lengths of its parts
	refused  = 'r' // the reason is in the file; one word is its length
)

// asking is the socket for questions.
var asking link

// Asks reports whether there is a watcher that can be asked.
func Asks() bool { return asking.get() != 0 && clock.Now().UnixNano() >= silent.Load() }

// wanted is the number of the last question of kind Dump, 0 if nothing waits for its
// answer. The watcher reads it.
var wanted uint64

// silent is the time until which nothing is asked, as the watcher hasn't answered:
// somebody has stopped it.
var silent atomic.Int64

// silence is how long that lasts.
const silence = time.Minute

// number counts questions.
var number atomic.Uint64

// alive is how long the watcher may be silent.
const alive = 3 * time.Second

// Ask asks a question and waits for the answer. Questions of kind Dump must come one
// after the other. After an error no answer will come.
func Ask(q *Question) (*Answer, error) {
	socket := asking.get()
	if socket == 0 {
		return nil, errors.New("there is no watcher process")
	}
	n := q.Of
	if q.Kind == Dump {
		n = number.Add(1)
		atomic.StoreUint64(&wanted, n)
		defer atomic.StoreUint64(&wanted, 0)
	}
	file, err := unsafely.MemoryFile("coredumpy answer")
	if err != nil {
		return nil, err
	}
	lengths, err := ask(socket, n, file, q)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &Answer{n, file, lengths}, nil
}

func ask(socket int, n uint64, file *os.File, q *Question) (lengths [2]int64, err error) {
	var pipe [2]int
	if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		return lengths, os.NewSyscallError("pipe2", err)
	}
	defer syscall.Close(pipe[0])
	if len(q.Text) > 0 {
		var text runtime.Pinner // without it the text may be on the stack, which moves when it grows
		text.Pin(&q.Text[0])
		defer text.Unpin()
	}
	packet := make([]byte, 0, 8*askWords)
	words := [askWords]uint64{
		uint64(q.Kind), n, unsafely.WordAddr(&wanted), unsafely.BytesAddr(q.Text), uint64(len(q.Text)),
	}
	for _, v := range words {
		packet = binary.NativeEndian.AppendUint64(packet, v)
	}
	rights := syscall.UnixRights(pipe[1], int(file.Fd()))
	err = syscall.Sendmsg(socket, packet, rights, nil, syscall.MSG_DONTWAIT|syscall.MSG_NOSIGNAL)
	syscall.Close(pipe[1])
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		asking.end() // the watcher has ended
	}
	if err == nil {
		lengths, err = q.await(pipe[0], file)
	}
	return lengths, err
}

// await waits for the answer.
func (q *Question) await(pipe int, file *os.File) (lengths [2]int64, err error) {
	end := clock.Now().Add(q.Limit)
	patience := min(alive, max(q.Limit, time.Second))
	heard := clock.Now()
	b := make([]byte, 64)
	var rest []byte
	for {
		now := clock.Now()
		switch {
		case now.After(end):
			return lengths, fmt.Errorf("no answer within %v", q.Limit)
		case now.Sub(heard) > patience:
			silent.Store(now.Add(silence).UnixNano())
			return lengths, fmt.Errorf("the watcher process has been silent for %v", patience)
		}
		pause := min(end.Sub(now), patience)
		if q.Busy != nil && q.Busy() {
			pause = 0
		}
		if !unsafely.Readable(pipe, pause) {
			continue
		}
		n, err := syscall.Read(pipe, b)
		switch {
		case err == syscall.EINTR || err == syscall.EAGAIN:
			continue
		case err != nil:
			return lengths, os.NewSyscallError("read", err)
		case n == 0:
			return lengths, errors.New("the watcher process has ended")
		}
		heard = clock.Now()
		rest = append(rest, b[:n]...)
		var done bool
		if rest, done, lengths, err = q.heard(rest, file); done || err != nil {
			return lengths, err
		}
	}
}

// heard handles what the watcher says and returns the part that isn't complete yet.
func (q *Question) heard(said []byte, file *os.File) (rest []byte, done bool, lengths [2]int64, err error) {
	const wordSize = 8
	for len(said) > 0 {
		switch said[0] {
		case working:
		case copied:
			if q.Copied != nil {
				q.Copied()
			}
		case answered, refused:
			if len(said) < 1+2*wordSize {
				return said, false, lengths, nil
			}
			for i := range lengths {
				lengths[i] = int64(binary.NativeEndian.Uint64(said[1+i*wordSize:]))
			}
			if said[0] == answered {
				return nil, true, lengths, nil
			}
			const most = 1 << 10
			why := make([]byte, min(lengths[0], most))
			if _, err := file.ReadAt(why, 0); err != nil {
				return nil, false, lengths, err
			}
			return nil, false, lengths, errors.New(string(why))
		default:
			return nil, false, lengths, fmt.Errorf("the watcher process sent %q, an unknown byte", said[0])
		}
		said = said[1:]
	}
	return nil, false, lengths, nil
}
