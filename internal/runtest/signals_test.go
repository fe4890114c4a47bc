//go:build linux

package runtest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// Programs that are killed here leave no core files.
func init() { syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}) }

// TestSignals sends signals from outside, to coredumpy or to the program.
func TestSignals(t *testing.T) {
	plain, hooked := built(t)
	for _, tt := range []struct {
		kind    string
		signal  syscall.Signal
		program bool // only the program gets it
		state   string
		out     string // what follows on standard output
		message string // of the dump, if there should be one
	}{
		{"await", syscall.SIGTERM, false, "signal: terminated", "", ""},
		{"await", syscall.SIGHUP, false, "signal: hangup", "", ""},
		{"await", syscall.SIGKILL, true, "signal: killed", "", ""},
		{"await", syscall.SIGINT, true, "signal: interrupt", "", ""},
		{"await", syscall.SIGQUIT, false, "exit status 2", "", "SIGQUIT: quit"},
		{"await", syscall.SIGQUIT, true, "exit status 2", "", "SIGQUIT: quit"},
		{"await", syscall.SIGABRT, true, "exit status 2", "", "SIGABRT: aborted"},
		{"handle", syscall.SIGTERM, false, "exit status 7", "got terminated\n", ""},
		{"handle", syscall.SIGINT, false, "exit status 7", "got interrupt\n", ""},
		{"handle", syscall.SIGQUIT, false, "exit status 7", "got quit\n", ""},
		{"handle", syscall.SIGUSR1, true, "exit status 7", "got user defined signal 1\n", ""},
	} {
		for _, dir := range []string{hooked, plain} {
			to := "coredumpy"
			if tt.program {
				to = "program"
			}
			if !longtest.All() && (dir == plain || tt.message == "") || signal.Ignored(tt.signal) {
				continue
			}
			t.Run(fmt.Sprintf("%s/%v/%s/%s", tt.kind, tt.signal, to, filepath.Base(dir)), func(t *testing.T) {
				dumps, tmp := t.TempDir(), t.TempDir()
				s := startSignalled(t, tmp, command, "run", "-dir", dumps, filepath.Join(dir, "run"), tt.kind)
				pid := s.cmd.Process.Pid
				if tt.program {
					pid = s.program
				}
				state, out, stderr := s.end(t, pid, tt.signal)
				if withoutCore(state) != tt.state || out != tt.out {
					t.Errorf("got %s and %q, want %s and %q\n%.2000s", state, out, tt.state, tt.out, stderr)
				}
				checkSignalled(t, dumps, tt.message, stderr)
				if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
					t.Errorf("got %v, %v left behind", left, err)
				}
			})
		}
	}
}

// TestHangupIgnored hangs up on a command started by nohup: neither coredumpy nor the
// program minds.
func TestHangupIgnored(t *testing.T) {
	plain, hooked := built(t)
	for _, dir := range []string{hooked, plain} {
		dumps := t.TempDir()
		s := startSignalled(t, t.TempDir(), "sh", "-c", `trap "" HUP; exec "$0" "$@"`, command, "run", "-dir", dumps,
			filepath.Join(dir, "run"), "await")
		for _, pid := range []int{s.cmd.Process.Pid, s.program} {
			if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(50 * time.Millisecond) // for what should not happen
		state, out, stderr := s.end(t, s.program, syscall.SIGTERM)
		if state != "signal: terminated" || out != "" {
			t.Errorf("got %s and %q, want it to have been terminated\n%.2000s", state, out, stderr)
		}
		checkSignalled(t, dumps, "", stderr)
	}
}

// TestInterruptIgnored interrupts a command that a script has started in the background,
// where interrupts are ignored: a program that wants them gets them.
func TestInterruptIgnored(t *testing.T) {
	plain, hooked := built(t)
	for _, dir := range []string{hooked, plain} {
		s := startSignalled(t, t.TempDir(), "sh", "-c", `trap "" INT; exec "$0" "$@"`, command, "run",
			filepath.Join(dir, "run"), "handle")
		if state, out, stderr := s.end(t, s.cmd.Process.Pid, syscall.SIGINT); state != "exit status 7" ||
			out != "got interrupt\n" || stderr != "" {
			t.Errorf("got %s and %q, want exit status 7 and that it got the interrupt\n%.2000s", state, out, stderr)
		}
	}
}

// TestSignalEarly ends coredumpy while it starts: the program doesn't go on without it,
// and nothing is left behind.
func TestSignalEarly(t *testing.T) {
	plain, hooked := built(t)
	for i := range 40 {
		dir, tmp := hooked, t.TempDir()
		if i%2 == 0 {
			dir = plain
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		cmd := exec.CommandContext(ctx, command, "run", filepath.Join(dir, "run"), "await")
		cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "GODEBUG=", "TMPDIR="+tmp)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i) * time.Millisecond)
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		cancel()
		left, err := os.ReadDir(tmp)
		if state := cmd.ProcessState.String(); state != "signal: terminated" || err != nil || len(left) > 0 {
			t.Errorf("after %d ms: got %s, and %v, %v left behind", i, state, left, err)
		}
	}
}

