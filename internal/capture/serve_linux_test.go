//go:build amd64 || arm64

package capture

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"coredumpy/internal/memory"
	"coredumpy/internal/target"
)

// The program is opened once for dumps that follow each other, is kept while one needs
// it, and not long after that.
func TestProgramKept(t *testing.T) {
	before := target.ReadBuildInfo
	target.ReadBuildInfo = buildinfo.ReadFile
	defer func() { target.ReadBuildInfo = before }()
	pid := startReader(t)
	mem, err := memory.OpenRemote(pid)
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	var g program
	first, err := g.open(pid, mem)
	if err != nil {
		t.Fatal(err)
	}
	g.drop() // as the timer of an earlier dump does
	if _, ok := first.Info.FuncByName("runtime.main"); !ok {
		t.Error("got no runtime.main while a dump is made, want it")
	}
	g.close()
	second, err := g.open(pid, mem)
	if err != nil || second != first {
		t.Errorf("got program %p and error %v for the next dump, want %p", second, err, first)
	}
	g.close()
	g.drop()
	if g.is != nil {
		t.Error("got a program that is kept, want it dropped")
	}
	third, err := g.open(pid, mem)
	if err != nil || third == first {
		t.Errorf("got the program that was dropped, and error %v, want another", err)
	}
	g.close()
	g.idle.Stop()
	g.drop()
}

// startReader starts a program that waits until the test ends. It has debug information,
// which a test binary hasn't.
func startReader(t *testing.T) (pid int) {
	dir := t.TempDir()
	source, exe := filepath.Join(dir, "main.go"), filepath.Join(dir, "reader")
	if err := os.WriteFile(source, []byte("package main\n\nimport \"os\"\n\n"+
		"func main() { os.Stdout.Write([]byte{1}); os.Stdin.Read(make([]byte, 1)) }\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", exe, source).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	c := exec.Command(exe)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		c.Wait()
	})
	if _, err := out.Read(make([]byte, 1)); err != nil { // until then it may not be mapped
		t.Fatal(err)
	}
	return c.Process.Pid
}
