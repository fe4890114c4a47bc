package repl

import (
	"strings"
	"testing"

	"coredumpy/internal/dump"
)

// The commands of Delve 1.27 (pkg/terminal/command.go) and of pdb (Python 3.14).
const (
	delveCommands = `help h break b trace t watch restart r rebuild continue c step s step-instruction si
		next-instruction ni next n stepout so call threads thread tr clear clearall toggle goroutines grs goroutine gr
		breakpoints bp print p whatis set sources funcs types args locals vars regs exit quit q list ls l stack bt
		frame up down deferred source disassemble disass on condition cond config edit ed libraries examinemem x
		display dump transcript target packages rewind rw rev check checkpoint checkpoints clear-checkpoint clearcheck`
	pdbCommands = `h help w where bt d down u up b break tbreak cl clear disable enable ignore condition commands
		s step n next unt until r return c cont continue j jump l list ll longlist a args p pp whatis source display
		undisplay interact alias unalias run restart q quit exit debug retval rv exceptions`
)

// Each command of Delve and pdb is there, or a sentence says what is instead.
func TestCommandsOfDebuggers(t *testing.T) {
	core, err := dump.Read(strings.NewReader(`{"coredumpy":{"version":1,"reason":"panic"}}` + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(delveCommands + " " + pdbCommands) {
		var out, failed strings.Builder
		if err := Run(core, Options{Commands: []string{"help " + name}, Out: &out, Err: &failed}); err != nil ||
			!strings.Contains(out.String(), " ") {
			t.Errorf("help %s: got error %v, %q and %q", name, err, out.String(), failed.String())
		}
		if refused[name] == "" {
			continue
		}
		out.Reset()
		if err := Run(core, Options{Commands: []string{name}, Out: &out, Err: &failed}); err != ErrCommand ||
			!strings.Contains(failed.String(), refused[name]) {
			t.Errorf("%s: got error %v and %q, want %q", name, err, failed.String(), refused[name])
		}
	}
}
