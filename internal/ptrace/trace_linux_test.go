//go:build amd64 || arm64

package ptrace

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/childtest"
	"coredumpy/internal/longtest"
	"coredumpy/internal/memory"
	"coredumpy/internal/procfs"
	"coredumpy/internal/unsafely"
)

// traceRun is a traced process and what happened at its breakpoint, which is at the
// beginning of marked.
type traceRun struct {
	*childtest.Child
	loads int
	hits  []Hit
	done  chan error
}

// trace starts a role under Trace. It returns when the program has been loaded.
func trace(t *testing.T, role string, during func(*Hit)) *traceRun {
	t.Helper()
	return traceAlone(t, role, func(h *Hit) (alone bool) {
		if during != nil {
			during(h)
		}
		return false
	})
}

// traceAlone traces as trace does, for a function that says which thread goes on alone.
func traceAlone(t *testing.T, role string, during func(*Hit) (alone bool)) *traceRun {
	t.Helper()
	c, started := childtest.New(t, role)
	cmd := c.Cmd
	r := &traceRun{Child: c, done: make(chan error, 1)}
	var once sync.Once
	loaded := make(chan bool)
	at := func(pid int) []uint64 {
		r.loads++
		r.PID = pid
		once.Do(func() { close(loaded) })
		return []uint64{markedIn(t, pid)}
	}
	hit := func(h *Hit) (alone bool) {
		r.hits = append(r.hits, *h)
		return during(h)
	}
	go func() { r.done <- Trace(cmd, func() {}, at, hit) }()
	t.Cleanup(func() {
		if cmd.Process != nil {
			cmd.Process.Kill()
		}
		<-r.done
		cmd.Wait()
	})
	select {
	case <-loaded:
	case err := <-r.done:
		t.Fatalf("got error %v from Trace", err)
	}
	started()
	return r
}

// markedIn returns the address of marked in a process that runs the same executable,
// perhaps at another address.
func markedIn(t *testing.T, pid int) uint64 {
	base := func(pid int) uint64 {
		b, err := os.ReadFile(procfs.Path(pid, "maps"))
		if err != nil {
			t.Error(err)
		}
		exe, err := os.Readlink(procfs.Path(pid, "exe"))
		if err != nil {
			t.Error(err)
		}
		for _, m := range procfs.ParseMappings(string(b)) {
			if m.Path == strings.TrimSuffix(exe, " (deleted)") {
				return m.Lo
			}
		}
		t.Errorf("got no mapping of %s", exe)
		return 0
	}
	return uint64(reflect.ValueOf(marked).Pointer()) - base(os.Getpid()) + base(pid)
}

// finish waits for the end of the process.
func (r *traceRun) finish() syscall.WaitStatus {
	r.T.Helper()
	err := <-r.done
	r.done <- nil
	if err != nil {
		r.T.Errorf("got error %v from Trace, want none", err)
	}
	var exit *exec.ExitError
	if err := r.Cmd.Wait(); err != nil && !errors.As(err, &exit) {
		r.T.Errorf("got error %v from Wait, want none", err)
	}
	return r.Cmd.ProcessState.Sys().(syscall.WaitStatus)
}

// argumentRegister is the DWARF number of the first register in which Go passes integers
// (ABI internal specification): rax, x0.
const argumentRegister = 0

// TestTraceSignalsWait has several signals wait for a thread at a breakpoint: it still
// passes the breakpoint.
func TestTraceSignalsWait(t *testing.T) {
	r := trace(t, "calls 4 5", func(h *Hit) {
		for _, s := range []syscall.Signal{syscall.SIGURG, syscall.SIGCHLD, syscall.SIGWINCH} {
			tgkill(h.PID, h.Threads[0].TID, int(s))
		}
	})
	r.Listen()
	if ws := r.finish(); ws.ExitStatus() != 7 || !ws.Exited() || len(r.hits) != 4*5 {
		t.Errorf("got status %#x and %d hits, want 7 and %d", ws, len(r.hits), 4*5)
	}
}

