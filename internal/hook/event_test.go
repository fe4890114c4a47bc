package hook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// row returns a message of the given words; the rest are 0.
func row(first ...uint64) []byte {
	all := make([]uint64, words)
	copy(all, []uint64{magic, protocol, words * wordSize, uint64(Panic)})
	copy(all, first)
	b, _ := binary.Append(nil, binary.LittleEndian, all)
	return b
}

// with returns a good message, except for one word.
func with(i int, w uint64) []byte {
	b := row()
	binary.LittleEndian.PutUint64(b[i*wordSize:], w)
	return b
}

func TestDecode(t *testing.T) {
	b := row(magic, protocol, words*wordSize, uint64(Signal), 7, 0x10, 0x20, 99, 0x30, 0x40, 0x50, 1, 2, 3, 4, 5, 6, 11, 1<<64-1, 0x60, 0x70)
	got, err := decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	want := Event{Kind: Signal, Goroutine: 7, G: 0x10, CurG: 0x20, TID: 99, PC: 0x30, SP: 0x40, FP: 0x50,
		Value: [2]uint64{1, 2}, Name: Text{3, 4}, Text: Text{5, 6}, Signal: 11, ExitCode: -1, SignalStack: [2]uint64{0x60, 0x70}}
	if *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
}

func TestDecodeHostile(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   []byte
		want string
	}{
		{"nothing", nil, "EOF"},
		{"half a head", row()[:10], "unexpected EOF"},
		{"head only", row()[:headWords*wordSize], "unexpected EOF"},
		{"one byte short", row()[:words*wordSize-1], "unexpected EOF"},
		{"text", []byte(strings.Repeat("GET / HTTP/1.1\r\n", 20)), "magic number"},
		{"version", with(1, 2), "version 2 of the protocol, want 1"},
		{"too long", with(2, 1<<40), "message of 1099511627776 bytes, want 168"},
		{"too short", with(2, 8), "message of 8 bytes"},
		{"kind 0", with(3, 0), "kind of event 0"},
		{"kind 10", with(3, 10), "kind of event 10, want 1 to 9"},
		{"goroutine", with(4, 1<<63), "goroutine id 0x8000000000000000"},
		{"thread", with(7, 1<<31), "thread id 0x80000000"},
		{"name", row(magic, protocol, words*wordSize, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, math.MaxUint64, 2), "name of 2 bytes at 0xffffffffffffffff"},
		{"text beyond", row(magic, protocol, words*wordSize, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, math.MaxUint64), "text of 18446744073709551615 bytes at 0x2"},
		{"signal", with(17, 65), "signal number 65"},
		{"signal stack", with(19, 1), "signal stack from 0x1 to 0x0"},
	} {
		if e, err := decode(bytes.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %+v, error %v, want error %q", tt.name, e, err, tt.want)
		}
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add(row())
	f.Add(with(3, 4))
	f.Add(with(16, math.MaxUint64))
	f.Add([]byte("coredump"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		e, err := decode(r)
		if read := len(b) - r.Len(); read > words*wordSize {
			t.Errorf("read %d bytes", read)
		}
		if err != nil {
			return
		}
		if strings.HasPrefix(e.Kind.String(), "Kind(") || e.Goroutine < 0 || e.TID < 0 ||
			e.Name.Addr+e.Name.Len < e.Name.Addr || e.Text.Addr+e.Text.Len < e.Text.Addr {
			t.Errorf("got %+v", *e)
		}
	})
}

// connection returns both ends of a connection over a Unix socket.
func connection(t *testing.T) (reader, process *net.UnixConn) {
	t.Helper()
	dir, err := os.MkdirTemp("", "hook")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	addr := &net.UnixAddr{Name: filepath.Join(dir, "s"), Net: "unix"}
	l, err := net.ListenUnix("unix", addr)
	if err != nil {
		t.Skipf("no Unix sockets: %v", err)
	}
	defer l.Close()
	if process, err = net.DialUnix("unix", nil, addr); err != nil {
		t.Fatal(err)
	}
	if reader, err = l.AcceptUnix(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close(); process.Close() })
	return reader, process
}

func TestReadEvent(t *testing.T) {
	r, p := connection(t)
	b := row()
	go func() { // in two parts
		p.Write(b[:30])
		time.Sleep(10 * time.Millisecond)
		p.Write(b[30:])
	}()
	e, err := ReadEvent(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := peerPID(); e.PID != want {
		t.Errorf("got PID %d, want %d", e.PID, want)
	}
}

func TestReadEventBroken(t *testing.T) {
	r, p := connection(t)
	p.Write(row()[:50])
	p.Close()
	if _, err := ReadEvent(r); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "read event: ") {
		t.Errorf("got error %v, want %v with the operation", err, io.ErrUnexpectedEOF)
	}
}

func TestKind(t *testing.T) {
	for k, want := range map[Kind]string{Panic: "panic", Throw: "throw", Signal: "signal",
		TestFailure: "test failure", TestPanic: "test panic", Exit: "exit", Said: "what a panic says",
		Asked: "dump that was asked for", Recovered: "recovered panic", 0: "Kind(0)", 10: "Kind(10)", -1: "Kind(-1)"} {
		if got := k.String(); got != want {
			t.Errorf("got %q for %d, want %q", got, int(k), want)
		}
	}
}

// The text that goes into the runtime repeats our constants.
func TestTextAgrees(t *testing.T) {
	_, text := added("runtime/core_linux")
	for _, want := range []string{
		"coredumpyMagic   = 0x" + strconv.FormatUint(magic, 16) + "\n",
		"coredumpyVersion = " + strconv.Itoa(protocol) + "\n",
		"coredumpyDone  = 1 << iota",
		"coredumpyKindPanic       = " + strconv.Itoa(int(Panic)) + "\n",
		"coredumpyKindThrow       = " + strconv.Itoa(int(Throw)) + "\n",
		"coredumpyKindSignal      = " + strconv.Itoa(int(Signal)) + "\n",
		"coredumpyKindTestFailure = " + strconv.Itoa(int(TestFailure)) + "\n",
		"coredumpyKindTestPanic   = " + strconv.Itoa(int(TestPanic)) + "\n",
		"coredumpyKindExit        = " + strconv.Itoa(int(Exit)) + "\n",
		"coredumpyKindSaid        = " + strconv.Itoa(int(Said)) + "\n",
		strconv.Quote(SocketEnv),
		strconv.Quote(ExitEnv),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("text/runtime/core_linux.txt lacks %q", want)
		}
	}
}

// peerPID returns the PID that ReadEvent gives for a connection of this process with
// itself.
func peerPID() int {
	if kernelTellsPeer {
		return os.Getpid()
	}
	return 0
}
