//go:build amd64 || arm64

package monitor

import (
	"encoding/binary"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/cause"
	"coredumpy/internal/unsafely"
)

// TestNumberReused has a program close the descriptors that lead to the watcher, and open
// files of its own with their numbers.
func TestNumberReused(t *testing.T) {
	for name, write := range map[string]func(fd int){
		"question": func(fd int) {
			asking.open(fd)
			reuse(t, fd)
			if a, err := Ask(&Question{Kind: Say, Limit: time.Minute}); err == nil {
				t.Errorf("got the answer %v, want an error", a)
			}
		},
		"told": func(fd int) {
			telling.open(fd)
			reuse(t, fd)
			Tell(cause.PanicID{Goroutine: 1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			pair := sockets(t)
			defer func() { asking.end(); telling.end() }()
			write(pair[0])
			if asking.get() != 0 || telling.get() != 0 {
				t.Error("the number is still in use")
			}
		})
	}
}

// reuse gives the number of a descriptor to another file, which must not be written to.
func reuse(t *testing.T, fd int) {
	pair := sockets(t)
	if err := syscall.Dup3(pair[0], fd, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n, _, err := syscall.Recvfrom(pair[1], make([]byte, 1), syscall.MSG_DONTWAIT); err != syscall.EAGAIN {
			t.Errorf("the program's own file got %d bytes, %v", n, err)
		}
	})
}

func sockets(t *testing.T) [2]int {
	t.Helper()
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Close(pair[0])
		syscall.Close(pair[1])
	})
	return pair
}

// TestTextStays grows the stack of a goroutine that waits for an answer: the text of its
// question is still where the watcher looks for it.
func TestTextStays(t *testing.T) {
	pair := sockets(t)
	asking.open(pair[0])
	defer asking.end()
	told := make(chan uint64)
	go func() {
		packet, rights := make([]byte, 8*askWords), make([]byte, syscall.CmsgSpace(2*4))
		_, n, _, _, err := syscall.Recvmsg(pair[1], packet, rights, 0)
		if err != nil {
			t.Error(err)
		}
		messages, _ := syscall.ParseSocketControlMessage(rights[:n])
		for _, m := range messages {
			fds, _ := syscall.ParseUnixRights(&m)
			for i, fd := range fds {
				if i == 0 {
					syscall.Write(fd, append([]byte{copied, answered}, make([]byte, 16)...))
				}
				syscall.Close(fd)
			}
		}
		told <- binary.NativeEndian.Uint64(packet[8*askText:])
	}()
	is := make(chan uint64)
	go func() { // with a small stack
		text := append(binary.NativeEndian.AppendUint64(nil, 1), "short"...)
		a, err := Ask(&Question{Kind: Say, Text: text, Limit: time.Minute, Copied: func() { deep(100) }})
		if err == nil {
			a.File.Close()
		} else {
			t.Error(err)
		}
		is <- unsafely.BytesAddr(text)
	}()
	if told, is := <-told, <-is; told != is {
		t.Errorf("the watcher was told that the text is at %#x, but it is at %#x", told, is)
	}
}

// deep needs 1 KB of stack for each level.
//
//go:noinline
func deep(levels int) byte {
	var b [1 << 10]byte
	if levels > 0 {
		b[levels] = deep(levels - 1)
	}
	return b[levels]
}