func TestTraceHits(t *testing.T) {
	calls := longtest.Rounds(10, 50)
	n := 0
	r := trace(t, "calls 4 "+strconv.Itoa(calls), func(h *Hit) {
		if n++; n%20 == 1 {
			m, err := memory.OpenRemote(h.PID)
			if err != nil {
				t.Error(err)
				return
			}
			defer m.Close()
			code := make([]byte, 16)
			own := make([]byte, 16)
			unsafely.Load(own, reflect.ValueOf(marked).Pointer())
			if err := m.Read(code, h.Addr); err != nil || string(code) != string(own) {
				t.Errorf("got code %x and error %v, want %x as if there were no breakpoint", code, err, own)
			}
			if states := (&childtest.Child{PID: h.PID}).States(); states != "t" {
				t.Errorf("got threads in the states %q, want all stopped", states)
			}
		}
	})
	got := r.Listen()
	if ws := r.finish(); ws.ExitStatus() != 7 || !ws.Exited() {
		t.Errorf("got status %#x, want 7", ws)
	}
	sum := 0
	for i := range 4 * calls {
		sum += 2*i + 1
	}
	if want := strconv.Itoa(sum); len(got) != 1 || got[0] != want {
		t.Errorf("got sum %v, want %s", got, want)
	}
	seen := map[uint64]int{}
	for _, h := range r.hits {
		th := h.Threads[0]
		if th.PC != h.Addr || len(th.Regs) == 0 || len(h.Threads) < 4 {
			t.Fatalf("got a hit at %#x by %+v of %d threads", h.Addr, th, len(h.Threads))
		}
		seen[th.Regs[argumentRegister]]++
	}
	for i := range uint64(4 * calls) {
		if seen[i] != 1 {
			t.Errorf("got %d hits of the call with %d, want 1", seen[i], i)
		}
	}
	if r.loads != 1 {
		t.Errorf("got %d programs loaded, want 1", r.loads)
	}
}

// A thread that goes on alone comes to the next breakpoint before any other.
func TestTraceAlone(t *testing.T) {
	const threads, calls = 3, 10
	next := -1             // the call that must come next, -1 for any
	var by time.Time       // unless it comes later than this
	var until [threads]int // number of calls seen on each thread
	r := traceAlone(t, "calls "+strconv.Itoa(threads)+" "+strconv.Itoa(calls), func(h *Hit) bool {
		call := int(h.Threads[0].Regs[argumentRegister])
		switch {
		case next < 0 || time.Now().After(by):
			by = time.Now().Add(aloneLimit)
		case call != next:
			t.Errorf("got call %d, want %d", call, next)
		}
		thread, k := call/calls, call%calls
		if k != until[thread] {
			t.Errorf("got call %d of thread %d, want %d", k, thread, until[thread])
		}
		until[thread]++
		if next = call + 1; k == calls-1 {
			next = -1
		}
		return next >= 0
	})
	r.Listen()
	if ws := r.finish(); ws.ExitStatus() != 7 || !ws.Exited() || len(r.hits) != threads*calls {
		t.Errorf("got status %#x and %d hits, want 7 and %d", ws, len(r.hits), threads*calls)
	}
}

// A thread that waits for another one doesn't wait for ever.
func TestTraceAloneLimit(t *testing.T) {
	r := traceAlone(t, "calls 2 2", func(h *Hit) bool { return true })
	r.Listen()
	if ws := r.finish(); ws.ExitStatus() != 7 || len(r.hits) != 4 {
		t.Errorf("got status %#x and %d hits, want 7 and 4", ws, len(r.hits))
	}
}

func TestTraceSignals(t *testing.T) {
	r := trace(t, "signals", nil)
	r.Listen()
	n := longtest.Rounds(50, 300)
	for i := 1; i <= n; i++ {
		syscall.Kill(r.PID, syscall.SIGURG)
		syscall.Kill(r.PID, syscall.SIGUSR1)
		if got := r.Listen()[0]; got != strconv.Itoa(i) {
			t.Fatalf("got %s signals, want %d", got, i)
		}
	}
	syscall.Kill(r.PID, syscall.SIGTERM)
	if ws := r.finish(); !ws.Signaled() || ws.Signal() != syscall.SIGTERM {
		t.Errorf("got status %#x, want SIGTERM", ws)
	}
}

