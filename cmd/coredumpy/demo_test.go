package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"coredumpy/internal/longtest"
)

// TestDemo builds and crashes the demo program for real.
func TestDemo(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Setenv("TMP", temp)             // Windows
	t.Setenv("GOTMPDIR", t.TempDir()) // the go command's own
	var out, errs strings.Builder
	if status := run(strings.NewReader(""), &out, &errs, []string{"demo"}); status != statusOK {
		t.Fatalf("got status %d, want 0: %s", status, errs.String())
	}
	for _, want := range []string{
		"panic: assignment to entry in nil map",
		"in main.(*Account).add\n",
		"\ncents = 435\n",
		`*main.Customer {Name: "Ann", Email: "ann@example.com", Password: "***redacted***#`,
		"\tfunc (a *Account) add(when time.Time, cents int) {\n",
		"* 1 goroutine [running]: ",
		"  3 goroutines [chan receive]: ",
		"sync.Mutex.Lock]: ",
		"main.(*Shop).restock at ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant it to contain %q", out.String(), want)
		}
	}
	if secret := "correct horse battery"; strings.Contains(out.String(), secret) {
		t.Errorf("got the password, %q, in the output", secret)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "coredumpy*")); len(left) > 0 {
		t.Errorf("got %q left behind, want nothing", left)
	}
}

// If nobody reads to the end, nothing is left behind, either.
func TestDemoCut(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("only Unix has SIGPIPE")
	}
	longtest.Skip(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	cmd := exec.Command(self, "demo")
	cmd.Env = append(os.Environ(), beCommand+"=1", "TMPDIR="+temp, "GOTMPDIR="+t.TempDir())
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	out.Close()
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != statusFailed {
		t.Errorf("got %v, want exit status %d", err, statusFailed)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "coredumpy*")); len(left) > 0 {
		t.Errorf("got %q left behind, want nothing", left)
	}
	if got := errs.String(); !strings.HasSuffix(got, "(-keep keeps it)\n") {
		t.Errorf("got errors %q, want no more than usual", got)
	}
}

func TestDemoWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out, errs strings.Builder
	if status := run(strings.NewReader(""), &out, &errs, []string{"demo"}); status != statusFailed {
		t.Errorf("got status %d, want %d", status, statusFailed)
	}
	if want := "there is no go command to build the program with"; !strings.Contains(errs.String(), want) {
		t.Errorf("got %q, want it to contain %q", errs.String(), want)
	}
}

func TestDemoElsewhere(t *testing.T) {
	t.Chdir(t.TempDir())
	var out, errs strings.Builder
	if status := run(strings.NewReader(""), &out, &errs, []string{"demo"}); status != statusFailed {
		t.Errorf("got status %d, want %d", status, statusFailed)
	}
	if want := "run it in a checkout of coredumpy"; !strings.Contains(errs.String(), want) ||
		strings.Count(errs.String(), "\n") > 2 {
		t.Errorf("got %q, want a line that contains %q", errs.String(), want)
	}
	if files, _ := os.ReadDir("."); len(files) > 0 {
		t.Errorf("got %d files in the current directory, want none", len(files))
	}
}
