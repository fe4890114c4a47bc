//go:build amd64 || arm64

package ptrace

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/childtest"
	"coredumpy/internal/longtest"
	"coredumpy/internal/memory"
	"coredumpy/internal/procfs"
)

// ways are the two ways to stop a process. Stop itself would never trace a child.
var ways = []struct {
	method string
	stop   func(pid int, limit time.Duration) (*Stopped, error)
}{
	{byPtrace, seize},
	{bySignal, suspend},
}

func eachWay(t *testing.T, test func(t *testing.T, stop func(*childtest.Child) *Stopped)) {
	for _, w := range ways {
		t.Run(w.method, func(t *testing.T) {
			test(t, func(c *childtest.Child) *Stopped {
				t.Helper()
				s, err := w.stop(c.PID, childtest.Patience)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { s.Release() })
				if s.Method != w.method {
					t.Errorf("got method %q, want %q", s.Method, w.method)
				}
				return s
			})
		})
	}
}

func TestStopSpinning(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "spin 4")
		for range 3 {
			s := stop(c)
			for i := range 4 {
				c.WantStands(c.Addr(0) + uint64(64*i))
			}
			if len(s.Threads) < 5 || s.Note != "" {
				t.Errorf("got %d threads and note %q, want at least 5 and none", len(s.Threads), s.Note)
			}
			checkRegisters(t, c, s)
			c.Release(s)
			for i := range 4 {
				c.WantMoves(c.Addr(0) + uint64(64*i))
			}
		}
	})
}

// checkRegisters checks that all threads are in code and on a stack.
func checkRegisters(t *testing.T, c *childtest.Child, s *Stopped) {
	t.Helper()
	m, err := memory.OpenRemote(c.PID)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, th := range s.Threads {
		if th.ProcID != th.TID {
			t.Errorf("got number %d in the process for thread %d, want the same", th.ProcID, th.TID)
		}
		code, stack := procfs.FindMapping(m.Mappings(), th.PC), procfs.FindMapping(m.Mappings(), th.SP)
		if code == nil || code.Perms[2] != 'x' {
			t.Errorf("thread %d: got pc %#x, which isn't in code", th.TID, th.PC)
		}
		if stack == nil || !stack.Writable() {
			t.Errorf("thread %d: got sp %#x, which isn't on a stack", th.TID, th.SP)
		}
		if s.Method == bySignal || strings.Contains(s.Note, "can't be interrupted") && th.Regs == nil {
			if th.Regs != nil {
				t.Errorf("thread %d: got registers %x, want none", th.TID, th.Regs)
			}
			continue
		}
		sp := map[string]int{"amd64": 7, "arm64": 31}[runtime.GOARCH]
		if len(th.Regs) <= sp || th.Regs[sp] != th.SP {
			t.Errorf("thread %d: got registers %x, want sp %#x in the place of number %d", th.TID, th.Regs, th.SP, sp)
		}
	}
}

func TestStopBlocked(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "block")
		for range 20 {
			s := stop(c)
			checkRegisters(t, c, s)
			if got := c.States(); got != "T" && got != "t" {
				t.Errorf("got threads in the states %q, want all stopped", got)
			}
			c.Release(s)
		}
		c.In.Close()
		if err := c.Cmd.Wait(); err != nil {
			t.Errorf("got %v, want its system calls to have gone on", err)
		}
	})
}

