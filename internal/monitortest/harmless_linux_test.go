//go:build amd64 || arm64

package monitortest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// watcherOf returns the watcher of a process, 0 if there is none.
func watcherOf(pid int) int { return monitorOf(pid, "coredumpy-mon") }

// guardOf returns the guard of that watcher.
func guardOf(pid int) int { return monitorOf(pid, "coredumpy-guard") }

// startedFor returns a process that Monitor has started for another one, 0 if there is
// none.
func startedFor(pid int) int { return monitorOf(pid, "") }

// monitorOf returns such a process with the given name, "" for any.
func monitorOf(pid int, name string) int {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		b, _ := os.ReadFile(path)
		comm, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "comm"))
		if string(b) == fmt.Sprintf("coredumpy-monitor %d\x00", pid) && (name == "" || string(comm) == name+"\n") {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			return n
		}
	}
	return 0
}

// ended reports whether a process no longer exists.
func ended(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.Contains(b, []byte(") Z ")) || bytes.Contains(b, []byte(") X "))
}

// told is the program that crashes when its standard input tells it to.
type told struct {
	cmd            *exec.Cmd
	in             io.WriteCloser
	stderr         bytes.Buffer
	stdout, opened *os.File // the other ends of files that it has closed
}

func startTold(t *testing.T, b *build, env ...string) *told {
	t.Helper()
	p := &told{cmd: exec.Command(b.program(t), "told", "on")}
	p.cmd.Dir, p.cmd.Stderr = t.TempDir(), &p.stderr
	p.cmd.Env = append(append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR="), env...)
	var ends [2]*os.File
	for i, f := range []**os.File{&p.stdout, &p.opened} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		*f, ends[i] = r, w
	}
	p.cmd.Stdout, p.cmd.ExtraFiles = ends[0], ends[1:]
	var err error
	if p.in, err = p.cmd.StdinPipe(); err == nil {
		err = p.cmd.Start()
	}
	ends[0].Close()
	ends[1].Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	return p
}

