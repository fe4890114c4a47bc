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
	"strings"
	"testing"
	"time"

	"coredumpy"
	"coredumpy/internal/longtest"
)

// stressEnv sets how often the stress program is run.
const stressEnv = "COREDUMPY_STRESS"

// stress is a way to run testdata/suite/stress: one of its tests, and an environment.
type stress struct {
	test string
	env  string
	// status is how the program ends.
	status string
	dumps  int
}

var stresses = []stress{
	{"TestBusy", "GOMAXPROCS=1", "exit status 1", 1},
	{"TestTen", "GOMAXPROCS=8 GOGC=1", "exit status 2", 1},
	{"TestTight", "GOMAXPROCS=4 GODEBUG=asyncpreemptoff=1", "exit status 1", 1},
	{"TestAnother", "GOMAXPROCS=2", "exit status 1", 1},
	{"TestSignals", "GOMAXPROCS=4", "exit status 1", 1},
	{"TestTen", "GOMAXPROCS=1", "exit status 2", 1},
	{"TestQueue", "GOMAXPROCS=8", "exit status 1", 4},
	{"TestBusy", "GOMAXPROCS=20 GOGC=1", "exit status 1", 1},
	{"TestCleanups", "GOMAXPROCS=2", "exit status 2", 1},
	{"TestTen", "GOMAXPROCS=20", "exit status 2", 1},
}

// TestStress runs a program that fails under pressure again and again: it ends as it
// should, and no dump is missing.
func TestStress(t *testing.T) {
	needLinux(t)
	if os.Getenv(stressEnv) == "" {
		longtest.Skip(t)
	}
	rounds := number(t, stressEnv, 20)
	dir := t.TempDir()
	program := filepath.Join(dir, "stress.test")
	if r := runSuite(t, dir, command, "run", "go", "test", "-c", "-o", program,
		"./stress"); r.state != "exit status 0" {
		t.Fatal(r)
	}
	all := readWanted(t, "stress", suitePath+"stress")
	var longest time.Duration
	for i := range rounds {
		s := &stresses[i%len(stresses)]
		start := time.Now()
		t.Run(fmt.Sprint(i, " ", s.test, " ", s.env), func(t *testing.T) {
			s.check(t, program, all)
		})
		longest = max(longest, time.Since(start))
	}
	t.Logf("%d runs, the longest took %v", rounds, longest)
}

var panicked = regexp.MustCompile(`(?m)^panic: (.*?)(?: \[recovered.*)?$`)

func (s *stress) check(t *testing.T, program string, all []wanted) {
	dumps := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, command, "run", "-dir", dumps, program, "-test.run=^"+s.test+"$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), strings.Fields(s.env)...)
	cmd.WaitDelay = time.Minute
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%v %v\n%.4000s", err, ctx.Err(), &out)
	}
	if got := cmd.ProcessState.String(); got != s.status {
		t.Errorf("got %s, want %s\n%.4000s", got, s.status, &out)
	}
	paths := dumpPaths(t, dumps)
	if len(paths) != s.dumps {
		t.Errorf("got %d dumps, want %d\n%.4000s", len(paths), s.dumps, &out)
	}
	for _, path := range paths {
		core, err := coredumpy.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		s.checkDump(t, core, all)
		if m := panicked.FindStringSubmatch(out.String()); m != nil && m[1] != core.Head().Message {
			t.Errorf("got a dump of %q, want that of %q, which ended the program", core.Head().Message, m[1])
		}
	}
}

// checkDump finds what is wanted for the line that a dump is about.
func (s *stress) checkDump(t *testing.T, core *coredumpy.Core, all []wanted) {
	t.Helper()
	h := core.Head()
	for _, w := range all {
		if h.Top == nil || h.Top.Line != w.line {
			continue
		}
		if h.Reason != w.reason || !strings.HasPrefix(h.Test, w.test) || !strings.Contains(h.Message, w.text) {
			t.Errorf("got %s, want %s of %s: %s", about(core), w.reason, w.test, w.text)
		}
		w.check(t, core)
		return
	}
	t.Errorf("got an unwanted dump: %s", about(core))
}
