//go:build amd64 || arm64

// Package childtest starts the test program again as another process, in a role, for
// tests of packages that stop and read other processes.
package childtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coredumpy/internal/procfs"
	"coredumpy/internal/unsafely"
)

// RoleVariable is the environment variable that holds a child's role and its arguments.
const RoleVariable = "CHILDTEST_ROLE"

// Patience is the longest that anything may take in these tests. Even a busy machine
// needs less, and what hangs does so for ever.
const Patience = time.Minute

// Main is TestMain of a package whose test program has these roles, and the role "spin".
func Main(m *testing.M, roles map[string]func(args []string)) {
	if role, args, _ := strings.Cut(os.Getenv(RoleVariable), " "); role != "" {
		go func() { // no child outlives the test
			time.Sleep(5 * Patience)
			os.Exit(3)
		}()
		if role == "spin" {
			spinRole(strings.Fields(args))
		} else {
			roles[role](strings.Fields(args))
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Child is a process in a role.
type Child struct {
	T     testing.TB
	Cmd   *exec.Cmd
	PID   int
	In    *os.File      // its standard input
	Pipe  *os.File      // from its standard output
	Out   *bufio.Reader // of Pipe
	Words []string      // the first line that it printed
}

// New returns a process in a role, and a function. The caller starts the process by its
// Cmd and then calls the function.
func New(t testing.TB, role string) (c *Child, started func()) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), RoleVariable+"="+role, "GODEBUG=", "GORACE=")
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
	t.Cleanup(func() {
		in.Close()
		out.Close()
	})
	return &Child{T: t, Cmd: cmd, In: in, Pipe: out, Out: bufio.NewReader(out)}, func() {
		stdin.Close()
		stdout.Close()
	}
}

// Start starts a process and waits for its first line.
func Start(t testing.TB, role string) *Child {
	t.Helper()
	c, started := New(t, role)
	if err := c.Cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started()
	c.PID = c.Cmd.Process.Pid
	t.Cleanup(func() {
		c.Cmd.Process.Kill()
		c.Cmd.Wait()
	})
	c.Words = c.Listen()
	return c
}

// Listen returns the next line that the child prints.
func (c *Child) Listen() []string {
	c.T.Helper()
	line, err := c.Hear()
	if err != nil {
		c.T.Fatalf("the child printed no line: %v", err)
	}
	return strings.Fields(line)
}

// Hear returns the next line that the child prints, or why there is none.
func (c *Child) Hear() (string, error) {
	c.Pipe.SetReadDeadline(time.Now().Add(Patience))
	return c.Out.ReadString('\n')
}

// Addr returns a word of the child's first line as an address.
func (c *Child) Addr(i int) uint64 {
	c.T.Helper()
	n, err := strconv.ParseUint(c.Words[i], 0, 64)
	if err != nil {
		c.T.Fatal(err)
	}
	return n
}

// Word reads a word of the child's memory, bypassing caches.
func (c *Child) Word(addr uint64) uint64 {
	c.T.Helper()
	m, _, err := procfs.OpenMemory(c.PID)
	if err != nil {
		c.T.Fatal(err)
	}
	defer m.Close()
	var b [8]byte
	if _, err := m.ReadAt(b[:], int64(addr)); err != nil {
		c.T.Fatal(err)
	}
	return binary.LittleEndian.Uint64(b[:])
}

// Argument returns an argument of a role as a number, or the default without if there is
// none.
func Argument(args []string, i, without int) int {
	if i < len(args) {
		n, err := strconv.Atoi(args[i])
		if err != nil {
			panic(err)
		}
		return n
	}
	return without
}

// UntilStdinCloses waits until the test closes a child's In.
func UntilStdinCloses() {
	var b [1]byte
	for {
		if n, err := os.Stdin.Read(b[:]); n == 0 || err != nil {
			return
		}
	}
}

// WantStands checks that the count at addr doesn't change.
func (c *Child) WantStands(addr uint64) {
	c.T.Helper()
	before := c.Word(addr)
	time.Sleep(5 * time.Millisecond)
	if after := c.Word(addr); after != before {
		c.T.Errorf("got count %d and then %d, want no change", before, after)
	}
}

// WantMoves checks that the count at addr changes.
func (c *Child) WantMoves(addr uint64) {
	c.T.Helper()
	before := c.Word(addr)
	if !Eventually(func() bool { return c.Word(addr) != before }) {
		c.T.Errorf("got count %d each time, want it to change", before)
	}
}

// Eventually waits until so returns true, and reports whether it did.
func Eventually(so func() bool) bool {
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}

// Release calls Release of what stopped the child, twice: the second call must have no
// effect.
func (c *Child) Release(s interface{ Release() error }) {
	c.T.Helper()
	for range 2 {
		if err := s.Release(); err != nil {
			c.T.Error(err)
		}
	}
}

// States returns the states of the child's threads, each once (proc_pid_stat(5)).
func (c *Child) States() string {
	tids, _ := procfs.Tasks(c.PID)
	var b []byte
	for _, tid := range tids {
		st, _ := procfs.ReadStat(procfs.TaskPath(c.PID, tid, "stat"))
		b = append(b, st.State)
	}
	slices.Sort(b)
	return string(slices.Compact(b))
}

// AwaitState waits until all of the child's threads are in a state.
func (c *Child) AwaitState(want string) {
	c.T.Helper()
	got := ""
	if !Eventually(func() bool { got = c.States(); return got == want }) {
		c.T.Fatalf("got threads in the states %q, want %q", got, want)
	}
}

// spinRole is the role "spin": it counts on several threads, in words 64 bytes apart, and
// prints the address of the first.
func spinRole(args []string) {
	n := Argument(args, 0, 4)
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
	fmt.Printf("%#x\n", unsafely.WordAddr(&counts[0]))
	UntilStdinCloses()
	runtime.KeepAlive(counts)
}
