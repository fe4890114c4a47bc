//go:build amd64 || arm64

package monitortest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"coredumpy/internal/longtest"
)

// askPlace is where, and as which user, a program asks for its dump.
type askPlace struct {
	place
	long bool   // only in the long tests
	own  bool   // the program makes the dump itself
	said string // by Monitor, on standard output
}

const foreignProc = "coredumpy: Monitor: /proc belongs to another PID namespace, where this process is number N, not 1: mount it again (unshare --mount-proc)\n"

var askPlaces = []askPlace{
	{place: place{name: "PID 1 in a namespace", command: unshared("-r", "-p", "-f", "--mount-proc")}},
	{place: place{name: "PID namespace",
		command: unshared("-r", "-p", "-f", "--mount-proc", "sh", "-c", `"$0" "$@"; exit $?`)}, long: true},
	{place: place{name: "PID namespace, but not its /proc", command: unshared("-r", "-p", "-f")}, own: true,
		said: foreignProc},
	{place: place{name: "user namespace", command: unshared("-r")}, long: true},
	{place: place{name: "user namespace without users", command: unshared("-U")}, long: true},
	{place: place{name: "debugger", command: debugged, env: debuggerEnv + "=1"}, own: true},
	{place: place{name: "not root", command: asNobody}, long: true},
	{place: place{name: "not dumpable", command: asNobody, later: "undumpable"}, own: true},
	{place: place{name: "no process_vm_readv", command: without(processVMReadv)}, long: true},
	{place: place{name: "no process_vm_readv later", command: plain, later: "no-process-vm-readv"}, long: true},
	{place: place{name: "no pidfd_getfd", command: without(pidfdGetfd)}, long: true},
	{place: place{name: "no pidfd", command: without(pidfdOpen, pidfdGetfd)}, long: true},
	{place: place{name: "no ptrace", command: without(syscall.SYS_PTRACE)}, long: true, own: true},
	{place: place{name: "no recvmsg", command: without(syscall.SYS_RECVMSG)}, own: true},
	{place: place{name: "no sendmsg later", command: plain, later: "no-sendmsg"}, own: true},
	{place: place{name: "no socketpair", command: without(syscall.SYS_SOCKETPAIR)}, long: true, own: true},
	{place: place{name: "no memfd_create", command: without(memfdCreate)}, long: true, own: true},
	{place: place{name: "user later", command: asRoot, later: "setuid"}, own: true},
	{place: place{name: "effective user later", command: asRoot, later: "seteuid"}, own: true},
	{place: place{name: "root directory later", command: asRoot, later: "chroot"}, long: true, own: true},
	{place: place{name: "capabilities later", command: asRoot, later: "capabilities"}, long: true, own: true},
}

// memfdCreate is the number of the system call memfd_create.
var memfdCreate = map[string]int{"amd64": 319, "arm64": 279}[runtime.GOARCH]

// unshared runs the program in new namespaces, see unshare(1).
func unshared(flags ...string) func(t *testing.T, program, dir string, args ...string) *exec.Cmd {
	return func(t *testing.T, program, _ string, args ...string) *exec.Cmd {
		t.Helper()
		if out, err := exec.Command("unshare",
			append(flags[:len(flags):len(flags)], "true")...).CombinedOutput(); err != nil {
			t.Skipf("no such namespaces here: %v %s", err, out)
		}
		return exec.Command("unshare", slices.Concat(flags, []string{program}, args)...)
	}
}

// debuggerEnv is set if this program acts as a debugger.
const debuggerEnv = "MONITORTEST_DEBUGGER"

// debugged runs the program under a debugger.
func debugged(_ *testing.T, program, _ string, args ...string) *exec.Cmd {
	return exec.Command("/proc/self/exe", append([]string{program}, args...)...)
}

// beDebugger runs a command, and traces its first thread. It returns its exit status.
func beDebugger(args []string) (status int) {
	runtime.LockOSThread() // the thread is the tracer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = os.Stdout, os.Stderr, &syscall.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	for {
		var ws syscall.WaitStatus
		_, err := syscall.Wait4(cmd.Process.Pid, &ws, 0, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			fmt.Println(err)
			return 1
		case ws.Exited():
			return ws.ExitStatus()
		case ws.Signaled():
			return 128 + int(ws.Signal())
		}
		s := ws.StopSignal()
		if s == syscall.SIGTRAP { // after exec
			s = 0
		}
		if err := syscall.PtraceCont(cmd.Process.Pid, int(s)); err != nil && err != syscall.ESRCH {
			fmt.Println(err)
			return 1
		}
	}
}

// TestAskedInPlaces has programs ask for dumps in places that take something from them,
// or from the watcher. The dump is the one that they would have made themselves.
func TestAskedInPlaces(t *testing.T) {
	for i := range askPlaces {
		p := &askPlaces[i]
		t.Run(p.name, func(t *testing.T) {
			if p.long {
				longtest.Skip(t)
			}
			t.Parallel()
			for _, kind := range []string{"ask-dump", "ask-error"}[:longtest.Rounds(1, 2)] {
				p.check(t, kind)
			}
		})
	}
}

