//go:build amd64 || arm64

package monitortest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// nobody is a user without rights.
const nobody = 65534

// openDir returns a new directory, which any user can reach and write to.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(buildDir, "open")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// place is where, and as which user, a program runs.
type place struct {
	name    string
	command func(t *testing.T, program, dir string, args ...string) *exec.Cmd
	later   string // what the program does after Monitor
	env     string
	bare    bool // another process may not look into it: the dump has only the report
	untold  bool // nor may it write to its standard error
	owner   int  // of the dump, if only root can run this
}

func plain(_ *testing.T, program, _ string, args ...string) *exec.Cmd {
	return exec.Command(program, args...)
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may do this")
	}
}

// needNobody does what needRoot does, and also skips the test if nobody can't reach
// openDir's directories.
func needNobody(t *testing.T) {
	t.Helper()
	needRoot(t)
	cmd := exec.Command(allVariables.program(t), "return-at-once", "off")
	cmd.Dir, cmd.SysProcAttr = openDir(t), credential
	if _, err := cmd.CombinedOutput(); errors.Is(err, fs.ErrPermission) {
		t.Skip("another user can't reach the temporary directory: ", err)
	}
}

// credential makes a program run as nobody.
var credential = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}

func asRoot(t *testing.T, program, _ string, args ...string) *exec.Cmd {
	t.Helper()
	needRoot(t)
	return exec.Command(program, args...)
}

func asNobody(t *testing.T, program, _ string, args ...string) *exec.Cmd {
	t.Helper()
	needNobody(t)
	cmd := exec.Command(program, args...)
	cmd.SysProcAttr = credential
	return cmd
}

// without runs the program without some system calls.
func without(calls ...int) func(t *testing.T, program, dir string, args ...string) *exec.Cmd {
	return func(_ *testing.T, program, _ string, args ...string) *exec.Cmd {
		list := strings.ReplaceAll(strings.Trim(fmt.Sprint(calls), "[]"), " ", ",")
		return exec.Command(program, append([]string{"confined", list}, args...)...)
	}
}

// inNamespace runs a shell script in a new namespace, and then the program.
func inNamespace(script string) func(t *testing.T, program, dir string, args ...string) *exec.Cmd {
	return func(t *testing.T, program, dir string, args ...string) *exec.Cmd {
		if out, err := exec.Command("unshare", "-r", "-m", "sh", "-c",
			strings.ReplaceAll(script, "$DIR", dir)).CombinedOutput(); err != nil {
			t.Skipf("no such namespaces here: %v %s", err, out)
		}
		return exec.Command("unshare",
			append([]string{"-r", "-m", "sh", "-c", strings.ReplaceAll(script, "$DIR", dir) + `; exec "$0" "$@"`,
				program}, args...)...)
	}
}

// processVMReadv is the number of the system call process_vm_readv.
var processVMReadv = map[string]int{"amd64": 310, "arm64": 270}[runtime.GOARCH]

var places = []place{
	{name: "not root", command: asNobody, owner: nobody},
	{name: "debugger", command: debugged, env: debuggerEnv + "=1", bare: true},
	{name: "read-only root",
		command: inNamespace(`set -e; mount --bind $DIR $DIR; mount -o remount,bind,ro /; cd $DIR; ! touch /x 2>/dev/null`)},
	{name: "no ptrace", command: without(syscall.SYS_PTRACE, processVMReadv), bare: true},
	{name: "no process_vm_readv", command: without(processVMReadv)},
	{name: "no tee", command: without(syscall.SYS_TEE)},
	{name: "no pidfd", command: without(pidfdOpen, pidfdGetfd)},
	{name: "removed", command: plain, later: "removed"},
	{name: "root directory later", command: asRoot, later: "chroot"},
	{name: "user later", command: asRoot, later: "setuid", owner: nobody},
	{name: "effective user later", command: asRoot, later: "seteuid", owner: nobody},
	{name: "user later, no CAP_SYS_PTRACE", command: func(t *testing.T, program, _ string, args ...string) *exec.Cmd {
		needNobody(t)
		less := []string{"--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"}
		if out, err := exec.Command("setpriv", append(less, "true")...).CombinedOutput(); err != nil {
			t.Skipf("no setpriv here: %v %s", err, out)
		}
		return exec.Command("setpriv", append(append(less, program), args...)...)
	}, later: "setuid", owner: nobody, bare: true, untold: true},
	{name: "all descriptors used", command: plain, later: "descriptors"},
	// with less the runtime itself fails
	{name: "memory limit", command: plain, later: "memory-limit", env: "EVENTS_ROOM=134217728"},
	{name: "stderr of its own", command: plain, later: "own-stderr"},
}