// crash makes it crash, and returns its exit status and the number of dumps.
func (p *told) crash(t *testing.T) (exit, dumps int) {
	t.Helper()
	if _, err := p.in.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	p.cmd.Wait()
	found, err := filepath.Glob(filepath.Join(p.cmd.Dir, "*.dump"))
	if err != nil {
		t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode(), len(found)
}

// TestMainOnce has programs end before the watcher has begun to look at them. The watcher
// must not run main instead.
func TestMainOnce(t *testing.T) {
	t.Parallel()
	for range longtest.Rounds(10, 30) {
		cmd := exec.Command(stripped.program(t), "return-at-once", "on")
		cmd.Dir = t.TempDir()
		mains := filepath.Join(cmd.Dir, "mains")
		if err := os.WriteFile(mains, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		o := outcomeOf(t, cmd)
		eventually(t, "the end of the processes that Monitor starts",
			func() bool { return startedFor(cmd.Process.Pid) == 0 })
		if b, err := os.ReadFile(mains); err != nil || bytes.Count(b, []byte("\n")) != 1 || o.exit != 0 {
			t.Fatalf("got exit status %d, %v, and main ran with\n%s", o.exit, err, b)
		}
	}
}

// TestSettings uses a path that isn't UTF-8, and patterns whose text doesn't say
// everything.
func TestSettings(t *testing.T) {
	t.Parallel()
	o := run(t, allVariables, "patterns")
	if len(o.dumps) != 1 || filepath.Base(o.dumps[0]) != "caf\xe9.dump" {
		t.Fatalf("got dumps %q, want one; output:\n%s%s", o.dumps, o.stdout, o.stderr)
	}
	core, err := coredumpy.Open(o.dumps[0])
	if err != nil {
		t.Fatal(err)
	}
	if m := core.Head().Message; strings.Contains(m, "curtain") || strings.Contains(m, "herring") ||
		!strings.HasPrefix(m, "lines:\n") {
		t.Errorf("got message %q", m)
	}
}

// TestExec has a program replace itself by another one: by itself, without a watcher.
func TestExec(t *testing.T) {
	t.Parallel()
	if o := run(t, stripped, "exec", "on"); o.exit != 0 || o.stdout != "" || o.stderr != "" || len(o.dumps) != 0 {
		t.Errorf("got exit status %d, output %q, %q and dumps %q, want none", o.exit, o.stdout, o.stderr, o.dumps)
	}
}

// TestNothingKept has a program close files that others wait for it to close.
func TestNothingKept(t *testing.T) {
	t.Parallel()
	p := startTold(t, allVariables)
	eventually(t, "the watcher", func() bool { return watcherOf(p.cmd.Process.Pid) != 0 })
	for name, f := range map[string]*os.File{"standard output": p.stdout, "an inherited descriptor": p.opened} {
		f.SetReadDeadline(time.Now().Add(time.Minute))
		if b, err := io.ReadAll(f); err != nil || len(b) > 0 {
			t.Errorf("%s: got %q and %v, want the end", name, b, err)
		}
	}
	if exit, dumps := p.crash(t); exit != 2 || dumps != 1 {
		t.Errorf("got exit status %d and %d dumps, want 2 and 1; stderr:\n%s", exit, dumps, p.stderr.String())
	}
}

// TestGuardKeepsNothing checks that the guard keeps nothing open that others may wait for
// the watcher to close.
func TestGuardKeepsNothing(t *testing.T) {
	t.Parallel()
	p := startTold(t, allVariables)
	guard := 0
	eventually(t, "the guard", func() bool { guard = guardOf(p.cmd.Process.Pid); return guard != 0 })
	if open := openOf(guard); strings.Contains(open, "pipe:") || strings.Contains(open, "socket:") {
		t.Errorf("got open files\n%s\nwant no pipe and no socket", open)
	}
}

// TestNotServing has a watcher that can't receive questions: it closes the socket for
// them, so that nobody waits for an answer.
func TestNotServing(t *testing.T) {
	t.Parallel()
	cmd := without(syscall.SYS_RECVMSG)(t, allVariables.program(t), "", "wait-for-signal", "on")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "COREDUMPY_DIR=")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	eventually(t, "the end of the socket", func() bool {
		watcher := watcherOf(cmd.Process.Pid)
		return watcher != 0 && !strings.Contains(openOf(watcher), "socket:") && guardOf(cmd.Process.Pid) != 0
	})
}

// openOf lists the open files of a process.
func openOf(pid int) string {
	var list []string
	paths, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, path := range paths {
		to, _ := os.Readlink(path)
		list = append(list, to)
	}
	return strings.Join(list, "\n")
}

// TestWatcherKilled has a program crash whose watcher was killed.
func TestWatcherKilled(t *testing.T) {
	t.Parallel()
	p := startTold(t, allVariables)
	watcher := 0
	eventually(t, "the watcher", func() bool { watcher = watcherOf(p.cmd.Process.Pid); return watcher != 0 })
	if err := syscall.Kill(watcher, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its end", func() bool { return ended(watcher) })
	exit, dumps := p.crash(t)
	if exit != 2 || dumps != 0 ||
		!strings.HasPrefix(p.stderr.String(), "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\n") ||
		!strings.Contains(p.stderr.String(), "main.main()") {
		t.Errorf("got exit status %d and %d dumps, want 2 and none; stderr:\n%s", exit, dumps, p.stderr.String())
	}
}

// TestAllSignaled sends signals to all processes, as when a service is stopped.
func TestAllSignaled(t *testing.T) {
	t.Parallel()
	p := startTold(t, allVariables)
	watcher := 0
	eventually(t, "the watcher", func() bool { watcher = watcherOf(p.cmd.Process.Pid); return watcher != 0 })
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM,
		syscall.SIGUSR1, syscall.SIGUSR2} {
		if err := syscall.Kill(watcher, s); err != nil {
			t.Fatal(err)
		}
	}
	if exit, dumps := p.crash(t); exit != 2 || dumps != 1 {
		t.Errorf("got exit status %d and %d dumps, want 2 and 1; stderr:\n%s", exit, dumps, p.stderr.String())
	}
}

// TestProgramKilled checks what is left of a program that was killed.
func TestProgramKilled(t *testing.T) {
	t.Parallel()
	p := startTold(t, allVariables)
	watcher := 0
	eventually(t, "the watcher", func() bool { watcher = watcherOf(p.cmd.Process.Pid); return watcher != 0 })
	p.cmd.Process.Kill()
	p.cmd.Wait()
	eventually(t, "the end of the watcher", func() bool { return ended(watcher) })
	if found, _ := filepath.Glob(filepath.Join(p.cmd.Dir, "*")); len(found) > 0 || p.stderr.Len() > 0 {
		t.Errorf("got files %q and stderr %q, want none", found, p.stderr.String())
	}
}

// TestNoWatch has programs that can't be watched, or can't be watched any more.
func TestNoWatch(t *testing.T) {
	t.Parallel()
	const report = "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\n"
	for _, tt := range []struct {
		kind, stdout, stderr string // beginnings
		dumps                int
		own                  bool // the program has the report, too
	}{
		{"own-output-before", "coredumpy: Monitor: the program has set a crash output with debug.SetCrashOutput",
			report, 0, true},
		{"own-output-after", "", report, 0, true},
		{"no-descriptors", "coredumpy: Monitor: pipe2: too many open files", report, 0, false},
		{"twice", "coredumpy: Monitor: it was called before", report, 1, false},
		{"excluded", "", "panic: failure with code 42 [recovered", 0, false},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			o := run(t, allVariables, tt.kind, "on")
			if o.exit != 2 || !strings.HasPrefix(o.stdout, tt.stdout) || len(o.dumps) != tt.dumps {
				t.Errorf("got exit status %d, %d dumps and output %q, want 2, %d and %q",
					o.exit, len(o.dumps), o.stdout, tt.dumps, tt.stdout)
			}
			if !strings.Contains(o.stderr, tt.stderr) {
				t.Errorf("got stderr\n%s\nwant it to have\n%s", o.stderr, tt.stderr)
			}
			if own, err := os.ReadFile(filepath.Join(o.dir, "own.txt")); tt.own &&
				(err != nil || !bytes.HasPrefix(own, []byte(report))) {
				t.Errorf("got own report %q and %v, want\n%s", own, err, report)
			}
		})
	}
}

