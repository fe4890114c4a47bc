package hook

import (
	"embed"
	"path"
	"strings"
)

// texts are the added files, by the package they are for: text/runtime/core_linux.txt
// becomes GOROOT/src/runtime/zcoredumpy_core_linux.go.
//
//go:embed text
var texts embed.FS

// part is what the overlay has as a whole or not at all: if an edit doesn't fit, or
// something that it needs is missing, it is left out.
type part struct {
	name  string
	lost  string   // what isn't seen without it; "" if the parts that need it say so
	needs []string // names of parts further up
	adds  []string // files, such as "runtime/core_linux"
	edits []edit
}

// otherSystems is the file with all functions for systems where they do nothing.
const otherSystems = "runtime/other"

// Names of parts that others need, or that other code looks at.
const (
	corePart   = "core"
	panicsPart = "panics"
)

// coredumpyPanicking must be called by the deferred function itself.
const reportTestPanic = "if v, ok := coredumpyPanicking(); ok { coredumpyTestPanic("

// parts are the hooks. Each edit was looked up in Go 1.24, 1.25, 1.26 and 1.27, and so
// was each name of the two packages that the added files use.
var parts = []part{
	{name: corePart, adds: []string{"runtime/core_linux", otherSystems}},
	{name: "panic", needs: []string{corePart}, adds: []string{"runtime/panic_linux"}},
	{name: "throw", needs: []string{corePart}, adds: []string{"runtime/throw_linux"}},
	{name: "signal", needs: []string{corePart}, adds: []string{"runtime/signal_linux"}},
	{name: "exit", needs: []string{corePart}, adds: []string{"runtime/exit_linux"}},
	{name: "failure", needs: []string{corePart}, adds: []string{"runtime/failure_linux", "testing/failure"}},
	{name: "first", needs: []string{"failure"}, adds: []string{"testing/first"}, edits: []edit{
		{"testing/testing.go", "type common struct {", "\tmu          sync.RWMutex ",
			"\tcoredumpy uint32; mu          sync.RWMutex "},
	}},
	{name: "testpanic", needs: []string{corePart}, adds: []string{"runtime/testpanic_linux", "testing/testpanic"}},

	// All deferred functions have run, and error values are still errors.
	{name: panicsPart, lost: "panics", needs: []string{"panic"}, edits: []edit{
		{"runtime/panic.go", "func gopanic(", "\tpreprintpanics(&p)\n",
			"\tcoredumpyPanic(p.arg); preprintpanics(&p)\n"},
	}},
	// The methods of error values have been called.
	{name: "said", lost: "the texts that panic values' methods make", needs: []string{"panic"}, edits: []edit{
		{"runtime/panic.go", "func gopanic(", "\tfatalpanic(&p) ", "\tcoredumpySaid(&p); fatalpanic(&p) "},
	}},
	// Before startpanic_m, which stops all goroutines and takes locks.
	{name: "throws", lost: "fatal errors of the runtime", needs: []string{"throw"}, edits: []edit{
		{"runtime/panic.go", "func fatalthrow(", "\t\tstartpanic_m()\n",
			"\t\tcoredumpyThrow(gp, pc, sp); startpanic_m()\n"},
	}},
	// fatalthrow doesn't get the text.
	{name: "throw text", lost: "the texts of the runtime's fatal errors",
		needs: []string{"throw", "throws"}, edits: []edit{
			{"runtime/panic.go", "func throw(", "\t\tprint(\"fatal error: \")\n",
				"\t\tcoredumpyNote(s); print(\"fatal error: \")\n"},
		}},
	{name: "fatal text", lost: "the texts of fatal errors that a program makes, such as concurrent map writes",
		needs: []string{"throw", "throws"}, edits: []edit{
			{"runtime/panic.go", "func fatal(", "\t\tprint(\"fatal error: \")\n",
				"\t\tcoredumpyNote(s); print(\"fatal error: \")\n"},
		}},
	{name: "signals", lost: "fatal signals", needs: []string{"signal"}, edits: []edit{
		{"runtime/signal_unix.go", "func sighandler(", "\tmp.caughtsig.set(gp)\n",
			"\tmp.caughtsig.set(gp); coredumpySignal(sig, uintptr(c.sigpc()), uintptr(c.sigsp()), gp)\n"},
	}},
	// The signal is about to be raised again, so that the system ends the process.
	{name: "thread signals", lost: "fatal signals on threads that C made", needs: []string{"signal"}, edits: []edit{
		{"runtime/signal_unix.go", "func raisebadsignal(", "\tunblocksig(sig)\n",
			"\tif handler == _SIG_DFL && flags&(_SigThrow|_SigPanic) != 0 { " +
				"coredumpySignal(sig, uintptr(c.sigpc()), uintptr(c.sigsp()), nil) }; unblocksig(sig)\n"},
	}},
	{name: "exits", lost: "calls of os.Exit", needs: []string{"exit"}, edits: []edit{
		{"runtime/proc.go", "func os_beforeExit(", "exitCode int) {\n", "exitCode int) { coredumpyExit(exitCode)\n"},
	}},
	{name: "main", lost: "panics while main returns", needs: []string{corePart}, edits: []edit{
		{"runtime/proc.go", "func main() {", "\tif runningPanicDefers.Load() != 0 {\n",
			"\tcoredumpyReturning(); if runningPanicDefers.Load() != 0 {\n"},
	}},
	{name: "asked", lost: "calls of coredumpy.OnPanic and OnFailure, which dump by themselves",
		needs: []string{corePart}, adds: []string{"runtime/ask_linux"}, edits: []edit{
			{"runtime/runtime2.go", "type _panic struct {", "\trecovered   bool ",
				"\tcoredumpy uint8; recovered   bool "},
		}},
	// Since Go 1.26 the line isn't inside an if statement.
	{name: "recovered panics", lost: "recovered panics", needs: []string{"asked"},
		adds: []string{"runtime/recover_linux"}, edits: []edit{
			{"runtime/panic.go", "func gorecover(", "\tp.recovered = true\n",
				"\tcoredumpyRecover(p); p.recovered = true\n"},
		}},

	{name: "failures", lost: "failures of tests", needs: []string{"failure", "first"}, edits: []edit{
		{"testing/testing.go", "func (c *common) Fail(", "",
			"if coredumpyFirst(c) { coredumpyTestFailure(c, c.name) }"},
	}},
	// Since Go 1.27 log has a second parameter.
	{name: "failure text", lost: "the texts of tests' failures", needs: []string{"failure"}, edits: []edit{
		{"testing/testing.go", "func (c *common) log(s string", "", "coredumpyTestLog(c, s)"},
	}},
	{name: "examples", lost: "examples with another output", needs: []string{"failure"}, edits: []edit{
		{"testing/example.go", "func (eg *InternalExample) processRunResult(", "\tif fail != \"\" || !finished",
			"\tif fail != \"\" { coredumpyExample(eg.Name, fail) }; if fail != \"\" || !finished"},
	}},
	// Before the test's own cleanups. A fuzz worker turns a panic into a failure and goes on.
	{name: "test panics", lost: "panics of tests before their cleanups", needs: []string{"first", "testpanic"},
		edits: []edit{
			{"testing/testing.go", "func tRunner(", "\t\tif len(t.sub) == 0 {\n",
				"\t\tif v, ok := coredumpyPanicking(); ok && (!t.tstate.isFuzzing || coredumpyFirst(&t.common)) { " +
					"coredumpyTestPanic(t.name, v, t.tstate.isFuzzing) }; if len(t.sub) == 0 {\n"},
		}},
	// A panic in a cleanup, and an unexpected runtime.Goexit.
	{name: "test ends", lost: "tests that call runtime.Goexit", needs: []string{"testpanic"}, edits: []edit{
		{"testing/testing.go", "func tRunner(", "\t\tdoPanic := func(err any) {\n",
			"\t\tdoPanic := func(err any) { coredumpyTestPanic(t.name, err, false)\n"},
	}},
	{name: "cleanup panics", lost: "panics of cleanups where they happen", needs: []string{"testpanic"}, edits: []edit{
		{"testing/testing.go", "func (c *common) runCleanup(", "\t\t\tpanicVal = recover()\n",
			"\t\t\t" + reportTestPanic + "c.name, v, false) }; panicVal = recover()\n"},
	}},
	{name: "fuzz panics", lost: "panics of fuzz tests before their cleanups",
		needs: []string{"testpanic"}, edits: []edit{
			{"testing/fuzz.go", "func fRunner(", "\t\tif len(f.sub) == 0 {\n",
				"\t\t" + reportTestPanic + "f.name, v, false) }; if len(f.sub) == 0 {\n"},
		}},
	{name: "fuzz ends", lost: "fuzz tests that call runtime.Goexit", needs: []string{"testpanic"}, edits: []edit{
		{"testing/fuzz.go", "func fRunner(", "\t\tdoPanic := func(err any) {\n",
			"\t\tdoPanic := func(err any) { coredumpyTestPanic(f.name, err, false)\n"},
	}},
	{name: "benchmark panics", lost: "panics of benchmarks before their cleanups",
		needs: []string{"testpanic"}, edits: []edit{
			{"testing/benchmark.go", "func (b *B) runN(", "\t\tb.runCleanup(normalPanic)\n",
				"\t\t" + reportTestPanic + "b.name, v, false) }; b.runCleanup(normalPanic)\n"},
		}},
}

// added returns the path below GOROOT/src, and the text, of a file that is added.
func added(name string) (file, text string) {
	b, err := texts.ReadFile("text/" + name + ".txt")
	if err != nil {
		panic(err) // can't be: it is embedded
	}
	dir, base := path.Split(name)
	return dir + "zcoredumpy_" + base + ".go", string(b)
}

// declares reports whether a file that p adds declares the function, for Linux.
func (p *part) declares(function string) bool {
	for _, name := range p.adds {
		if _, text := added(name); name != otherSystems && strings.Contains(text, "\nfunc "+function+"(") {
			return true
		}
	}
	return false
}
