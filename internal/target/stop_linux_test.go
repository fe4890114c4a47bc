//go:build amd64 || arm64

package target

import (
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy/internal/longtest"
	"coredumpy/internal/procfs"
)

// ways are the two ways to stop a process. Stop itself would never choose the
// first one for a child.
var ways = []struct {
	method string
	stop   func(pid int, limit time.Duration) (*Stopped, error)
}{
	{ByPtrace, seize},
	{BySignal, suspend},
}

func eachWay(t *testing.T, test func(t *testing.T, stop func(*child) *Stopped)) {
	for _, w := range ways {
		t.Run(w.method, func(t *testing.T) {
			test(t, func(c *child) *Stopped {
				t.Helper()
				s, err := w.stop(c.pid, patience)
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

// wantStands checks that the count at addr doesn't change.
func (c *child) wantStands(addr uint64) {
	c.t.Helper()
	before := c.word(addr)
	time.Sleep(5 * time.Millisecond)
	if after := c.word(addr); after != before {
		c.t.Errorf("got count %d and then %d, want no change", before, after)
	}
}

// wantMoves checks that the count at addr changes.
func (c *child) wantMoves(addr uint64) {
	c.t.Helper()
	before := c.word(addr)
	if !eventually(func() bool { return c.word(addr) != before }) {
		c.t.Errorf("got count %d again and again, want it to change", before)
	}
}

// eventually waits until something is so, and reports whether it is.
func eventually(so func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if so() {
			return true
		}
	}
	return false
}

func (c *child) release(s *Stopped) {
	c.t.Helper()
	for range 2 {
		if err := s.Release(); err != nil {
			c.t.Error(err)
		}
	}
}

func (c *child) states() string {
	tids, _ := procfs.Tasks(c.pid)
	var b []byte
	for _, tid := range tids {
		st, _ := procfs.ReadStat(procfs.TaskPath(c.pid, tid, "stat"))
		b = append(b, st.State)
	}
	slices.Sort(b)
	return string(slices.Compact(b))
}

func TestStopSpinning(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "spin 4")
		for range 3 {
			s := stop(c)
			for i := range 4 {
				c.wantStands(c.addr(0) + uint64(64*i))
			}
			if len(s.Threads) < 5 || s.Note != "" {
				t.Errorf("got %d threads and note %q, want at least 5 and none", len(s.Threads), s.Note)
			}
			checkRegisters(t, c, s)
			c.release(s)
			for i := range 4 {
				c.wantMoves(c.addr(0) + uint64(64*i))
			}
		}
	})
}

// checkRegisters checks that all threads are in code and on a stack.
func checkRegisters(t *testing.T, c *child, s *Stopped) {
	t.Helper()
	m, err := OpenRemote(c.pid)
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
		if s.Method == BySignal || strings.Contains(s.Note, "can't be interrupted") && th.Regs == nil {
			if th.Regs != nil {
				t.Errorf("thread %d: got registers %x, want none", th.TID, th.Regs)
			}
			continue
		}
		sp := archOf(runtime.GOARCH).sp
		if len(th.Regs) <= sp || th.Regs[sp] != th.SP {
			t.Errorf("thread %d: got registers %x, want sp %#x in the place of number %d", th.TID, th.Regs, th.SP, sp)
		}
	}
}

func TestStopBlocked(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "block")
		for range 20 {
			s := stop(c)
			checkRegisters(t, c, s)
			if got := c.states(); got != "T" && got != "t" {
				t.Errorf("got threads in the states %q, want all stopped", got)
			}
			c.release(s)
		}
		c.in.Close()
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("got %v, want its system calls to have gone on", err)
		}
	})
}

// A signal that comes while a process is being stopped is neither lost nor
// delivered twice.
func TestStopSignals(t *testing.T) {
	c := start(t, "signals")
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
			syscall.Kill(c.pid, syscall.SIGURG)
			syscall.Kill(c.pid, syscall.SIGUSR1)
			sent++
			got, err := c.hear()
			if strings.TrimSpace(got) != strconv.Itoa(sent) {
				t.Errorf("got %q and error %v of the child, want that it has got %d signals", got, err, sent)
				<-quit
				return
			}
		}
	}()
	var longest time.Duration
	for range cycles {
		begin := time.Now()
		s, err := seize(c.pid, patience)
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
	syscall.Kill(c.pid, syscall.SIGUSR1)
	if got := c.listen()[0]; got != strconv.Itoa(sent+1) {
		t.Errorf("got %s signals in the end, want %d", got, sent+1)
	}
	t.Logf("%d signals in %d stops, the longest of %v", sent, cycles, longest)
}