// From asm-generic/unistd.h, the same on all architectures.
const (
	pidfdOpen  = 434
	pidfdGetfd = 438
)

// TestPlaces tries three events in places that take something from a program.
func TestPlaces(t *testing.T) {
	for i := range places {
		p := &places[i]
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, e := range []event{
				{kind: "nil-map", reason: "panic", message: "assignment to entry in nil map", top: "main.fail"},
				{kind: "deadlock", reason: "fatal error", message: "all goroutines are asleep - deadlock!",
					top: "main.waitForEver"},
				{kind: "sigquit", reason: "signal", message: "~SIGQUIT: quit|a signal, which isn't known"},
			} {
				for range longtest.Rounds(1, 3) {
					p.check(t, allVariables, &e)
				}
				// the detector needs memory
				if longtest.All() && raced[e.kind] && p.later != "memory-limit" && canRace() {
					p.check(t, race, &e)
				}
			}
		})
	}
}

func (p *place) check(t *testing.T, b *build, e *event) {
	t.Helper()
	dir := openDir(t)
	program := filepath.Join(dir, "program")
	if err := os.Link(b.program(t), program); err != nil {
		t.Fatal(err)
	}
	args := []string{e.kind, "on"}
	if p.later != "" {
		args = append(args, p.later)
	}
	cmd := p.command(t, program, dir, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR=", p.env)
	o := outcomeOf(t, cmd)
	stderr := o.stderr
	if p.later == "own-stderr" { // no other output ends with the process that writes it
		eventually(t, "the lines that announce the dump", func() bool {
			b, err := os.ReadFile(filepath.Join(dir, "stderr.txt"))
			stderr = string(b)
			return err == nil && strings.Contains(stderr, "coredumpy load ")
		})
	}
	if p.untold { // nothing else of it can be seen
		eventually(t, "the dump", func() bool {
			o.dumps, _ = filepath.Glob(filepath.Join(dir, "*.dump"))
			return len(o.dumps) == 1
		})
	}
	if o.exit != 2 || len(o.dumps) != 1 || o.stdout != "" || strings.Contains(stderr, "coredumpy load ") == p.untold {
		t.Fatalf("%s: got exit status %d, %d dumps and output %q, want 2 and 1; stderr:\n%s",
			e.kind, o.exit, len(o.dumps), o.stdout, stderr)
	}
	core, err := coredumpy.Open(o.dumps[0])
	if err != nil {
		t.Fatal(err)
	}
	h := core.Head()
	message := e.message
	if p.bare && e.reason == "fatal error" {
		message = "~" // the runtime doesn't pass it on
	}
	if h.Reason != e.reason || !matches(h.Message, message) || e.top != "" && (h.Top == nil || h.Top.Func != e.top) {
		t.Errorf("%s: %s: got reason %q, message %q and top %v, want %q, %q and %s; notes %q",
			e.kind, b.name, h.Reason, h.Message, h.Top, e.reason, e.message, e.top, h.Notes)
	}
	if !p.bare && b == allVariables && e.top == "main.fail" {
		checkLocals(t, core, e.top, map[string]string{"local": "42"})
	}
	info, err := os.Stat(o.dumps[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Sys().(*syscall.Stat_t); info.Mode().Perm() != 0o600 ||
		os.Getuid() == 0 && (int(got.Uid) != p.owner || int(got.Gid) != p.owner) {
		t.Errorf("%s: got a dump of %d:%d with mode %v, want of %d and -rw-------",
			e.kind, got.Uid, got.Gid, info.Mode(), p.owner)
	}
}

// TestMemoryLimit calls OnPanic where the memory that is left may not be enough.
func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{"on-panic-text": "order 21 is empty", "on-panic": "(*main.failure)"} {
		for _, room := range []int{0, 1 << 20, 16 << 20, 200 << 20} {
			o := withRoom(t, kind, room)
			for try := 0; try < 5 &&
				strings.HasPrefix(o.stderr, "fatal error: runtime: cannot allocate memory"); try++ {
				o = withRoom(t, kind, room) // the runtime got no memory, and the program didn't get to its panic
			}
			line, rest, _ := strings.Cut(o.stderr, "\n")
			if line != "coredumpy: little memory is left for the dump of panic: "+want || o.exit != 2 {
				t.Errorf("%s with %d bytes left: got exit status %d and line %q, want 2 and one with %s; the rest:\n%s", kind, room, o.exit, line, want, rest)
			}
			if room == 200<<20 && len(o.dumps) != 1 {
				t.Errorf("%s with %d bytes left: got %d dumps, want 1", kind, room, len(o.dumps))
			}
		}
		if o := withRoom(t, kind, 1<<30); strings.Contains(o.stderr, "little memory") || len(o.dumps) != 1 {
			t.Errorf("%s: got stderr\n%s", kind, o.stderr)
		}
	}
}

// withRoom runs a program that may allocate this many bytes more, without Monitor.
func withRoom(t *testing.T, kind string, room int) outcome {
	t.Helper()
	cmd := exec.Command(allVariables.program(t), kind, "off", "memory-limit")
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR=", fmt.Sprintf("EVENTS_ROOM=%d", room))
	return outcomeOf(t, cmd)
}

// TestNoMoreRights has programs crash that may not write where root may.
func TestNoMoreRights(t *testing.T) {
	needNobody(t)
	t.Parallel()
	for later, owner := range map[string]int{"setuid": 0, "seteuid": 0, "capabilities": nobody} {
		dir := openDir(t)
		if err := errors.Join(os.Chmod(dir, 0o755), os.Chown(dir, owner, owner)); err != nil {
			t.Fatal(err)
		}
		other := openDir(t)
		cmd := exec.Command(allVariables.program(t), "nil-map", "on", later)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR="+other, "TMPDIR="+other)
		o := outcomeOf(t, cmd)
		found, err := filepath.Glob(filepath.Join(other, "*.dump"))
		if err != nil || o.exit != 2 || len(o.dumps) != 0 || len(found) != 1 {
			t.Errorf("%s: got exit status %d, dumps %q in another user's directory and %q in an open one, want 2, none and one; stderr:\n%s", later, o.exit, o.dumps, found, o.stderr)
		}
	}
}

// TestNoTraceback makes the runtime write only the text of a crash.
func TestNoTraceback(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"own-error", "fault", "overflow", "sigquit"} {
		cmd := exec.Command(allVariables.program(t), kind, "on")
		cmd.Env = append(os.Environ(), "GOTRACEBACK=none", "COREDUMPY_DIR=")
		if o := outcomeOf(t, cmd); o.exit != 2 || len(o.dumps) != 1 {
			t.Errorf("%s: got exit status %d and %d dumps, want 2 and 1; stderr:\n%s",
				kind, o.exit, len(o.dumps), o.stderr)
		}
	}
}

// TestCrashWhileStopped stops the watcher before a crash.
func TestCrashWhileStopped(t *testing.T) {
	longtest.Skip(t) // the guard waits for a long time
	t.Parallel()
	p := startTold(t, allVariables, "EVENTS_TIMEOUT=0s")
	watcher := 0
	eventually(t, "the watcher", func() bool { watcher = watcherOf(p.cmd.Process.Pid); return watcher != 0 })
	eventually(t, "its guard", func() bool { return guardOf(p.cmd.Process.Pid) != 0 })
	if err := syscall.Kill(watcher, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	exit, dumps := p.crash(t)
	if exit != 2 || dumps != 0 ||
		!strings.HasPrefix(p.stderr.String(), "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\n") ||
		!strings.Contains(p.stderr.String(), "main.main()") {
		t.Errorf("got exit status %d and %d dumps, want 2 and none; stderr:\n%s", exit, dumps, p.stderr.String())
	}
	eventually(t, "the end of the processes that Monitor starts",
		func() bool { return startedFor(p.cmd.Process.Pid) == 0 })
}

// TestLongTimeout has programs crash whose Config.Timeout is practically unlimited.
func TestLongTimeout(t *testing.T) {
	t.Parallel()
	for _, limit := range []time.Duration{
		math.MaxInt64,
		1<<32*time.Millisecond - 15*time.Second + 5*time.Millisecond, // 5 ms in 32 bits, with the guard's extra wait
	} {
		p := startTold(t, allVariables, "EVENTS_TIMEOUT="+limit.String())
		if exit, dumps := p.crash(t); exit != 2 || dumps != 1 {
			t.Errorf("%v: got exit status %d and %d dumps, want 2 and 1; stderr:\n%s",
				limit, exit, dumps, p.stderr.String())
		}
	}
}

// TestGuardKilled looks at what the guard keeps open, and kills it: the watcher goes on.
func TestGuardKilled(t *testing.T) {
	t.Parallel()
	p := startTold(t, allVariables)
	guard := 0
	eventually(t, "the guard", func() bool { guard = guardOf(p.cmd.Process.Pid); return guard != 0 })
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", guard))
	if err != nil || len(links) == 0 {
		t.Errorf("got descriptors %q of the guard, error %v", links, err)
	}
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil &&
			(strings.HasPrefix(to, "pipe:") || strings.HasPrefix(to, "socket:")) {
			t.Errorf("the guard has %s open, which is the watcher's", to)
		}
	}
	if err := syscall.Kill(guard, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if exit, dumps := p.crash(t); exit != 2 || dumps != 1 {
		t.Errorf("got exit status %d and %d dumps, want 2 and 1; stderr:\n%s", exit, dumps, p.stderr.String())
	}
	eventually(t, "the end of the processes that Monitor starts",
		func() bool { return startedFor(p.cmd.Process.Pid) == 0 })
}

// TestKilledAtEachStep kills the watcher at any time: while it starts, and while it makes
// the dump. The crash goes on as usual.
func TestKilledAtEachStep(t *testing.T) {
	t.Parallel()
	kill := func(p *told, after time.Duration) (done chan int) {
		done = make(chan int)
		go func() {
			defer close(done)
			time.Sleep(after)
			if pid := startedFor(p.cmd.Process.Pid); pid != 0 {
				syscall.Kill(pid, syscall.SIGKILL)
			}
		}()
		return done
	}
	check := func(p *told, what string) {
		exit, dumps := p.crash(t)
		if text := p.stderr.String(); exit != 2 || dumps > 1 || strings.Count(text, "panic: ") != 1 ||
			!strings.Contains(text, "main.main()") {
			t.Errorf("%s: got exit status %d and %d dumps, want 2 and at most 1; stderr:\n%s", what, exit, dumps, text)
		}
	}
	for n := range longtest.Rounds(3, 30) {
		after := time.Duration(n) * time.Millisecond
		p := startTold(t, allVariables)
		done := kill(p, after)
		check(p, fmt.Sprintf("killed %v after the start", after))
		<-done
		p = startTold(t, allVariables)
		eventually(t, "the watcher", func() bool { return watcherOf(p.cmd.Process.Pid) != 0 })
		done = kill(p, 4*after)
		check(p, fmt.Sprintf("killed %v after the crash", 4*after))
		<-done
	}
}

// TestGroupSignaled sends a terminal's signal to the whole process group of the program.
func TestGroupSignaled(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(allVariables.program(t), "wait-for-signal", "on")
	cmd.Env = append(os.Environ(), "GOTRACEBACK=single", "COREDUMPY_DIR=")
	cmd.Dir, cmd.SysProcAttr = t.TempDir(), &syscall.SysProcAttr{Setpgid: true}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the guard", func() bool { return guardOf(cmd.Process.Pid) != 0 })
	eventually(t, "interrupts to be ignored", func() bool { return ignores(cmd.Process.Pid, syscall.SIGINT) })
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} { // it ignores the first one
		if err := syscall.Kill(-cmd.Process.Pid, s); err != nil {
			t.Fatal(err)
		}
	}
	cmd.Wait()
	if found, _ := filepath.Glob(filepath.Join(cmd.Dir, "*.dump")); cmd.ProcessState.ExitCode() != 2 ||
		len(found) != 1 {
		t.Errorf("got %v and dumps %q, want exit status 2 and one; stderr:\n%s",
			cmd.ProcessState, found, stderr.String())
	}
}

// ignores reports whether a process ignores a signal, proc_pid_status(5).
func ignores(pid int, signal syscall.Signal) bool {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(text), "\nSigIgn:\t")
	line, _, _ := strings.Cut(after, "\n")
	mask, _ := strconv.ParseUint(line, 16, 64)
	return mask&(1<<(signal-1)) != 0
}
