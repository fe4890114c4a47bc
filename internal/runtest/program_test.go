package runtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"coredumpy/internal/longtest"
)

// command is coredumpy, built once, and work the directory that it is in; TestMain
// removes that.
var command, work string

func TestMain(m *testing.M) {
	var err error
	if work, err = os.MkdirTemp("", "runtest"); err != nil {
		panic(err)
	}
	command = filepath.Join(work, "coredumpy")
	if out, err := exec.Command("go", "build", "-o", command, "../../cmd/coredumpy").CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(work)
	os.Exit(status)
}

// patience is the longest that a command may take. A command that hangs does so for ever.
// On a busy machine a go command that compiles the whole standard library, with the race
// detector and the hook, takes more than 5 minutes.
const patience = 20 * time.Minute

func needLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("coredumpy run watches programs on linux/amd64 and linux/arm64 only")
	}
}

// root is the root of this module.
const root = "../.."

// built returns the directories of the programs of testdata/run, built without and with
// the hook. One go command builds them all, or in the ordinary suite some of them.
func built(t *testing.T) (plain, hooked string) {
	t.Helper()
	needLinux(t)
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(work, "plain"), filepath.Join(work, "hooked")
}

var build = sync.OnceValue(func() error {
	programs := []string{"./testdata/run/..."}
	if !longtest.All() {
		programs = []string{"./testdata/run", "./testdata/run/asked", "./testdata/run/messages",
			"./testdata/run/onpanic", "./testdata/run/recovers", "./testdata/run/variable"}
	}
	for _, args := range [][]string{
		{"go", "build", "-gcflags=coredumpy/testdata/...=-N -l", "-o", filepath.Join(work, "plain") + "/"},
		{command, "run", "go", "build", "-o", filepath.Join(work, "hooked") + "/"},
	} {
		cmd := exec.Command(args[0], append(args[1:], programs...)...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%q: %w\n%s", args, err, out)
		}
	}
	return nil
})

// strippedServer returns testdata/attach without debug information, built once. Without
// an argument it panics.
func strippedServer(t *testing.T) string {
	t.Helper()
	if err := buildStripped(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(work, "stripped")
}

var buildStripped = sync.OnceValue(func() error {
	return goBuild("-ldflags=-s -w", "-o", filepath.Join(work, "stripped"), "../../testdata/attach")
})

func goBuild(args ...string) error {
	return inDirectory(".", "go", append([]string{"build"}, args...)...)
}

// inDirectory runs a command that must succeed.
func inDirectory(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %q: %w\n%s", name, args, err, out)
	}
	return nil
}

// result is what a command did.
type result struct {
	out, err string
	state    string // "exit status 2", "signal: terminated"
}

// execute runs a command in a directory, with variables added to its environment.
func execute(t *testing.T, dir string, env []string, name string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOTRACEBACK=single", "GODEBUG=", "GITHUB_ACTIONS=", "GITLAB_CI="), env...)
	cmd.Stdin = strings.NewReader("35\n")
	cmd.WaitDelay = time.Minute
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%s %q: %v %v\n%s", name, args, err, ctx.Err(), &stderr)
	}
	return result{out.String(), stderr.String(), cmd.ProcessState.String()}
}

// watch runs coredumpy run in the root of the module. It returns the dumps, and checks
// that nothing else is left behind.
func watch(t *testing.T, env []string, args ...string) (got result, dumps []string) {
	t.Helper()
	return watchIn(t, root, env, args...)
}

// watchIn does what watch does, in another directory.
func watchIn(t *testing.T, where string, env []string, args ...string) (got result, dumps []string) {
	t.Helper()
	dir := t.TempDir()
	tmp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"run", "-dir", filepath.Join(dir, "dumps")}, args...)
	got = execute(t, where, append([]string{"TMPDIR=" + tmp}, env...), command, args...)
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left behind", left, err)
	}
	dumps, err := filepath.Glob(filepath.Join(dir, "dumps", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if told := strings.Count(got.err, "\ncoredumpy load "); told != len(dumps) {
		t.Errorf("got %d dumps announced, want %d\n%.2000s", told, len(dumps), got.err)
	}
	return got, dumps
}

var (
	ours    = regexp.MustCompile(`Your frame stack is dumped, open it with\ncoredumpy load .*\n(?:for its variables, .*\n)?`)
	numbers = regexp.MustCompile(`0x[0-9a-f]+|\?|goroutine \d+|\+0x[0-9a-f]+|m=\d+|127\.0\.0\.1:\d+|, \d+ minutes|\(0x[^)]*\)|\{0x[^}]*\}`)
	// Toolchains below GOMODCACHE are used under another path, see hook.Files.
	goroots = regexp.MustCompile(`\S*/(?:goroot|toolchain@[^/]+)/src/`)
	hookRow = regexp.MustCompile(`(?m)^runtime\.coredumpy.*\n.*\n`)
)

// same leaves out of an output what differs from run to run.
func same(s string) string {
	s = hookRow.ReplaceAllString(ours.ReplaceAllString(s, ""), "")
	return numbers.ReplaceAllString(goroots.ReplaceAllString(s, "GOROOT/src/"), "N")
}
