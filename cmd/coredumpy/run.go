package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"

	"coredumpy"
	"coredumpy/internal/printable"
)

// The command run: its help and its flags. What it does with a command is in runner.go.
var runCommand = command{
	name:    "run",
	args:    "[FLAG]... COMMAND [ARGUMENT]...",
	summary: "run a program or its tests, and dump what crashes or fails",
	help: `
Run builds and runs a Go program or its tests without any change to them. It
dumps a panic that nothing recovers, a fatal error of the runtime (concurrent map
writes, deadlock, stack overflow, out of memory), a fatal signal, and a failing
test. Everything else stays as without it: input, output, exit status, signals.

  coredumpy run ./cmd/server -addr :8080      like go run
  coredumpy run go test ./... -run Login      before a go command
  coredumpy run ./server -addr :8080          a program built before
  coredumpy run make test                     any command that runs go commands

A program built by coredumpy run go build reports its crashes itself. It isn't
optimised, so it is for this use alone, and a line says so; the same holds for a
test that go test leaves behind (-c, -o, -cpuprofile and the like). Any other
program is traced, as by a debugger: with debug information it is dumped, too, but
not the programs that it starts nor, if it is a test, its failures; -exit and
-recovered have no effect on it, and signals cost it more time.

Below any command, go run and go test are hooked, also those that go run, go
generate and go tool start: there, the first go in PATH is coredumpy, which
executes the next one. All other go commands, go build and go install among them,
run as they were called. What can't be hooked, such as -coverpkg=all or a program
for another system, runs unchanged, and a line says so. A go command isn't reached
if it is called by its absolute path, by another name (go1.27.3), with another
PATH, or by a test. The program of go run path@version isn't hooked if another Go
version builds it, and a line says so. A tool that go tool starts isn't watched
itself. Programs that go generate starts find another path to the toolchain in
$GOROOT.

If a program defers coredumpy.OnPanic or OnFailure, this command makes its one
dump: Exclude, Var, Description and Skip count, the flags below replace Path,
PathFunc, Create, Directory and Depth, and Config.Notify isn't called. A test's
failure is dumped where it happens, before OnFailure runs.

The code of the main module is compiled without optimisation, so that all
variables have a value; a first run compiles the standard library once more.
With a Go version that coredumpy wasn't made for, one line says what can't be
seen, and the rest works; a program that can't report its panics is traced.
With -x the go command shows what it does here: -N -l, files of runtime and
testing from coredumpy's cache, and coredumpy before the program of go run, which
it becomes. You can run such a line by itself; then nothing watches it. Ctrl-C
ends a dump that takes long with what it has. Linux only, amd64 and arm64.

` + dumpFlagsHelp + `  -max N            dumps to make at most (20); further ones are only counted.
                    MaxDumps is at least N, unless -conf says otherwise
  -exclude REGEX    no dump if the message, or the name of the test, matches;
                    may be repeated
  -exit             dump also at os.Exit and log.Fatal with a status other than 0
  -recovered        dump also panics that are recovered, as net/http does with
                    those of handlers: the first at each place; but neither
                    http.ErrAbortHandler, nor those that a package of the
                    standard library recovers itself to return an error
  -O                keep the compiler's optimisation; without it nothing is
                    inlined, so function literals have other names, and
                    runtime.Caller sees other depths, than some tests expect; a
                    line says so if a failure has such a name
  -v                say what is done
` + confHelp + `
The exit status is that of the command. If the command can't be run it is 1.
`,
	run: runProgram,
}

var testCommand = command{
	name:    "test",
	args:    "[FLAG]... [GO TEST ARGUMENT]...",
	summary: "short for: coredumpy run go test",
	help: `
Test runs go test and dumps what fails, as coredumpy run go test does. Its own
flags, those of coredumpy run, come first; -v is go test's. All specs of Ginkgo or
gocheck are one test: defer coredumpy.OnPanic() in a Ginkgo spec dumps it where it
fails.

In CI one more line on standard error tells of each dump. In a job of GitHub Actions
(GITHUB_ACTIONS=true) it is an error annotation, ::error file=F,line=N::MESSAGE, at
the failure's place if that is in $GITHUB_WORKSPACE; GitHub shows the first 10 of a
step. In GitLab (GITLAB_CI) it is [[ATTACHMENT|FILE]], which attaches the dump to a
test if the line is in the test's output in a JUnit report, and the dump, which must
be below $CI_PROJECT_DIR, is an artifact: have both streams in what makes the report.
`,
	run: runTests,
}

// runFlags are the flags of run.
type runFlags struct {
	dumpFlags
	max       int
	exclude   []*regexp.Regexp
	exit      bool
	recovered bool
	optimise  bool
	verbose   bool
	given     []string // the arguments, as given
}

