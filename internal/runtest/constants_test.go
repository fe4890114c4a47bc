package runtest

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coredumpy"
)

// A dump has a thousand constants of a type, and says how many more there are.
func TestManyConstants(t *testing.T) {
	needLinux(t)
	dir := t.TempDir()
	source := "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\ntype Code int\n\nconst (\n"
	for i := range 1007 {
		source += fmt.Sprintf("\tCode%d Code = %d\n", i, i)
	}
	source += ")\n\nfunc main() {\n\tcode := Code7\n\tfmt.Println(\"ready\")\n\tos.Stdin.Read(make([]byte, 1))\n" +
		"\tfmt.Println(code)\n}\n"
	for name, text := range map[string]string{"go.mod": "module example.com/codes\n\ngo 1.24\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := inDirectory(dir, "go", "build", "-gcflags=-N -l", "-o", "codes", "."); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "codes"))
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("got %q, %v from the program", line, err)
	}
	path, err := coredumpy.DumpProcess(cmd.Process.Pid, coredumpy.Directory(dir))
	if err != nil {
		t.Fatal(err)
	}
	core, err := coredumpy.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	const want = "constants of types that are left out, as a type has more than a thousand: 7"
	if notes := core.Head().Notes; !slices.ContainsFunc(notes, func(s string) bool { return strings.Contains(s, want) }) {
		t.Errorf("got the notes %q, want %q", notes, want)
	}
}
