package hook

import (
	"fmt"
	"strings"
)

// edit puts code on an existing line, so that every line keeps its number.
type edit struct {
	file   string // below GOROOT/src
	within string // how the function starts; the anchor is looked for in its body
	anchor string // must occur there exactly once
	code   string // what takes its place, as many lines as the anchor
}

// The hooks. Each anchor was looked up in Go 1.24, 1.25 and 1.26.
var edits = []edit{
	// All deferred functions have run, and error values are still errors.
	{"runtime/panic.go", "func gopanic(", "\tpreprintpanics(&p)\n", "\tcoredumpyPanic(p.arg); preprintpanics(&p)\n"},
	// The text of a fatal error; fatalthrow doesn't get it.
	{"runtime/panic.go", "func throw(", "\t\tprint(\"fatal error: \")\n", "\t\tcoredumpyNote(s); print(\"fatal error: \")\n"},
	{"runtime/panic.go", "func fatal(", "\t\tprint(\"fatal error: \")\n", "\t\tcoredumpyNote(s); print(\"fatal error: \")\n"},
	// Before startpanic_m, which freezes the world and takes locks.
	{"runtime/panic.go", "func fatalthrow(", "\t\tstartpanic_m()\n", "\t\tcoredumpyThrow(gp, pc, sp); startpanic_m()\n"},
	{"runtime/signal_unix.go", "func sighandler(", "\tmp.caughtsig.set(gp)\n", "\tmp.caughtsig.set(gp); coredumpySignal(sig, uintptr(c.sigpc()), uintptr(c.sigsp()), gp)\n"},
	// A signal on a thread that C made, about to be raised again for the system to end the process.
	{"runtime/signal_unix.go", "func raisebadsignal(", "\tunblocksig(sig)\n", "\tif handler == _SIG_DFL && flags&(_SigThrow|_SigPanic) != 0 { coredumpySignal(sig, uintptr(c.sigpc()), uintptr(c.sigsp()), nil) }; unblocksig(sig)\n"},
	{"runtime/proc.go", "func os_beforeExit(", "exitCode int) {\n", "exitCode int) { coredumpyExit(exitCode)\n"},
	{"runtime/proc.go", "func main() {", "\tif runningPanicDefers.Load() != 0 {\n", "\tcoredumpyWait(1000); if runningPanicDefers.Load() != 0 {\n"},

	{"testing/testing.go", "type common struct {", "\tmu          sync.RWMutex ", "\tcoredumpy uint32; mu          sync.RWMutex "},
	{"testing/testing.go", "func (c *common) Fail() {", "Fail() {\n", "Fail() { if coredumpyFirst(c) { coredumpyTestFailure(c, c.name) }\n"},
	{"testing/testing.go", "func (c *common) log(", "log(s string) {\n", "log(s string) { coredumpyTestLog(c, s)\n"},
	// Before the test's own cleanups. A fuzz worker turns a panic into a failure and lives on.
	{"testing/testing.go", "func tRunner(", "\t\tif len(t.sub) == 0 {\n", "\t\tif v, ok := coredumpyPanicking(); ok && (!t.tstate.isFuzzing || coredumpyFirst(&t.common)) { coredumpyTestPanic(t.name, v, t.tstate.isFuzzing) }; if len(t.sub) == 0 {\n"},
	// A panic in a cleanup, and runtime.Goexit where there should be none.
	{"testing/testing.go", "func tRunner(", "\t\tdoPanic := func(err any) {\n", "\t\tdoPanic := func(err any) { coredumpyTestPanic(t.name, err, false)\n"},
	{"testing/testing.go", "func (c *common) runCleanup(", "\t\t\tpanicVal = recover()\n", "\t\t\tif v, ok := coredumpyPanicking(); ok { coredumpyTestPanic(c.name, v, false) }; panicVal = recover()\n"},
	{"testing/fuzz.go", "func fRunner(", "\t\tif len(f.sub) == 0 {\n", "\t\tif v, ok := coredumpyPanicking(); ok { coredumpyTestPanic(f.name, v, false) }; if len(f.sub) == 0 {\n"},
	{"testing/fuzz.go", "func fRunner(", "\t\tdoPanic := func(err any) {\n", "\t\tdoPanic := func(err any) { coredumpyTestPanic(f.name, err, false)\n"},
	{"testing/benchmark.go", "func (b *B) runN(", "\t\tb.runCleanup(normalPanic)\n", "\t\tif v, ok := coredumpyPanicking(); ok { coredumpyTestPanic(b.name, v, false) }; b.runCleanup(normalPanic)\n"},
	{"testing/example.go", "func (eg *InternalExample) processRunResult(", "\tif fail != \"\" || !finished", "\tif fail != \"\" { coredumpyExample(eg.Name, fail) }; if fail != \"\" || !finished"},
}

// apply returns src with e done to it.
func (e *edit) apply(src string) (string, error) {
	head, rest, ok := strings.Cut(src, "\n"+e.within)
	if !ok {
		return "", fmt.Errorf("%s: no %q", e.file, e.within)
	}
	rest = e.within + rest
	end := strings.Index(rest, "\n}\n")
	if end < 0 {
		return "", fmt.Errorf("%s: no end of %q", e.file, e.within)
	}
	body := rest[:end]
	if n := strings.Count(body, e.anchor); n != 1 {
		return "", fmt.Errorf("%s: %q occurs %d times in %q, want once", e.file, e.anchor, n, e.within)
	}
	return head + "\n" + strings.Replace(body, e.anchor, e.code, 1) + rest[end:], nil
}