// TestEffectiveUser has a program act for another user, so that a process that it starts
// has other rights than its user.
func TestEffectiveUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may change its user")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	if b, err := os.ReadFile(stripped.program(t)); err != nil || os.WriteFile(program, b, 0o755) != nil ||
		os.Chmod(dir, 0o755) != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "effective-user", "on")
	cmd.Dir = dir
	mains := filepath.Join(dir, "mains")
	if err := os.WriteFile(mains, nil, 0o600); err != nil || os.Chmod(mains, 0o666) != nil {
		t.Fatal(err)
	}
	o := outcomeOf(t, cmd)
	if b, err := os.ReadFile(mains); err != nil || bytes.Count(b, []byte("\n")) != 1 {
		t.Errorf("got %v, and main ran with\n%s", err, b)
	}
	if o.exit != 2 || !strings.HasPrefix(o.stdout, "coredumpy: Monitor: ") || strings.Count(o.stderr, "panic: ") != 1 {
		t.Errorf("got exit status %d and output %q, want 2 and an error; stderr:\n%s", o.exit, o.stdout, o.stderr)
	}
}

// TestFunctions gives Monitor options that can't be passed to another process.
func TestFunctions(t *testing.T) {
	t.Parallel()
	o := run(t, allVariables, "functions")
	for _, want := range []string{"coredumpy: Monitor: PathFunc can't be handed",
		"coredumpy: Path \"x\" and Directory \"y\" exclude each other"} {
		if !strings.Contains(o.stdout, want) {
			t.Errorf("got output\n%s\nwant it to have %s", o.stdout, want)
		}
	}
	if o.exit != 0 {
		t.Errorf("got exit status %d, want 0", o.exit)
	}
}

// TestProcessOne has the first process of a namespace crash, which ends all others.
func TestProcessOne(t *testing.T) {
	t.Parallel()
	unshare := []string{"-r", "-p", "-f", "--mount-proc"}
	if out, err := exec.Command("unshare", append(unshare, "true")...).CombinedOutput(); err != nil {
		t.Skipf("no namespaces here: %v %s", err, out)
	}
	for _, b := range []*build{allVariables, stripped} {
		for _, goroutines := range []string{"single", "all"} {
			cmd := exec.Command("unshare", append(unshare, b.program(t), "nil-map", "on")...)
			cmd.Env = append(os.Environ(), "GOTRACEBACK="+goroutines, "COREDUMPY_DIR=")
			o := outcomeOf(t, cmd)
			if o.exit != 2 || len(o.dumps) != 1 || !strings.Contains(o.stderr, "coredumpy load ") {
				t.Fatalf("%s: got exit status %d and %d dumps, want 2 and 1; stderr:\n%s",
					b.name, o.exit, len(o.dumps), o.stderr)
			}
			core, err := coredumpy.Open(o.dumps[0])
			if err != nil {
				t.Fatal(err)
			}
			if h := core.Head(); h.Message != "assignment to entry in nil map" || h.Top == nil ||
				h.Top.Func != "main.fail" {
				t.Errorf("%s: got message %q and top %v", b.name, h.Message, h.Top)
			}
		}
	}
}

// TestClosedStderr has a program without standard error crash.
func TestClosedStderr(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", `exec "$0" nil-map on 2>&-`, allVariables.program(t))
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR=")
	o := outcomeOf(t, cmd)
	if o.exit != 2 {
		t.Errorf("got exit status %d, want 2; stdout:\n%s", o.exit, o.stdout)
	}
	eventually(t, "the dump", func() bool {
		found, _ := filepath.Glob(filepath.Join(o.dir, "*.dump"))
		return len(found) == 1
	})
}
