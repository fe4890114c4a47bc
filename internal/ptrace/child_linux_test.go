//go:build amd64 || arm64

package ptrace

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"coredumpy/internal/childtest"
	"coredumpy/internal/memory"
	"coredumpy/internal/unsafely"
)

// The processes that tests stop and read are this test program again, in one of these
// roles.
var roles = map[string]func(args []string){
	"block":   blockRole,
	"signals": signalsRole,
	"churn":   churnRole,
	"exec":    execRole,
	"exit":    exitRole,
	"orphan":  orphanRole,
	"vfork":   vforkRole,

	"calls":    callsRole,
	"children": childrenRole,
	"traps":    trapsRole,
	"work":     workRole,
	"tracer":   tracerRole,
	"parent":   parentRole,
	"stop":     stopRole,

	"unstopped": unstoppedRole,
}

func TestMain(m *testing.M) { childtest.Main(m, roles) }

// blockRole has threads that wait in different ways.
func blockRole([]string) {
	var fds [2]int
	syscall.Pipe(fds[:])
	for range 3 {
		go func() {
			runtime.LockOSThread()
			syscall.Read(fds[0], make([]byte, 1))
			os.Exit(4) // an interrupted read goes on
		}()
		go func() {
			runtime.LockOSThread()
			ts := syscall.NsecToTimespec(int64(time.Hour))
			syscall.Nanosleep(&ts, nil)
			os.Exit(5)
		}()
		go func() {
			runtime.LockOSThread()
			select {}
		}()
	}
	time.Sleep(20 * time.Millisecond)
	fmt.Println("ready")
	childtest.UntilStdinCloses()
}

// signalsRole has busy threads, and prints after each signal how many it has got.
func signalsRole([]string) {
	c := make(chan os.Signal, 100)
	signal.Notify(c, syscall.SIGUSR1, syscall.SIGURG)
	for range 3 {
		go func() {
			for i := 0; ; i++ {
				runtime.Gosched()
			}
		}()
	}
	fmt.Println("ready")
	n := 0
	for s := range c {
		if s == syscall.SIGUSR1 {
			n++
			fmt.Println(n)
		}
	}
}

// churnRole keeps starting and ending threads, and counts them.
func churnRole([]string) {
	counts := make([]uint64, 8)
	for range 4 {
		go func() {
			for {
				done := make(chan bool)
				go func() {
					runtime.LockOSThread() // so the thread ends with this goroutine
					atomic.AddUint64(&counts[0], 1)
					close(done)
				}()
				<-done
			}
		}()
	}
	fmt.Printf("%#x\n", unsafely.WordAddr(&counts[0]))
	childtest.UntilStdinCloses()
	runtime.KeepAlive(counts)
}

// execRole replaces itself by itself again and again, from any of its threads. The first
// argument is how often it has done so; after as often as the second says, it calls
// marked and exits with status 7.
func execRole(args []string) {
	n, last := childtest.Argument(args, 0, 0), childtest.Argument(args, 1, -1)
	if n == 0 {
		fmt.Println("ready")
	}
	if n == last {
		fmt.Println(marked(n))
		os.Exit(7)
	}
	for range 5 {
		go func() {
			runtime.LockOSThread()
			for i := 0; i < 1e6; i++ {
			}
			select {}
		}()
	}
	time.Sleep(2 * time.Millisecond)
	os.Setenv(childtest.RoleVariable, "exec "+strconv.Itoa(n+1)+" "+strconv.Itoa(last))
	env := os.Environ()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- syscall.Exec("/proc/self/exe", os.Args, env)
	}()
	fmt.Fprintln(os.Stderr, <-done)
}

// exitRole ends after as many microseconds as its argument says.
func exitRole(args []string) {
	go func() {
		runtime.LockOSThread()
		for {
		}
	}()
	fmt.Println("ready")
	time.Sleep(time.Duration(childtest.Argument(args, 0, 0)) * time.Microsecond)
	os.Exit(7)
}

func init() {
	if os.Getenv(childtest.RoleVariable) == "orphan" {
		runtime.LockOSThread() // keeps the main goroutine on the first thread
	}
}

// orphanRole ends its first thread and goes on in others.
func orphanRole(args []string) {
	counts := make([]uint64, 8)
	if syscall.Gettid() != os.Getpid() {
		panic("not on the first thread")
	}
	runtime.GOMAXPROCS(4)
	debug.SetGCPercent(-1) // nothing must wait for the thread that is gone
	go func() {
		for {
			atomic.AddUint64(&counts[0], 1)
			time.Sleep(10 * time.Microsecond)
		}
	}()
	go func() {
		time.Sleep(10 * time.Millisecond)
		fmt.Printf("%#x\n", unsafely.WordAddr(&counts[0]))
	}()
	syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0)
}

// vforkRole has a thread that waits, uninterruptibly, for a child to call exec, for as
// many milliseconds as its argument says.
func vforkRole(args []string) {
	runtime.GOMAXPROCS(4)
	counts := make([]uint64, 8)
	go func() {
		for {
			atomic.AddUint64(&counts[0], 1)
		}
	}()
	go func() {
		time.Sleep(20 * time.Millisecond)
		fmt.Printf("%#x\n", unsafely.WordAddr(&counts[0]))
	}()
	ts := syscall.NsecToTimespec(int64(childtest.Argument(args, 0, 0)) * 1e6)
	runtime.LockOSThread()
	syscall.ForkLock.Lock()
	vforkAndSleep(&ts)
	select {}
}

// vforkAndSleep calls vfork. The child, a copy of this process in which only this thread
// runs, doesn't call exec: it sleeps and ends, at the latest with this thread.
func vforkAndSleep(ts *syscall.Timespec) {
	const cloneVfork, setParentDeathSignal = 0x4000, 1
	pid, _, _ := syscall.RawSyscall6(syscall.SYS_CLONE, cloneVfork|uintptr(syscall.SIGCHLD), 0, 0, 0, 0, 0)
	if pid == 0 {
		syscall.RawSyscall(syscall.SYS_PRCTL, setParentDeathSignal, uintptr(syscall.SIGKILL), 0)
		syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(ts)), 0, 0)
		syscall.RawSyscall(syscall.SYS_EXIT, 0, 0, 0)
	}
}

// tracerRole stops another process, says so, and releases it when told to.
func tracerRole(args []string) {
	s, err := seize(childtest.Argument(args, 0, 0), childtest.Patience)
	fmt.Println("stopped", err)
	childtest.UntilStdinCloses()
	if err == nil {
		s.Release()
	}
}

// parentRole starts another role, prints its number, and passes on its first line.
func parentRole(args []string) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), childtest.RoleVariable+"="+strings.Join(args, " "))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	runtime.LockOSThread() // Pdeathsig counts from the end of the thread
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	fmt.Println(cmd.Process.Pid, strings.TrimSpace(line))
	childtest.UntilStdinCloses()
	in.Close()
	cmd.Wait()
}

// stopRole tries to stop and to read a process as another user.
func stopRole(args []string) {
	if err := syscall.Setuid(childtest.Argument(args, 1, 0)); err != nil {
		panic(err)
	}
	_, err := Stop(childtest.Argument(args, 0, 0), childtest.Patience)
	fmt.Println(err)
	_, err = memory.OpenRemote(childtest.Argument(args, 0, 0))
	fmt.Println(err)
}