func (p *askPlace) check(t *testing.T, kind string) {
	t.Helper()
	without, with := p.run(t, kind, "off"), p.run(t, kind, "on")
	made := func() string { return opened(t, with.one(t)).Head().Paused } // "" by the program itself
	// on a busy machine the watcher may not answer
	for range 5 {
		if p.own || made() != "" {
			break
		}
		with = p.run(t, kind, "on")
	}
	if p.own != (made() == "") {
		t.Errorf("%s: got one made by the program itself: %v, want %v", kind, made() == "", p.own)
	}
	stdout := namespaced.ReplaceAllString(said(with.stdout), "number N,")
	if with.exit != without.exit || stdout != p.said+said(without.stdout) || said(with.stderr) != said(without.stderr) {
		t.Errorf("%s: got exit status %d and\n%s%s\nwant %d and\n%s%s",
			kind, with.exit, stdout, said(with.stderr), without.exit, p.said+said(without.stdout), said(without.stderr))
	}
	if !t.Failed() {
		differ(t, contents(opened(t, with.one(t))), contents(opened(t, without.one(t))))
	}
}

var namespaced = regexp.MustCompile(`number \d+,`)

func (p *askPlace) run(t *testing.T, args ...string) outcome {
	t.Helper()
	dir := openDir(t)
	program := filepath.Join(dir, "program")
	if err := os.Link(allVariables.program(t), program); err != nil {
		t.Fatal(err)
	}
	if p.later != "" {
		args = append(args, p.later)
	}
	cmd := p.command(t, program, dir, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "COREDUMPY_DIR=", p.env)
	return outcomeOf(t, cmd)
}

// one returns the only dump.
func (o *outcome) one(t *testing.T) string {
	t.Helper()
	if len(o.dumps) != 1 {
		t.Fatalf("got exit status %d and dumps %q, want one; output:\n%s%s", o.exit, o.dumps, o.stdout, o.stderr)
	}
	return o.dumps[0]
}

// TestAskedWithThreads has a C thread ask, among others.
func TestAskedWithThreads(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "threads")
	build := exec.Command("go", "build", "-gcflags=coredumpy/internal/monitortest/...=-N -l", "-o", path,
		"./testdata/threads")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("no cgo here: %v\n%s", err, out)
	}
	without, with := outcomeOf(t, exec.Command(path)), inside(t, func() *exec.Cmd { return exec.Command(path, "on") })
	if with.exit != 0 || said(with.stdout) != said(without.stdout) {
		t.Errorf("got exit status %d and\n%s%s\nwant 0 and\n%s%s",
			with.exit, with.stdout, with.stderr, without.stdout, without.stderr)
	}
	for _, name := range insides {
		differ(t, contents(opened(t, filepath.Join(with.dir, name))),
			contents(opened(t, filepath.Join(without.dir, name))))
	}
}

// TestAskedInBubble has tests in bubbles of testing/synctest ask.
func TestAskedInBubble(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bubble.test")
	args := []string{"test", "-c", "-ldflags=-w=0 -s=0", "-gcflags=coredumpy/internal/monitortest/...=-N -l", "-o",
		path, "./testdata/bubble"}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil ||
		strings.Contains(string(out), "[no test files]") {
		t.Skipf("no testing/synctest here: %v\n%s", err, out)
	}
	command := func() *exec.Cmd {
		cmd := exec.Command(path)
		cmd.Env = append(os.Environ(), "BUBBLE_MONITOR=1")
		return cmd
	}
	o := inside(t, command)
	if o.exit != 0 {
		t.Errorf("got exit status %d and\n%s%s", o.exit, o.stdout, o.stderr)
	}
	const test = "coredumpy/internal/monitortest/testdata/bubble.TestDump.func1"
	checkLocals(t, opened(t, filepath.Join(o.dir, "dump.dump")), test,
		map[string]string{"orders": "[]int len: 2, cap: 2, [7,8]"})
	checkLocals(t, opened(t, filepath.Join(o.dir, "panic.dump")), test+".2",
		map[string]string{"stock": "map[string]int nil"})
	cmd := command()
	cmd.Env = append(cmd.Env, "BUBBLE_CRASH=1")
	cmd.Args = append(cmd.Args, "-test.run=Crash")
	o = outcomeOf(t, cmd)
	if h := opened(t, o.one(t)).Head(); o.exit != 2 || h.Message != "assignment to entry in nil map" ||
		!strings.HasSuffix(h.Top.Func, ".TestCrash.func1.1") {
		t.Errorf("got exit status %d, message %q and top %v; stderr:\n%s", o.exit, h.Message, h.Top, o.stderr)
	}
}

// insides are the dumps of programs that ask from an unusual place inside themselves.
var insides = []string{"dump.dump", "panic.dump"}

// inside runs such a program, and checks that the watcher made the dumps.
func inside(t *testing.T, command func() *exec.Cmd) (o outcome) {
	t.Helper()
	for range 5 { // on a busy machine the watcher may not answer
		o = outcomeOf(t, command())
		if !slices.ContainsFunc(insides,
			func(name string) bool { return opened(t, filepath.Join(o.dir, name)).Head().Paused == "" }) {
			return o
		}
	}
	t.Error("got a dump by the program itself, want those by the watcher")
	return o
}
