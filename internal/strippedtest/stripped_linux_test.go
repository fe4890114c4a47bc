package strippedtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"coredumpy"
	"coredumpy/internal/debuginfo"
)

// server is a directory with the stripped server, and the file with its debug information.
type server struct{ dir string }

// build builds the server twice, as coredumpy help builds says. The flags make sure that each
// variable has a value.
func build(t *testing.T) *server {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command to build the server with")
	}
	s := &server{dir: filepath.Join(t.TempDir(), "root")}
	full := filepath.Join(t.TempDir(), "server")
	const flags = "-gcflags=coredumpy/internal/strippedtest/...=-N -l"
	compile(t, full, flags)
	compile(t, s.path(), flags, "-ldflags=-s -w")
	describe(t, full, s.path()+".debug")
	return s
}

// compile builds the server.
func compile(t *testing.T, path string, flags ...string) {
	t.Helper()
	args := append([]string{"build", "-trimpath", "-o", path}, flags...)
	cmd := exec.Command("go", append(args, "./testdata/server")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
}

// describe writes the debug information of an executable to a file.
func describe(t *testing.T, path, to string) {
	t.Helper()
	exe, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	file, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, _, err := debuginfo.Write(file, exe); err != nil {
		t.Fatal(err)
	}
}

func (s *server) path() string { return filepath.Join(s.dir, "server") }

// run runs the server, and returns the only dump that it leaves in a directory.
func (s *server) run(t *testing.T, cmd *exec.Cmd, dumps string) *coredumpy.Core {
	t.Helper()
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if errors.Is(err, fs.ErrPermission) {
		t.Skip("another root directory: ", err)
	}
	if cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == statusNoRoot {
		t.Skipf("another root directory: %s", stderr.String())
	}
	if err == nil || !strings.Contains(stderr.String(), "index out of range [5] with length 2") {
		t.Fatalf("got error %v, want a panic:\n%s", err, stderr.String())
	}
	return only(t, dumps, stderr.String())
}

// only opens the only dump in a directory.
func only(t *testing.T, dumps, printed string) *coredumpy.Core {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dumps, "*.dump"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("got dumps %q, error %v, want one:\n%s", paths, err, printed)
	}
	core, err := coredumpy.Open(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// values are the expressions that have a value in the frames of a function, for each goroutine
// that has such a frame.
var values = map[string][]string{
	"main.main":   {"how", "latest.ID"},
	"main.worker": {"number", "name", "latest.Items"},
	"main.handle": {"index", "count", "len(latest.Items)"},
}

// check looks at each goroutine of the server: all their variables have values.
func check(t *testing.T, core *coredumpy.Core, how string) {
	t.Helper()
	for _, note := range core.Head().Notes {
		if strings.Contains(note, "variables") || strings.Contains(note, "known") {
			t.Errorf("got note %q, want none about what is missing", note)
		}
	}
	var got []string
	for _, id := range core.Goroutines() {
		g, err := core.Goroutine(id)
		if err != nil {
			t.Fatal(err)
		}
		for i := range g.Frames {
			f := &g.Frames[i]
			for _, expr := range values[f.Func] {
				v, err := f.Eval(expr)
				if err != nil || !v.Valid() {
					t.Errorf("goroutine %d, %s: got no value of %s: %v %s", id, f.Func, expr, err, v.Reason())
					continue
				}
				got = append(got, fmt.Sprintf("%s: %s = %s", f.Func, expr, short(v)))
			}
		}
	}
	want := []string{"main.main: how = " + how, "main.main: latest.ID = 7"}
	if how != "wait" {
		want = append([]string{"main.handle: index = 5", "main.handle: count = 2",
			"main.handle: len(latest.Items) = 2"}, want...)
	}
	for n := range 3 {
		want = append(want, fmt.Sprintf("main.worker: number = %d", n),
			fmt.Sprintf("main.worker: name = worker %d", n), "main.worker: latest.Items = 2 of tea")
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// short returns a value as text: of a slice its length and the first element.
func short(v coredumpy.Value) string {
	switch text, ok := v.Text(); {
	case ok:
		return text
	case v.Kind().String() == "slice":
		return fmt.Sprintf("%d of %s", v.Len(), short(v.Index(0)))
	}
	return fmt.Sprint(v.Int())
}

// TestStripped has the server dump itself, be dumped by another process that it has started,
// and by one that it knows nothing of.
func TestStripped(t *testing.T) {
	s := build(t)
	for _, how := range []string{"panic", "monitor"} {
		t.Run(how, func(t *testing.T) {
			dumps := t.TempDir()
			cmd := exec.Command(s.path(), how)
			cmd.Env = append(os.Environ(), "COREDUMPY_DIR="+dumps, debuginfo.ListVariable+"=")
			check(t, s.run(t, cmd, dumps), how)
		})
	}
	t.Run("attach", func(t *testing.T) { s.attach(t, exec.Command(s.path(), "wait")) })
	t.Run("listed", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Rename(s.path()+".debug", filepath.Join(dir, "any")); err != nil {
			t.Fatal(err)
		}
		defer os.Rename(filepath.Join(dir, "any"), s.path()+".debug")
		cmd := exec.Command(s.path(), "wait")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), debuginfo.ListVariable+"=/does/not/exist:any")
		s.attach(t, cmd)
	})
	t.Run("another's", func(t *testing.T) { s.another(t) })
	t.Run("mounts", func(t *testing.T) {
		if os.Getuid() != 0 {
			t.Skip("only root may have other mounts")
		}
		cmd := exec.Command("/proc/self/exe", "wait")
		cmd.Env = append(os.Environ(), rootVariable+"="+s.dir, mountVariable+"="+t.TempDir())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		s.attach(t, cmd)
	})
	t.Run("root", func(t *testing.T) { s.inRoot(t) })
}

// attach dumps the server while it waits.
func (s *server) attach(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); errors.Is(err, fs.ErrPermission) {
		t.Skip("another root directory: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	dumps := t.TempDir()
	var err error
	if line == "ready\n" {
		_, err = coredumpy.DumpProcess(cmd.Process.Pid, coredumpy.Directory(dumps))
	}
	in.Close()
	cmd.Wait()
	switch {
	case cmd.ProcessState.ExitCode() == statusNoRoot:
		t.Skipf("another root directory: %s", stderr.String())
	case err != nil && strings.Contains(err.Error(), "not permitted to look into process"): // see ptrace(2)
		t.Skip(err)
	case line != "ready\n" || err != nil:
		t.Fatalf("got %q, error %v: %s", line, err, stderr.String())
	}
	check(t, only(t, dumps, stderr.String()), "wait")
}

// another has a file of another build beside the server: the dump has no variables, and says
// why.
func (s *server) another(t *testing.T) {
	dir, dumps := t.TempDir(), t.TempDir()
	other := &server{dir: dir}
	if err := os.Link(s.path(), other.path()); err != nil {
		t.Fatal(err)
	}
	compile(t, filepath.Join(dir, "plain"))
	describe(t, filepath.Join(dir, "plain"), other.path()+".debug")
	cmd := exec.Command(other.path(), "panic")
	cmd.Env = append(os.Environ(), "COREDUMPY_DIR="+dumps, debuginfo.ListVariable+"=")
	notes := strings.Join(other.run(t, cmd, dumps).Head().Notes, "\n")
	want := "none that fits beside it: " + other.path() + ".debug is of another build"
	if !strings.Contains(notes, want) {
		t.Errorf("got notes %q, want %q in them", notes, want)
	}
}

// inRoot does the same in a root directory that holds nothing else.
func (s *server) inRoot(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may have another root directory")
	}
	enclose := func(t *testing.T, how string) (cmd *exec.Cmd, dumps string) {
		t.Helper()
		dumps = s.dir + ".dumps"
		os.RemoveAll(dumps)
		for _, dir := range []string{dumps, filepath.Join(s.dir, "dumps"), filepath.Join(s.dir, "proc")} {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chown(dumps, nobody, nobody); err != nil {
			t.Skip("another root directory: ", err) // a container's root may have few rights
		}
		t.Cleanup(func() { os.Chmod(s.dir, 0o755) }) // without more rights nothing can be removed from it
		if err := errors.Join(os.Chmod(s.dir, 0o555), os.Chmod(s.path()+".debug", 0o444)); err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command("/proc/self/exe", how)
		cmd.Env = append(os.Environ(), rootVariable+"="+s.dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
		return cmd, dumps
	}
	for _, how := range []string{"panic", "monitor"} {
		t.Run(how, func(t *testing.T) {
			cmd, dumps := enclose(t, how)
			check(t, s.run(t, cmd, dumps), how)
		})
	}
	t.Run("attach", func(t *testing.T) {
		cmd, _ := enclose(t, "wait")
		s.attach(t, cmd)
	})
}