// TestCoreWanted makes the runtime abort after a panic: coredumpy dies by the same
// signal, and there is still only one dump.
func TestCoreWanted(t *testing.T) {
	plain, hooked := built(t)
	env := []string{"GOTRACEBACK=crash"}
	want := execute(t, root, env, filepath.Join(plain, "run"), "divide")
	for _, dir := range []string{hooked, plain} {
		got, dumps := watch(t, env, filepath.Join(dir, "run"), "divide")
		if withoutCore(got.state) != "signal: aborted" || withoutCore(want.state) != "signal: aborted" ||
			headline(same(got.err)) != headline(same(want.err)) || len(dumps) != 1 {
			t.Errorf("got %d dumps, %s and\n%.2000s\nwant one, %s and\n%.2000s",
				len(dumps), got.state, got.err, want.state, want.err)
		}
		if n := strings.Count(got.err, "panic: "); n != 1 || strings.Contains(got.err, "cmd/coredumpy") {
			t.Errorf("got %d panics printed, want one\n%.4000s", n, got.err)
		}
	}
}

// signalled is a command that waits for a signal, and the process of the program in it.
type signalled struct {
	cmd     *exec.Cmd
	out     *bufio.Reader
	stderr  bytes.Buffer
	program int
}

func startSignalled(t *testing.T, tmp, name string, args ...string) *signalled {
	t.Helper()
	s := &signalled{cmd: exec.Command(name, args...)}
	s.cmd.Stderr = &s.stderr
	s.cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "GODEBUG=", "TMPDIR="+tmp)
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	s.out = bufio.NewReader(out)
	if _, err := fmt.Fscanf(s.out, "begin\nprocess %d\n", &s.program); err != nil {
		t.Fatal(err)
	}
	awaitRest(t, s.program)
	return s
}

// awaitRest waits until all threads of a process are idle, so that it waits for a signal.
func awaitRest(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err == nil && len(stats) > 0 && !slices.ContainsFunc(stats, func(path string) bool {
			stat, err := os.ReadFile(path)
			at := bytes.LastIndexByte(stat, ')') // the state follows the name
			return err != nil || at < 0 || !bytes.HasPrefix(stat[at:], []byte(") S"))
		}) {
			return
		}
	}
	t.Fatalf("process %d never comes to rest", pid)
}

// end sends a signal and returns how the command ended.
func (s *signalled) end(t *testing.T, pid int, signal syscall.Signal) (state, out, stderr string) {
	t.Helper()
	if err := syscall.Kill(pid, signal); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	var rest bytes.Buffer
	if _, err := s.out.WriteTo(&rest); err != nil {
		t.Fatal(err)
	}
	s.cmd.Wait() // its error is the state
	return s.cmd.ProcessState.String(), rest.String(), s.stderr.String()
}

func checkSignalled(t *testing.T, dir, message, stderr string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	if message == "" {
		if len(paths) > 0 || stderr != "" {
			t.Errorf("got %d dumps, want none, and %q", len(paths), stderr)
		}
		return
	}
	name, _, _ := strings.Cut(message, ":")
	if len(paths) != 1 || !strings.HasPrefix(same(stderr), name+":") {
		t.Fatalf("got %d dumps, want one\n%.2000s", len(paths), stderr)
	}
	core, err := coredumpy.Open(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if h := core.Head(); h.Reason != "signal" || h.Message != message {
		t.Errorf("got reason %q, message %q, want a signal, %q", h.Reason, h.Message, message)
	}
	// The signal came while any goroutine ran, or none; main is in the dump.
	g, err := core.Goroutine(1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range g.Frames {
		if f := &g.Frames[i]; f.Func == "main.await" {
			wantValue(t, f, "mine", "18")
			return
		}
	}
	t.Error("got no frame of main.await on goroutine 1")
}

// hangingTest is the source of a test that hangs.
const hangingTest = `package m

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(m.Run()) }

func TestFine(t *testing.T) {}

func TestHangs(t *testing.T) {
	t.Run("inside", func(t *testing.T) {
		answers := make(chan string)
		question := "why"
		fmt.Println("pid", os.Getpid())
		t.Log(question, <-answers)
	})
}
`

// TestQuitTest sends SIGQUIT to a test that hangs: the dump is about that test.
func TestQuitTest(t *testing.T) {
	longtest.Skip(t)
	needLinux(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module example.com/m\n\ngo 1.24\n",
		"hang_test.go": hangingTest} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command, "run", "-path", filepath.Join(dir, "x.dump"), "go", "test", "-v")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		pid := 0
		if _, err := fmt.Sscanf(lines.Text(), "pid %d", &pid); err == nil {
			awaitRest(t, pid) // where it hangs
			if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil {
				t.Error(err)
			}
		}
	}
	cmd.Wait()
	core, err := coredumpy.Open(filepath.Join(dir, "x.dump"))
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	if h.Reason != "signal" || h.Top == nil || h.Top.Func != "example.com/m.TestHangs.func1" ||
		h.Test != "TestHangs/inside" {
		t.Errorf("got a dump by %s at %+v of test %q, want where it hangs", h.Reason, h.Top, h.Test)
	}
}