// A signal that comes while a process is being stopped is neither lost nor delivered
// twice.
func TestStopSignals(t *testing.T) {
	c := childtest.Start(t, "signals")
	cycles := longtest.Rounds(30, 200)
	quit := make(chan bool)
	done := make(chan int)
	go func() {
		sent := 0
		defer func() { done <- sent }()
		for {
			select {
			case <-quit:
				return
			default:
			}
			syscall.Kill(c.PID, syscall.SIGURG)
			syscall.Kill(c.PID, syscall.SIGUSR1)
			sent++
			got, err := c.Hear()
			if strings.TrimSpace(got) != strconv.Itoa(sent) {
				t.Errorf("got %q and error %v from the child, want %d signals", got, err, sent)
				<-quit
				return
			}
		}
	}()
	var longest time.Duration
	for range cycles {
		begin := time.Now()
		s, err := seize(c.PID, childtest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		longest = max(longest, time.Since(begin))
		if err := s.Release(); err != nil {
			t.Fatal(err)
		}
	}
	close(quit)
	sent := <-done
	if t.Failed() {
		return
	}
	time.Sleep(20 * time.Millisecond)
	syscall.Kill(c.PID, syscall.SIGUSR1)
	if got := c.Listen()[0]; got != strconv.Itoa(sent+1) {
		t.Errorf("got %s signals in the end, want %d", got, sent+1)
	}
	t.Logf("%d signals in %d stops, the longest took %v", sent, cycles, longest)
}

func TestStopChangingThreads(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "churn")
		cycles := longtest.Rounds(10, 50)
		for range cycles {
			s := stop(c)
			before := c.Word(c.Addr(0))
			tids, err := procfs.Tasks(c.PID)
			if err != nil {
				t.Fatal(err)
			}
			known := map[int]bool{}
			for _, th := range s.Threads {
				known[th.TID] = true
			}
			for _, tid := range tids {
				if st, err := procfs.ReadStat(procfs.TaskPath(c.PID, tid, "stat")); err == nil && !st.Ended() &&
					!known[tid] {
					t.Errorf("got thread %d in state %c, want it stopped", tid, st.State)
				}
			}
			if after := c.Word(c.Addr(0)); after != before {
				t.Errorf("got count %d and then %d, want no change", before, after)
			}
			c.Release(s)
			c.WantMoves(c.Addr(0))
		}
	})
}

// A process that was stopped before stays stopped.
func TestStopStopped(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "spin 2")
		syscall.Kill(c.PID, syscall.SIGSTOP)
		c.AwaitState("T")
		for range 3 {
			s := stop(c)
			checkRegisters(t, c, s)
			c.Release(s)
			time.Sleep(5 * time.Millisecond)
			c.AwaitState("T")
			c.WantStands(c.Addr(0))
		}
		syscall.Kill(c.PID, syscall.SIGCONT)
		c.WantMoves(c.Addr(0))
	})
}

// A process that is sent SIGSTOP, or SIGSTOP and SIGCONT, while it is traced obeys
// afterwards.
func TestStopStoppedMeanwhile(t *testing.T) {
	c := childtest.Start(t, "spin 2")
	s, err := seize(c.PID, childtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	syscall.Kill(c.PID, syscall.SIGSTOP)
	time.Sleep(5 * time.Millisecond)
	c.Release(s)
	c.AwaitState("T")
	if s, err = seize(c.PID, childtest.Patience); err != nil {
		t.Fatal(err)
	}
	syscall.Kill(c.PID, syscall.SIGCONT)
	time.Sleep(5 * time.Millisecond)
	c.WantStands(c.Addr(0))
	c.Release(s)
	c.WantMoves(c.Addr(0))
}

func TestStopOrphan(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "orphan")
		for range 5 {
			s := stop(c)
			for _, th := range s.Threads {
				if th.TID == c.PID {
					t.Errorf("got thread %d, which has ended", th.TID)
				}
			}
			c.WantStands(c.Addr(0))
			c.Release(s)
			c.WantMoves(c.Addr(0))
		}
	})
}

func TestStopVfork(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "vfork 60000")
		if !childtest.Eventually(func() bool { return strings.Contains(c.States(), "D") }) {
			t.Fatal("no thread waits for the child")
		}
		for range 2 {
			begin := time.Now()
			s := stop(c)
			if took := time.Since(begin); took > childtest.Patience/2 {
				t.Errorf("the stop took %v, want it not to wait for the system call", took)
			}
			if !strings.Contains(s.Note, "1 thread is in a system call") {
				t.Errorf("got note %q, want a thread in a system call", s.Note)
			}
			checkRegisters(t, c, s)
			c.WantStands(c.Addr(0))
			c.Release(s)
			c.WantMoves(c.Addr(0))
		}
	})
}

// A process can end at any moment, even while it is being stopped.
func TestStopEnding(t *testing.T) {
	eachWay(t, func(t *testing.T, _ func(*childtest.Child) *Stopped) {
		stop := seize
		if strings.HasSuffix(t.Name(), bySignal) {
			stop = suspend
		}
		rounds, stopped := longtest.Rounds(10, 40), 0
		for i := range rounds {
			c := childtest.Start(t, "exit "+strconv.Itoa(i*400/rounds))
			s, err := stop(c.PID, childtest.Patience)
			if err == nil {
				stopped++
				err = s.Release()
				if err != nil {
					t.Error(err)
				}
			} else if !strings.Contains(err.Error(), "has ended") {
				t.Errorf("got error %v, want that the process has ended", err)
			}
			c.Cmd.Wait()
			if got := c.Cmd.ProcessState.ExitCode(); got != 7 {
				t.Errorf("got status %v, want 7", c.Cmd.ProcessState)
			}
		}
		t.Logf("stopped %d of %d before they ended", stopped, rounds)
	})
}

