//go:build amd64 || arm64

package monitortest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// dumper is the program that makes a dump whenever it is told to.
type dumper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startDumper starts the dumper; how changes the command.
func startDumper(t *testing.T, how func(*exec.Cmd)) *dumper {
	t.Helper()
	d := &dumper{cmd: exec.Command(allVariables.program(t), "ask-told", "on")}
	d.cmd.Dir, d.cmd.Stderr, d.cmd.Env = t.TempDir(), os.Stderr, append(os.Environ(), "COREDUMPY_DIR=")
	if how != nil {
		how(d.cmd)
	}
	var err error
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.out = bufio.NewReader(out)
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return d
}

// dump makes it dump itself, and reports whether the watcher made the dump.
func (d *dumper) dump(t *testing.T, name string) (watched bool) {
	t.Helper()
	if _, err := d.in.Write([]byte(name)); err != nil {
		t.Fatal(err)
	}
	line, err := d.out.ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "<nil>" {
		t.Fatalf("got %q, %v", line, err)
	}
	core := opened(t, filepath.Join(d.cmd.Dir, name+".dump"))
	if h := core.Head(); h.Top == nil || !strings.HasPrefix(h.Top.Func, "main.") {
		t.Errorf("got top %v", h.Top)
	}
	return core.Head().Paused != ""
}

// end ends it.
func (d *dumper) end(t *testing.T) {
	t.Helper()
	d.in.Close()
	if err := d.cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestWatcherGone ends the watcher: then the program makes its dumps itself.
func TestWatcherGone(t *testing.T) {
	t.Parallel()
	d := startDumper(t, nil)
	d.dump(t, "a")
	watcher := watcherOf(d.cmd.Process.Pid)
	syscall.Kill(watcher, syscall.SIGKILL)
	eventually(t, "the end of the watcher", func() bool { return ended(watcher) })
	if d.dump(t, "b") {
		t.Error("got a dump by the watcher, which has ended")
	}
	d.end(t)
}

// TestWatcherStopped stops the watcher: then the program makes its dumps itself, and
// isn't disturbed when the watcher goes on.
func TestWatcherStopped(t *testing.T) {
	t.Parallel()
	d := startDumper(t, nil)
	var watcher int
	eventually(t, "the watcher", func() bool { watcher = watcherOf(d.cmd.Process.Pid); return watcher != 0 })
	syscall.Kill(watcher, syscall.SIGSTOP)
	for _, name := range []string{"a", "b"} {
		if d.dump(t, name) {
			t.Error("got a dump by the watcher, which is stopped")
		}
	}
	syscall.Kill(watcher, syscall.SIGCONT)
	d.dump(t, "c")
	d.end(t)
	eventually(t, "the end of the watcher", func() bool { return ended(watcher) })
}

// TestTraced has a debugger trace the program, which then makes its dumps itself.
func TestTraced(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread() // the tracer is a thread, which ends with the test
	d := startDumper(t, func(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true} })
	pid := d.cmd.Process.Pid
	done := make(chan bool)
	go func() {
		defer close(done)
		if d.dump(t, "a") {
			t.Error("got a dump by the watcher, which can't trace it as well")
		}
		d.in.Close()
	}()
	for {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(pid, &status, syscall.WALL, nil); err == syscall.EINTR {
			continue
		} else if err != nil || status.Exited() || status.Signaled() {
			break
		}
		signal := status.StopSignal()
		if signal == syscall.SIGTRAP {
			signal = 0
		}
		syscall.PtraceCont(pid, int(signal))
	}
	<-done
}
