//go:build amd64 || arm64

package ptrace

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"

	"coredumpy/internal/childtest"
)

// marked is where tests have a breakpoint.
//
//go:noinline
func marked(i int) int { return 2*i + 1 }

// callsRole calls marked on several threads, and exits with status 7. Its arguments are
// the numbers of threads and of calls on each.
func callsRole(args []string) {
	threads, calls := childtest.Argument(args, 0, 1), childtest.Argument(args, 1, 1)
	var sum atomic.Int64
	var wg sync.WaitGroup
	var barrier sync.WaitGroup
	barrier.Add(threads)
	for i := range threads {
		wg.Add(1)
		go func() {
			defer wg.Done()
			runtime.LockOSThread()
			barrier.Done()
			barrier.Wait()
			for k := range calls {
				sum.Add(int64(marked(i*calls + k)))
			}
		}()
	}
	wg.Wait()
	fmt.Println(sum.Load())
	os.Exit(7)
}

// childrenRole starts processes in two ways, one of which calls marked itself.
func childrenRole([]string) {
	syscall.ForkLock.Lock()
	pid, _, errno := syscall.RawSyscall6(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 {
		panic(errno)
	}
	if pid == 0 {
		status := marked(3)
		syscall.RawSyscall(syscall.SYS_EXIT, uintptr(status), 0, 0)
	}
	syscall.ForkLock.Unlock()
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(int(pid), &ws, 0, nil); err != nil {
		panic(err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), childtest.RoleVariable+"=calls 2 10")
	cmd.Run()
	fmt.Printf("fork %#x exec %d\n", int(ws), cmd.ProcessState.ExitCode())
	marked(1)
}

// trapsRole gets a SIGTRAP that it has sent itself.
func trapsRole([]string) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTRAP)
	syscall.Kill(os.Getpid(), syscall.SIGTRAP)
	<-c
	fmt.Println("trapped")
	childtest.UntilStdinCloses()
}

// workRole does what programs usually do: compute, allocate, communicate, start threads.
func workRole([]string) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 20 {
				xs := make([]int, 100_000)
				for i := range xs {
					xs[i] = i * 7919 % 100_003
				}
				sort.Ints(xs)
			}
		}()
	}
	c := make(chan int)
	go func() {
		for range 200_000 {
			c <- 1
		}
		close(c)
	}()
	for range c {
	}
	wg.Wait()
}