func TestStopChangingThreads(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "churn")
		cycles := longtest.Rounds(10, 50)
		for range cycles {
			s := stop(c)
			before := c.word(c.addr(0))
			tids, err := procfs.Tasks(c.pid)
			if err != nil {
				t.Fatal(err)
			}
			known := map[int]bool{}
			for _, th := range s.Threads {
				known[th.TID] = true
			}
			for _, tid := range tids {
				if st, err := procfs.ReadStat(procfs.TaskPath(c.pid, tid, "stat")); err == nil && !st.Ended() && !known[tid] {
					t.Errorf("got thread %d in state %c, want it stopped", tid, st.State)
				}
			}
			if after := c.word(c.addr(0)); after != before {
				t.Errorf("got count %d and then %d, want no change", before, after)
			}
			c.release(s)
			c.wantMoves(c.addr(0))
		}
	})
}

// A process that was stopped stays so.
func TestStopStopped(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "spin 2")
		syscall.Kill(c.pid, syscall.SIGSTOP)
		c.awaitState("T")
		for range 3 {
			s := stop(c)
			checkRegisters(t, c, s)
			c.release(s)
			time.Sleep(5 * time.Millisecond)
			c.awaitState("T")
			c.wantStands(c.addr(0))
		}
		syscall.Kill(c.pid, syscall.SIGCONT)
		c.wantMoves(c.addr(0))
	})
}

// A process that is sent SIGSTOP, or SIGSTOP and SIGCONT, while it is traced
// obeys afterwards.
func TestStopStoppedMeanwhile(t *testing.T) {
	c := start(t, "spin 2")
	s, err := seize(c.pid, patience)
	if err != nil {
		t.Fatal(err)
	}
	syscall.Kill(c.pid, syscall.SIGSTOP)
	time.Sleep(5 * time.Millisecond)
	c.release(s)
	c.awaitState("T")
	if s, err = seize(c.pid, patience); err != nil {
		t.Fatal(err)
	}
	syscall.Kill(c.pid, syscall.SIGCONT)
	time.Sleep(5 * time.Millisecond)
	c.wantStands(c.addr(0))
	c.release(s)
	c.wantMoves(c.addr(0))
}

func (c *child) awaitState(want string) {
	c.t.Helper()
	got := ""
	if !eventually(func() bool { got = c.states(); return got == want }) {
		c.t.Fatalf("got threads in the states %q, want %q", got, want)
	}
}

func TestStopOrphan(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "orphan")
		for range 5 {
			s := stop(c)
			for _, th := range s.Threads {
				if th.TID == c.pid {
					t.Errorf("got thread %d, which has ended", th.TID)
				}
			}
			c.wantStands(c.addr(0))
			c.release(s)
			c.wantMoves(c.addr(0))
		}
	})
}

func TestStopVfork(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "vfork 60000")
		if !eventually(func() bool { return strings.Contains(c.states(), "D") }) {
			t.Fatal("no thread waits for the child")
		}
		for range 2 {
			begin := time.Now()
			s := stop(c)
			if took := time.Since(begin); took > patience/2 {
				t.Errorf("got %v for a stop, want it not to wait for the system call", took)
			}
			if !strings.Contains(s.Note, "1 thread is in a system call") {
				t.Errorf("got note %q, want a thread in a system call", s.Note)
			}
			checkRegisters(t, c, s)
			c.wantStands(c.addr(0))
			c.release(s)
			c.wantMoves(c.addr(0))
		}
	})
}

// A process can end at any moment, also of being stopped.
func TestStopEnding(t *testing.T) {
	eachWay(t, func(t *testing.T, _ func(*child) *Stopped) {
		stop := seize
		if strings.HasSuffix(t.Name(), BySignal) {
			stop = suspend
		}
		rounds, stopped := longtest.Rounds(10, 40), 0
		for i := range rounds {
			c := start(t, "exit "+strconv.Itoa(i*400/rounds))
			s, err := stop(c.pid, patience)
			if err == nil {
				stopped++
				err = s.Release()
				if err != nil {
					t.Error(err)
				}
			} else if !strings.Contains(err.Error(), "has ended") {
				t.Errorf("got error %v, want that the process has ended", err)
			}
			c.cmd.Wait()
			if got := c.cmd.ProcessState.ExitCode(); got != 7 {
				t.Errorf("got status %v, want 7", c.cmd.ProcessState)
			}
		}
		t.Logf("stopped %d of %d before they ended", stopped, rounds)
	})
}