// A process that is killed while it is stopped is gone afterwards.
func TestStopKilled(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "spin 3")
		s := stop(c)
		syscall.Kill(c.PID, syscall.SIGKILL)
		time.Sleep(5 * time.Millisecond)
		c.Release(s)
		c.Cmd.Wait()
		if ws := c.Cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signal() != syscall.SIGKILL {
			t.Errorf("got %v, want it killed", c.Cmd.ProcessState)
		}
	})
}

// When a process calls exec on one of many threads a tracer can hang for ever, and every
// thread can look as if it had ended.
func TestStopExec(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*childtest.Child) *Stopped) {
		c := childtest.Start(t, "exec")
		cycles := longtest.Rounds(20, 100)
		var longest time.Duration
		for range cycles {
			begin := time.Now()
			s := stop(c)
			longest = max(longest, time.Since(begin))
			c.Release(s)
			time.Sleep(time.Millisecond / 2)
		}
		t.Logf("the longest of %d stops took %v", cycles, longest)
	})
}

func TestStopTraced(t *testing.T) {
	c := childtest.Start(t, "spin 2")
	tr := childtest.Start(t, "tracer "+strconv.Itoa(c.PID))
	if got := strings.Join(tr.Words, " "); got != "stopped <nil>" {
		t.Fatalf("got %q from the tracer", got)
	}
	var refused *refusedError
	_, err := seize(c.PID, childtest.Patience)
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "traces it already") {
		t.Errorf("got error %v, want that it is traced already", err)
	}
	s, err := Stop(c.PID, childtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	if s.Method != bySignal {
		t.Errorf("got method %q, want %q", s.Method, bySignal)
	}
	tr.In.Close() // it releases the process
	tr.Cmd.Wait()
	c.WantStands(c.Addr(0))
	c.Release(s)
	c.WantMoves(c.Addr(0))
}

// A child can be stopped while somebody waits for it: exec.Cmd doesn't take that for its
// end.
func TestStopWaitedFor(t *testing.T) {
	c := childtest.Start(t, "spin 2")
	ended := make(chan error, 1)
	go func() { ended <- c.Cmd.Wait() }()
	for range 20 {
		s, err := Stop(c.PID, childtest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if s.Method != bySignal || !strings.Contains(s.Note, "child of this process") {
			t.Errorf("got method %q and note %q, want SIGSTOP because it is a child", s.Method, s.Note)
		}
		c.Release(s)
	}
	select {
	case err := <-ended:
		t.Fatalf("got %v from Wait, want it to wait", err)
	default:
	}
	c.In.Close()
	if err := <-ended; err != nil {
		t.Errorf("got %v from Wait, want none", err)
	}
}

// A child can be traced if nobody waits for it.
func TestStopChild(t *testing.T) {
	c := childtest.Start(t, "spin 1")
	s, err := StopChild(c.PID, childtest.Patience)
	if err != nil {
		t.Fatal(err)
	}
	if s.Method != byPtrace || s.Note != "" {
		t.Errorf("got method %q and note %q, want ptrace and none", s.Method, s.Note)
	}
	c.WantStands(c.Addr(0))
	c.Release(s)
	c.WantMoves(c.Addr(0))
}

// Stop traces a process that isn't a child, and doesn't disturb others that wait for
// children of this process.
func TestStopOther(t *testing.T) {
	other := childtest.Start(t, "exit 50000")
	p := childtest.Start(t, "parent spin 2")
	c := &childtest.Child{T: t, PID: int(p.Addr(0)), Words: p.Words[1:]}
	for range 20 {
		s, err := Stop(c.PID, childtest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		if s.Method != byPtrace || s.Note != "" {
			t.Errorf("got method %q and note %q, want ptrace and none", s.Method, s.Note)
		}
		c.Release(s)
	}
	c.WantMoves(c.Addr(0))
	other.Cmd.Wait()
	if got := other.Cmd.ProcessState.ExitCode(); got != 7 {
		t.Errorf("got status %v of another child, want 7", other.Cmd.ProcessState)
	}
}