func (f *runFlags) add(flags *flag.FlagSet) {
	f.dumpFlags.add(flags)
	f.max = 20
	flags.Func("max", "", natural(&f.max))
	flags.BoolVar(&f.exit, "exit", false, "")
	flags.BoolVar(&f.recovered, "recovered", false, "")
	flags.BoolVar(&f.optimise, "O", false, "")
	flags.Func("exclude", "", func(s string) error {
		re, err := regexp.Compile(s)
		f.exclude = append(f.exclude, re)
		return err
	})
}

func runProgram(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	var f runFlags
	f.add(flags)
	flags.BoolVar(&f.verbose, "v", false, "")
	flags.SetOutput(io.Discard)
	// Flags after the command belong to the command.
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return wantHelp
	case err != nil:
		problem := problemOf("run", err)
		failed := len(args) - flags.NArg() - 1
		if problem == err.Error() && failed == ownFlags(flags, args) { // it isn't defined
			problem += "; put flags of a go command after it: coredumpy run go run -race ."
		}
		return misused(stderr, "run", problem)
	case flags.NArg() == 0:
		return misused(stderr, "run", "name a command, such as go test ./... or ./server")
	}
	f.given = args[:len(args)-flags.NArg()]
	return watched(stdin, stdout, stderr, "run", &f, flags.Args())
}

// runTests is the command test. The flags that come first are its own.
func runTests(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	var f runFlags
	f.add(flags)
	flags.SetOutput(io.Discard)
	if len(args) > 0 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help") {
		return wantHelp
	}
	own := ownFlags(flags, args)
	if err := flags.Parse(args[:own]); err != nil {
		return misused(stderr, "test", err.Error())
	}
	if late := lateFlag(flags, args[own:]); late != "" {
		fmt.Fprintf(stderr, "coredumpy test: %s goes to the test, because it is after an argument of go test: "+
			"put it first if it is for coredumpy\n", printable.Line(late))
	}
	f.given = args[:own]
	return watched(stdin, stdout, stderr, "test", &f, append([]string{"go", "test"}, args[own:]...))
}

// lateFlag returns the first flag of ours among the arguments of go test, "" if there
// is none. Those after -args certainly belong to the test.
func lateFlag(flags *flag.FlagSet, args []string) string {
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case arg == "-args" || arg == "--args":
			return ""
		case strings.HasPrefix(arg, "-") && flags.Lookup(name) != nil:
			return arg
		}
	}
	return ""
}

// ownFlags returns how many of the arguments are defined flags and their values.
func ownFlags(flags *flag.FlagSet, args []string) int {
	for i := 0; i < len(args); i++ {
		name, hasValue := strings.TrimLeft(args[i], "-"), false
		if !strings.HasPrefix(args[i], "-") {
			return i
		}
		name, _, hasValue = strings.Cut(name, "=")
		f := flags.Lookup(name)
		if f == nil {
			return i
		}
		b, ok := f.Value.(interface{ IsBoolFlag() bool })
		if !hasValue && !(ok && b.IsBoolFlag()) {
			i++
		}
	}
	return len(args)
}

// watched runs a command and dumps what fails in it. name is that of our own
// command, for messages.
func watched(stdin io.Reader, stdout, stderr io.Writer, name string, f *runFlags, args []string) (status int) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		fmt.Fprintf(stderr, "coredumpy %s: not on %s/%s, only on linux/amd64 and linux/arm64; "+
			"elsewhere a program dumps itself: defer coredumpy.OnPanic()\n", name, runtime.GOOS, runtime.GOARCH)
		return statusFailed
	}
	leaveFront() // this command makes the dumps of what it runs
	limit := &coredumpy.Config.MaxDumps
	*limit = max(*limit, f.max) // unless the settings say otherwise
	opts, err := f.options()
	if err != nil {
		return misused(stderr, name, err.Error())
	}
	relay := newRelay()
	defer relay.stop()
	w, err := newWatcher(stderr, name, f, opts)
	if err != nil {
		printError(stderr, name, err)
		return statusFailed
	}
	relay.interrupted = func() { w.interrupts.Add(1) }
	r := &runner{
		stdin: stdin, stdout: stdout, stderr: stderr, name: name,
		flags: f, watcher: w, relay: relay, terminal: isTerminal(stderr),
	}
	r.putFront()
	ended, err := r.run(args)
	w.close()
	if err != nil {
		if s := relay.pending(); s != nil {
			return dieOf(s) // the signal came while there was no command for it
		}
		printError(stderr, name, err)
		return statusFailed
	}
	if ended.signal != nil {
		return dieOf(ended.signal)
	}
	return ended.status
}