// A traced program can be stopped and continued like any other.
func TestTraceJobControl(t *testing.T) {
	r := trace(t, "spin 2", nil)
	r.Words = r.Listen()
	for range 5 {
		syscall.Kill(r.PID, syscall.SIGSTOP)
		r.AwaitState("t")
		time.Sleep(5 * time.Millisecond)
		r.WantStands(r.Addr(0))
		syscall.Kill(r.PID, syscall.SIGCONT)
		r.WantMoves(r.Addr(0))
		r.WantMoves(r.Addr(0) + 64)
	}
	r.In.Close()
	if ws := r.finish(); ws != 0 {
		t.Errorf("got status %#x, want 0", ws)
	}
}

func TestTraceExec(t *testing.T) {
	r := trace(t, "exec 0 20", nil)
	r.Listen()
	got := r.Listen()
	if ws := r.finish(); ws.ExitStatus() != 7 {
		t.Errorf("got status %#x, want 7", ws)
	}
	if len(got) != 1 || got[0] != "41" || len(r.hits) != 1 || r.loads != 21 {
		t.Errorf("got %q, %d hits in %d programs, want 41 and 1 in 21", got, len(r.hits), r.loads)
	}
}

// Processes that a traced program starts aren't traced, and don't meet its
// breakpoints.
func TestTraceChildren(t *testing.T) {
	r := trace(t, "children", nil)
	got := strings.Join(r.Listen(), " ")
	if want := "fork 0x700 exec 7"; got != want {
		t.Errorf("got %q from its children, want %q", got, want)
	}
	if ws := r.finish(); ws != 0 {
		t.Errorf("got status %#x, want 0", ws)
	}
	if len(r.hits) != 1 {
		t.Errorf("got %d hits, want 1, its own", len(r.hits))
	}
}

// Others that wait for their children aren't disturbed.
func TestTraceBeside(t *testing.T) {
	r := trace(t, "calls 2 20", nil)
	for range 5 {
		other := childtest.Start(t, "exit 1000")
		other.Cmd.Wait()
		if got := other.Cmd.ProcessState.ExitCode(); got != 7 {
			t.Errorf("got status %v of another child, want 7", other.Cmd.ProcessState)
		}
	}
	r.Listen()
	r.finish()
}

// A SIGTRAP that doesn't come from a breakpoint is the program's.
func TestTraceTrap(t *testing.T) {
	r := trace(t, "traps", nil)
	if got := r.Listen()[0]; got != "trapped" {
		t.Errorf("got %q, want trapped", got)
	}
	r.In.Close()
	r.finish()
	if len(r.hits) != 0 {
		t.Errorf("got %d hits, want none", len(r.hits))
	}
}

func TestTraceKilled(t *testing.T) {
	r := trace(t, "calls 4 1000000", func(h *Hit) {
		syscall.Kill(h.PID, syscall.SIGKILL)
	})
	if ws := r.finish(); !ws.Signaled() || ws.Signal() != syscall.SIGKILL {
		t.Errorf("got status %#x, want SIGKILL", ws)
	}
}

func TestTraceErrors(t *testing.T) {
	err := Trace(exec.Command("/nonexistent/program"), nil, nil, nil)
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "trace: ") {
		t.Errorf("got error %v for a program that doesn't exist", err)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), childtest.RoleVariable+"=exit 0")
	err = Trace(cmd, func() {}, func(int) []uint64 { return []uint64{16} }, nil)
	if err == nil || !strings.HasSuffix(err.Error(), "breakpoints: no memory at 0x10") {
		t.Errorf("got error %v for a breakpoint that isn't in memory", err)
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 7 {
		t.Errorf("got status %v, want 7", cmd.ProcessState)
	}
}

// BenchmarkTrace compares the time of a traced program, with breakpoints that it doesn't
// reach, with that of an untraced one.
func BenchmarkTrace(b *testing.B) {
	command := func() *exec.Cmd {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), childtest.RoleVariable+"=work")
		return cmd
	}
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			if err := command().Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("traced", func(b *testing.B) {
		for b.Loop() {
			cmd := command()
			if err := Trace(cmd, func() {}, func(int) []uint64 { return nil }, nil); err != nil {
				b.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
