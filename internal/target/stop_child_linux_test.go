//go:build amd64 || arm64

package target

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
)

// The processes that tests stop and read are this test program again, in one of
// the following roles.
var roles = map[string]func(args []string){
	"spin":    spinRole,
	"block":   blockRole,
	"signals": signalsRole,
	"churn":   churnRole,
	"exec":    execRole,
	"exit":    exitRole,
	"orphan":  orphanRole,
	"vfork":   vforkRole,
	"memory":  memoryRole,
	"grow":    growRole,

	"calls":    callsRole,
	"children": childrenRole,
	"traps":    trapsRole,
	"work":     workRole,
	"tracer":   tracerRole,
	"parent":   parentRole,
	"stop":     stopRole,

	"unstopped": unstoppedRole,
}

const roleVariable = "TARGET_ROLE"

// patience is the longest that anything may take here. On a busy machine little
// takes long, and what hangs does so for ever.
const patience = time.Minute

func TestMain(m *testing.M) {
	if role, args, _ := strings.Cut(os.Getenv(roleVariable), " "); role != "" {
		go func() { // no child outlives the test
			time.Sleep(5 * patience)
			os.Exit(3)
		}()
		roles[role](strings.Fields(args))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child is a process in a role.
type child struct {
	t     testing.TB
	cmd   *exec.Cmd
	pid   int
	in    *os.File
	pipe  *os.File
	out   *bufio.Reader // of pipe
	words []string      // what it said first
}

// start starts a process and waits for what it says first.
func start(t testing.TB, role string) *child {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleVariable+"="+role, "GODEBUG=", "GORACE=")
	cmd.Stderr = os.Stderr
	stdin, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, stdout, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout = stdin, stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stdin.Close()
	stdout.Close()
	c := &child{t: t, cmd: cmd, pid: cmd.Process.Pid, in: in, pipe: out, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		in.Close()
		out.Close()
	})
	c.words = c.listen()
	return c
}

// listen returns the next line that the child says.
func (c *child) listen() []string {
	c.t.Helper()
	line, err := c.hear()
	if err != nil {
		c.t.Fatalf("nothing heard of the child: %v", err)
	}
	return strings.Fields(line)
}

func (c *child) hear() (string, error) {
	c.pipe.SetReadDeadline(time.Now().Add(patience))
	return c.out.ReadString('\n')
}

// addr returns one of the words that the child said first as an address.
func (c *child) addr(i int) uint64 {
	c.t.Helper()
	n, err := strconv.ParseUint(c.words[i], 0, 64)
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// word reads a word of the child's memory, past any cache.
func (c *child) word(addr uint64) uint64 {
	c.t.Helper()
	m, err := OpenRemote(c.pid)
	if err != nil {
		c.t.Fatal(err)
	}
	defer m.Close()
	v, err := readWord(m, addr)
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func argument(args []string, i, without int) int {
	if i < len(args) {
		n, err := strconv.Atoi(args[i])
		if err != nil {
			panic(err)
		}
		return n
	}
	return without
}

func untilStdinCloses() {
	var b [1]byte
	for {
		if n, err := os.Stdin.Read(b[:]); n == 0 || err != nil {
			return
		}
	}
}

// spinRole counts on several threads, in words 64 bytes apart.
func spinRole(args []string) {
	n := argument(args, 0, 4)
	runtime.GOMAXPROCS(n + 1)
	counts := make([]uint64, 8*n)
	for i := range n {
		go func() {
			runtime.LockOSThread()
			for {
				atomic.AddUint64(&counts[8*i], 1)
			}
		}()
	}
	for i := range n {
		for atomic.LoadUint64(&counts[8*i]) == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	fmt.Printf("%#x\n", addressOf(&counts[0]))
	untilStdinCloses()
	runtime.KeepAlive(counts)
}

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
	untilStdinCloses()
}

// signalsRole says how many signals it has got, after each, on busy threads.
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

// churnRole starts and ends threads all the time, and counts them.
func churnRole([]string) {
	counts := make([]uint64, 8)
	for range 4 {
		go func() {
			for {
				done := make(chan bool)
				go func() {
					runtime.LockOSThread() // and the thread ends with this goroutine
					atomic.AddUint64(&counts[0], 1)
					close(done)
				}()
				<-done
			}
		}()
	}
	fmt.Printf("%#x\n", addressOf(&counts[0]))
	untilStdinCloses()
	runtime.KeepAlive(counts)
}

// execRole replaces itself by itself again and again, from any of its threads:
// the first argument tells how often it has, the second after which it calls
// marked and exits with status 7.
func execRole(args []string) {
	n, last := argument(args, 0, 0), argument(args, 1, -1)
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
	os.Setenv(roleVariable, "exec "+strconv.Itoa(n+1)+" "+strconv.Itoa(last))
	env := os.Environ()
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- syscall.Exec("/proc/self/exe", os.Args, env)
	}()
	fmt.Fprintln(os.Stderr, <-done)
}

// exitRole ends after so many microseconds.
func exitRole(args []string) {
	go func() {
		runtime.LockOSThread()
		for {
		}
	}()
	fmt.Println("ready")
	time.Sleep(time.Duration(argument(args, 0, 0)) * time.Microsecond)
	os.Exit(7)
}

func init() {
	if os.Getenv(roleVariable) == "orphan" {
		runtime.LockOSThread() // keeps the main goroutine on the first thread
	}
}

// orphanRole ends its first thread and lives on in others.
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
		fmt.Printf("%#x\n", addressOf(&counts[0]))
	}()
	syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0)
}

// vforkRole has a thread that waits for a child to call exec, uninterruptibly,
// so many milliseconds.
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
		fmt.Printf("%#x\n", addressOf(&counts[0]))
	}()
	ts := syscall.NsecToTimespec(int64(argument(args, 0, 0)) * 1e6)
	runtime.LockOSThread()
	syscall.ForkLock.Lock()
	vforkAndSleep(&ts)
	select {}
}

// tracerRole stops another process, says so, and lets go when told to.
func tracerRole(args []string) {
	s, err := seize(argument(args, 0, 0), patience)
	fmt.Println("stopped", err)
	untilStdinCloses()
	if err == nil {
		s.Release()
	}
}

// parentRole starts another role, says its number, and passes on what it says
// first.
func parentRole(args []string) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), roleVariable+"="+strings.Join(args, " "))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	runtime.LockOSThread() // Pdeathsig means the thread
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	fmt.Println(cmd.Process.Pid, strings.TrimSpace(line))
	untilStdinCloses()
	in.Close()
	cmd.Wait()
}

// stopRole tries to stop and to read a process as another user.
func stopRole(args []string) {
	if err := syscall.Setuid(argument(args, 1, 0)); err != nil {
		panic(err)
	}
	_, err := Stop(argument(args, 0, 0), patience)
	fmt.Println(err)
	_, err = OpenRemote(argument(args, 0, 0))
	fmt.Println(err)
}
