package runtest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/capture"
	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/longtest"
	"coredumpy/internal/pretty"
	"coredumpy/internal/settings"
)

// attachEnv sets how often a busy server is dumped, and attachHeapEnv the size of its
// heap in megabytes.
const (
	attachEnv     = "COREDUMPY_ATTACHES"
	attachHeapEnv = "COREDUMPY_ATTACH_HEAP"
)

func number(t *testing.T, env string, usual int) int {
	if s := os.Getenv(env); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: %v", env, err)
		}
		return n
	}
	return usual
}

// busyServer is testdata/attach, running.
type busyServer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

const attachSecret = "korrekt-pferd-batterie"

func startServer(t *testing.T, megabytes int) *busyServer {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("another process can only be read on linux/amd64 and linux/arm64")
	}
	if err := buildServer(); err != nil {
		t.Fatal(err)
	}
	s := &busyServer{cmd: exec.Command(filepath.Join(work, "server"), strconv.Itoa(megabytes))}
	s.cmd.Env = append(os.Environ(), "SERVER_PASSPHRASE="+attachSecret)
	s.cmd.Stderr = os.Stderr
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	s.out = bufio.NewReader(out)
	if line, err := s.out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v from the server", line, err)
	}
	return s
}

var buildServer = sync.OnceValue(func() error {
	return goBuild("-gcflags=coredumpy/testdata/...=-N -l", "-o", filepath.Join(work, "server"),
		"../../testdata/attach")
})

// end lets the server finish and returns what it has counted.
func (s *busyServer) end(t *testing.T) (answered, failed int) {
	t.Helper()
	s.in.Close()
	line, err := s.out.ReadString('\n')
	var heap int
	if _, err2 := fmt.Sscanf(line, "answered %d failed %d heap %d\n", &answered, &failed, &heap); err2 != nil {
		t.Fatalf("got %q, %v from the server", line, err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Fatalf("the server: %v", err)
	}
	return answered, failed
}

// TestAttach dumps a server under load again and again. The server must not notice: every
// request is answered. The variables of waiting goroutines and of a running one are right
// each time.
func TestAttach(t *testing.T) {
	times := number(t, attachEnv, longtest.Rounds(2, 8))
	s := startServer(t, number(t, attachHeapEnv, 10))
	dir := t.TempDir()
	var pauses []time.Duration
	spinning := 0
	for i := range times {
		path, err := coredumpy.DumpProcess(s.cmd.Process.Pid, coredumpy.Path(filepath.Join(dir, "x.dump")),
			coredumpy.Description("attach"))
		if err != nil {
			t.Fatal(err)
		}
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		h := core.Head()
		pause, err := time.ParseDuration(h.Paused)
		if err != nil {
			t.Errorf("got %q as the time that it was stopped: %v", h.Paused, err)
		}
		pauses = append(pauses, pause)
		if h.Reason != "dump" || h.PID != s.cmd.Process.Pid || h.Description != "attach" || h.Program != s.cmd.Path ||
			len(h.Args) != 2 {
			t.Errorf("got head %+v", h)
		}
		spinning += checkServer(t, core)
		if i == 0 {
			checkSecrets(t, path)
		}
	}
	answered, failed := s.end(t)
	if answered == 0 || failed > 0 {
		t.Errorf("got %d requests answered and %d not, want all answered", answered, failed)
	}
	if spinning < times/2 {
		t.Errorf("got the running goroutine in %d of %d dumps", spinning, times)
	}
	slices.Sort(pauses)
	t.Logf("%d dumps, %d requests answered; stopped for %v (median), %v (longest)",
		times, answered, pauses[times/2], pauses[times-1])
}

// checkServer looks for the goroutines of testdata/attach, and returns 1 if the running
// one is there. It may be in a signal handler, which makes it preemptible: then it says
// that its registers aren't known.
func checkServer(t *testing.T, core *coredumpy.Core) (spinning int) {
	t.Helper()
	parked, unknown := 0, 0
	for _, id := range core.Goroutines() {
		g, err := core.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(g.Note, "registers aren't known") {
			unknown++
		}
		for i := range g.Frames {
			f := &g.Frames[i]
			switch f.Func {
			case "main.park":
				parked++
				n := show(f, "w.N")
				k, _ := strconv.Atoi(n)
				square := strconv.Itoa(k * k)
				wantValue(t, f, "square", square)
				wantValue(t, f, "w.Name", strconv.Quote("worker "+n))
				wantValue(t, f, `w.Tags["n"]`, n)
				wantValue(t, f, "list[2]", strconv.Quote(square))
			case "main.spin":
				spinning++
				wantValue(t, f, "seed", "21")
				wantValue(t, f, "odd", "43")
			}
		}
	}
	if parked != 100 || spinning != 1 && (spinning != 0 || unknown == 0) {
		t.Errorf("got %d goroutines waiting, %d spinning and %d unknown, want 100 and 1", parked, spinning, unknown)
	}
	return spinning
}

// show evaluates an expression in a frame.
func show(f *coredumpy.Frame, expr string) string {
	x, err := eval.Parse(expr, nil)
	if err != nil {
		return err.Error()
	}
	r, err := x.Eval(eval.Scope{
		Package: f.Package,
		Local: func(name string) (dump.Value, bool) {
			for _, v := range f.Vars {
				if v.Name == name && !v.Shadowed {
					return dump.Value(v.Value), true
				}
			}
			return dump.Value{}, false
		},
	})
	if err != nil {
		return err.Error()
	}
	if r.Const != nil {
		return r.Const.ExactString()
	}
	return pretty.String(r.Value, pretty.Options{String: 1 << 20, Elements: 1 << 20, Depth: 10})
}

var secretNumber = regexp.MustCompile(`\*\*\*#\d+`)

// wantValue compares an expression's value, or the error. In want #N is any number of a
// secret: it depends on the environment, whose values have numbers, too.
func wantValue(t *testing.T, f *coredumpy.Frame, expr, want string) {
	t.Helper()
	got := show(f, expr)
	if strings.Contains(want, "***#N") {
		got = secretNumber.ReplaceAllString(got, "***#N")
	}
	if got != want {
		t.Errorf("%s: got %s = %s, want %s", f.Func, expr, got, want)
	}
}

// checkSecrets checks that the dump has nothing of the other process's environment.
func checkSecrets(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), attachSecret) {
		t.Error("a value of the process's environment is in the dump")
	}
}

