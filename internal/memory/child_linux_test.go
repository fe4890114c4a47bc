//go:build amd64 || arm64

package memory

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/childtest"
	"coredumpy/internal/unsafely"
)

func TestMain(m *testing.M) {
	childtest.Main(m, map[string]func(args []string){"memory": memoryRole, "grow": growRole})
}

// memoryRole has as many megabytes of heap as its argument says, and memory of every
// other kind. It prints the addresses of the heap, a protected page, memory never
// touched, a page of a file that has become shorter, and shared memory.
func memoryRole(args []string) {
	size := childtest.Argument(args, 0, 1) << 20
	page := os.Getpagesize()
	heap := make([]byte, size)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := 0; i+8 <= len(heap); i += 8 {
		putWord(heap[i:], rnd.Uint64())
	}
	anonymous := func(size, prot, flags int) []byte {
		b, err := syscall.Mmap(-1, 0, size, prot, syscall.MAP_ANON|flags)
		if err != nil {
			panic(err)
		}
		return b
	}
	const rw = syscall.PROT_READ | syscall.PROT_WRITE
	protected := anonymous(3*page, rw, syscall.MAP_PRIVATE)
	protected[0], protected[page], protected[2*page] = 1, 2, 3
	if err := syscall.Mprotect(protected[page:2*page], syscall.PROT_NONE); err != nil {
		panic(err)
	}
	untouched := anonymous(64<<20, rw, syscall.MAP_PRIVATE)
	untouched[32<<20] = 42
	shared := anonymous(page, rw, syscall.MAP_SHARED)
	shared[0] = 43
	f, err := os.CreateTemp("", "mapped")
	if err != nil {
		panic(err)
	}
	os.Remove(f.Name())
	f.Truncate(int64(4 * page))
	file, err := syscall.Mmap(int(f.Fd()), 0, 4*page, rw, syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	file[0] = 44
	f.Truncate(int64(page))
	fmt.Printf("%#x %#x %#x %#x %#x\n", unsafely.BytesAddr(heap), unsafely.BytesAddr(protected),
		unsafely.BytesAddr(untouched), unsafely.BytesAddr(file), unsafely.BytesAddr(shared))
	childtest.UntilStdinCloses()
	runtime.KeepAlive(heap)
}

// growRole keeps mapping, writing, protecting and unmapping memory.
func growRole([]string) {
	fmt.Println("ready")
	go func() {
		childtest.UntilStdinCloses()
		os.Exit(0)
	}()
	const mb = 1 << 20
	var kept [8][]byte
	for i := 0; ; i++ {
		b, err := syscall.Mmap(-1, 0, (1+i%7)*mb, syscall.PROT_READ|syscall.PROT_WRITE,
			syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			panic(err)
		}
		for at := i % 3 * mb / 4; at < len(b); at += 16 << 10 {
			b[at] = byte(i)
		}
		if i%5 == 0 {
			syscall.Mprotect(b[mb/2:mb], i%10/5*syscall.PROT_READ)
		}
		if old := kept[i%len(kept)]; old != nil {
			syscall.Munmap(old)
		}
		kept[i%len(kept)] = b
		time.Sleep(time.Millisecond)
	}
}

func putWord(b []byte, v uint64) {
	for i := range 8 {
		b[i] = byte(v >> (8 * i))
	}
}