// A process that is killed while it is stopped is gone afterwards.
func TestStopKilled(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "spin 3")
		s := stop(c)
		syscall.Kill(c.pid, syscall.SIGKILL)
		time.Sleep(5 * time.Millisecond)
		c.release(s)
		c.cmd.Wait()
		if ws := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signal() != syscall.SIGKILL {
			t.Errorf("got %v, want it killed", c.cmd.ProcessState)
		}
	})
}

// A process that calls exec on one of many threads is where a tracer can hang for
// ever, and where every thread can look as if it had ended.
func TestStopExec(t *testing.T) {
	eachWay(t, func(t *testing.T, stop func(*child) *Stopped) {
		c := start(t, "exec")
		cycles := longtest.Rounds(20, 100)
		var longest time.Duration
		for range cycles {
			begin := time.Now()
			s := stop(c)
			longest = max(longest, time.Since(begin))
			c.release(s)
			time.Sleep(time.Millisecond / 2)
		}
		t.Logf("the longest of %d stops took %v", cycles, longest)
	})
}

func TestStopTraced(t *testing.T) {
	c := start(t, "spin 2")
	tr := start(t, "tracer "+strconv.Itoa(c.pid))
	if got := strings.Join(tr.words, " "); got != "stopped <nil>" {
		t.Fatalf("got %q of the tracer", got)
	}
	var refused *refusedError
	_, err := seize(c.pid, patience)
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "traces it already") {
		t.Errorf("got error %v, want that it is traced already", err)
	}
	s, err := Stop(c.pid, patience)
	if err != nil {
		t.Fatal(err)
	}
	if s.Method != BySignal {
		t.Errorf("got method %q, want %q", s.Method, BySignal)
	}
	tr.in.Close() // it lets go
	tr.cmd.Wait()
	c.wantStands(c.addr(0))
	c.release(s)
	c.wantMoves(c.addr(0))
}

// A child can be stopped while somebody waits for it: exec.Cmd doesn't take
// that for its end.
func TestStopWaitedFor(t *testing.T) {
	c := start(t, "spin 2")
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	for range 20 {
		s, err := Stop(c.pid, patience)
		if err != nil {
			t.Fatal(err)
		}
		if s.Method != BySignal || !strings.Contains(s.Note, "child of this process") {
			t.Errorf("got method %q and note %q, want SIGSTOP because it is a child", s.Method, s.Note)
		}
		c.release(s)
	}
	select {
	case err := <-ended:
		t.Fatalf("got %v from Wait, want it to wait", err)
	default:
	}
	c.in.Close()
	if err := <-ended; err != nil {
		t.Errorf("got %v from Wait, want none", err)
	}
}

// A child that nobody waits for can be traced.
func TestStopChild(t *testing.T) {
	c := start(t, "spin 1")
	s, err := StopChild(c.pid, patience)
	if err != nil {
		t.Fatal(err)
	}
	if s.Method != ByPtrace || s.Note != "" {
		t.Errorf("got method %q and note %q, want ptrace and none", s.Method, s.Note)
	}
	c.wantStands(c.addr(0))
	c.release(s)
	c.wantMoves(c.addr(0))
}

// Stop traces what isn't a child, and doesn't disturb those who wait for
// children of this process.
func TestStopOther(t *testing.T) {
	other := start(t, "exit 50000")
	p := start(t, "parent spin 2")
	c := &child{t: t, pid: int(p.addr(0)), words: p.words[1:]}
	for range 20 {
		s, err := Stop(c.pid, patience)
		if err != nil {
			t.Fatal(err)
		}
		if s.Method != ByPtrace || s.Note != "" {
			t.Errorf("got method %q and note %q, want ptrace and none", s.Method, s.Note)
		}
		c.release(s)
	}
	c.wantMoves(c.addr(0))
	other.cmd.Wait()
	if got := other.cmd.ProcessState.ExitCode(); got != 7 {
		t.Errorf("got status %v of another child, want 7", other.cmd.ProcessState)
	}
}