// TestDumpProcessErrors checks that there is an error that says what is wrong, and no
// file.
func TestDumpProcessErrors(t *testing.T) {
	dir := t.TempDir()
	start := func(name string, args ...string) int {
		cmd := exec.Command(name, args...)
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		return cmd.Process.Pid
	}
	for _, tt := range []struct {
		name string
		pid  int
		want string
	}{
		{"none", 1 << 29, "no process"},
		{"zero", 0, "no process"},
		{"self", os.Getpid(), "is this one"},
		{"not Go", start("sleep", "100"), "no Go program"},
		{"stripped", start(strippedServer(t), "1"), "debug information"},
	} {
		if runtime.GOOS != "linux" {
			tt.want = "only on linux"
		}
		path, err := coredumpy.DumpProcess(tt.pid, coredumpy.Directory(filepath.Join(dir, "dumps")))
		if err == nil || !strings.Contains(err.Error(), tt.want) || path != "" {
			t.Errorf("%s: got %q and error %v, want one about %q", tt.name, path, err, tt.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "dumps")); err == nil {
		t.Error("got a directory for dumps that weren't made")
	}
}

// TestAttachElsewhere has a dump go to another place than it should: it is there, and the
// command reports a failure.
func TestAttachElsewhere(t *testing.T) {
	s := startServer(t, 1)
	tmp := t.TempDir()
	got := execute(t, root, []string{"TMPDIR=" + tmp}, command, "attach", "-path", "/proc/x.dump",
		strconv.Itoa(s.cmd.Process.Pid))
	paths, err := filepath.Glob(filepath.Join(tmp, "coredumpy-*", "*.dump"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("got %q, %v, want a dump: %+v", paths, err, got)
	}
	said := "coredumpy attach: the dump is in " + paths[0] + " instead: write /proc/x.dump: "
	if got.state != "exit status 1" || !strings.HasPrefix(got.err, said) ||
		!strings.HasSuffix(got.out, ", open it with\ncoredumpy load "+paths[0]+"\n") {
		t.Errorf("got %+v, want exit status 1, %q, and how to open it", got, said)
	}
	if _, failed := s.end(t); failed > 0 {
		t.Errorf("got %d requests that weren't answered, want none", failed)
	}
}

// If somebody gives up waiting for a dump, it has what was read by then, and the process
// goes on.
func TestGiveUp(t *testing.T) {
	s := startServer(t, 10)
	asked := 0
	event := &capture.Event{Reason: "panic", GiveUp: func() bool { asked++; return true }}
	path, err := coredumpy.DumpProcess(s.cmd.Process.Pid, coredumpy.Path(filepath.Join(t.TempDir(), "x.dump")),
		settings.Happened(event))
	if err != nil {
		t.Fatal(err)
	}
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if cut := core.Head().Cut; core.Missing() != "" || asked == 0 ||
		!slices.ContainsFunc(cut, func(c corefile.Cut) bool { return c.Limit == "time" }) {
		t.Errorf("got cuts %v after %d questions, want one by time", cut, asked)
	}
	if _, failed := s.end(t); failed > 0 {
		t.Errorf("got %d requests that weren't answered, want none", failed)
	}
}
