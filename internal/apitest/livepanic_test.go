package apitest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"coredumpy/internal/longtest"
)

// livePanic is a way for testdata/live to panic, and the message.
type livePanic struct {
	how, message string
	many         bool // on several goroutines at once
}

var livePanics = []livePanic{
	{how: "value", message: `panic: \(\*main\.card\) 0x[0-9a-f]+`},
	{how: "nil", message: `panic: runtime error: invalid memory address or nil pointer dereference`},
	{how: "locked", message: `panic: locked`},
	{how: "timer", message: `panic: timer`},
	{how: "map", message: `panic: assignment to entry in nil map`},
	{how: "deep", message: `panic: deep`},
	{how: "error", message: `panic: no luck: full`},
	{how: "index", message: `panic: runtime error: index out of range \[\d+\] with length 3`},
	{how: "close", message: `panic: close of closed channel`},
	{how: "many", message: `panic: one of many`, many: true},
}

// recoveredMark is what the runtime adds to a panic that was recovered and goes on.
const recoveredMark = `(?: \[recovered(?:, repanicked\]|\]\n\t[^\n]*))?`

// signalLine is printed if a signal caused the panic.
const signalLine = `(?:\[signal SIGSEGV[^\n]*\]\n)?`

// A process that panics at any moment of its busy life leaves a complete dump, and
// otherwise ends as it would have.
func TestLivePanics(t *testing.T) {
	rounds := number(t, livePanicsEnv, 0)
	args := []string{"-parked", fmt.Sprint(number(t, liveParkedEnv, 50))}
	if rounds == 0 {
		longtest.Skip(t)
		args = append(args, "-rest", gentleRest)
		rounds = 3
	}
	program, values, longest := build(t, "live", whole), 0, time.Duration(0)
	for i := range rounds {
		p := livePanics[i%len(livePanics)]
		t.Run(fmt.Sprint(i, " ", p.how), func(t *testing.T) {
			start := time.Now()
			values += p.run(t, program, i, args)
			longest = max(longest, time.Since(start))
		})
	}
	t.Logf("%d panics, %d values right; the longest took %v", rounds, values, longest)
}

// run makes the program panic, and returns how many values in the dumps are right.
func (p *livePanic) run(t *testing.T, program string, i int, args []string) int {
	env := strings.Fields(lives[i%len(lives)].env)
	if i%len(livePanics) == 0 {
		// This is how it ends without coredumpy.
		p.end(t, program, env, append(slices.Clip(args), "-plain"))
	}
	o := p.end(t, program, env, args)
	paths, err := filepath.Glob(filepath.Join(o.dir, "*"))
	if err != nil || len(paths) == 0 || !p.many && len(paths) != 1 {
		t.Errorf("got files %q, want one dump", paths)
	}
	c := &liveCheck{parked: number(t, liveParkedEnv, 50), exact: true}
	for _, path := range paths {
		if !strings.Contains(o.stderr, "\ncoredumpy load "+path+"\n") {
			t.Errorf("got dump %s, which isn't announced:\n%.1000s", path, o.stderr)
		}
		c.check(t, path)
		d := open(t, path)
		if g := d.current(t); g.Panic == nil || len(g.Frames) == 0 || !strings.HasPrefix(g.Frames[0].Func, "main.") {
			t.Errorf("got panic %v and %d frames", g.Panic, len(g.Frames))
		}
		if m := d.Head().Message; p.how != "value" && !regexp.MustCompile(p.message+"$").MatchString("panic: "+m) &&
			p.how != "error" {
			t.Errorf("got message %q, want %s", m, p.message)
		}
	}
	return c.values
}

// end runs the program until it has panicked, and checks how it ended.
func (p *livePanic) end(t *testing.T, program string, env, args []string) outcome {
	t.Helper()
	dir := t.TempDir()
	args = append(slices.Clip(args), "-dir", dir, "-panic", p.how, "-after", rand.N(50*time.Millisecond).String())
	if strings.Contains(strings.Join(env, " "), "asyncpreemptoff") {
		args = append(args, "-cooperative")
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(append(os.Environ(), "GOTRACEBACK=single"), env...)
	cmd.Dir = dir
	o := command(t, cmd)
	ends := regexp.MustCompile(`^(?:Your frame stack is dumped, open it with\ncoredumpy load [^\n]*\n(?:for its variables, [^\n]*\n)?)*` + p.message + recoveredMark + `\n` + signalLine + `\ngoroutine \d+ [^\n]*\n(?:[^\n]+\n)+(?:\ngoroutine [^\n]*\n(?:[^\n]+\n)+)*(?:exit status 2\n)?$`)
	if o.exit != 2 || o.stdout != "begun\n" || !ends.MatchString(o.stderr) {
		t.Errorf("got exit status %d, stdout %q and stderr %.3000q, want 2, begun and %v",
			o.exit, o.stdout, o.stderr, ends)
	}
	return o
}
