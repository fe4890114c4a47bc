//go:build amd64 || arm64

package target

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// memoryRole has so many megabytes of heap, and memory of every other kind. It
// says the addresses of: the heap, a protected page, memory never touched, a
// page of a file that has become shorter, and memory shared.
func memoryRole(args []string) {
	size := argument(args, 0, 1) << 20
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
	fmt.Printf("%#x %#x %#x %#x %#x\n", addressOf(&heap[0]), addressOf(&protected[0]), addressOf(&untouched[0]), addressOf(&file[0]), addressOf(&shared[0]))
	untilStdinCloses()
	runtime.KeepAlive(heap)
}

// growRole maps, writes, protects and unmaps memory all the time.
func growRole([]string) {
	fmt.Println("ready")
	go func() {
		untilStdinCloses()
		os.Exit(0)
	}()
	const mb = 1 << 20
	var kept [8][]byte
	for i := 0; ; i++ {
		b, err := syscall.Mmap(-1, 0, (1+i%7)*mb, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
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
	for i := range word {
		b[i] = byte(v >> (8 * i))
	}
}

// vforkAndSleep is vfork, but the child, a copy of this process of which only
// this thread runs, doesn't call exec: it sleeps and ends, at the latest with
// this thread.
func vforkAndSleep(ts *syscall.Timespec) {
	const cloneVfork, setParentDeathSignal = 0x4000, 1
	pid, _, _ := syscall.RawSyscall6(syscall.SYS_CLONE, cloneVfork|uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if pid == 0 {
		syscall.RawSyscall(syscall.SYS_PRCTL, setParentDeathSignal, uintptr(syscall.SIGKILL), 0)
		syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(ts)), 0, 0)
		syscall.RawSyscall(syscall.SYS_EXIT, 0, 0, 0)
	}
}
