package main

import (
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"coredumpy"
	"coredumpy/internal/debuginfo"
	"coredumpy/internal/front"
	"coredumpy/internal/gocmd"
	"coredumpy/internal/hook"
	"coredumpy/internal/safetext"
)

var runCommand = command{
	name:    "run",
	args:    "[FLAG]... COMMAND [ARGUMENT]...",
	summary: "run a program or its tests, and dump what crashes or fails",
	help: `
Run builds and runs a Go program or its tests without any change to them. A dump
is left by a panic that nobody recovers, a fatal error of the runtime (concurrent
map writes, deadlock, stack overflow, out of memory), a fatal signal, a failing
test. Everything else is as without it: input, output, exit status, signals.

  coredumpy run ./cmd/server -addr :8080      like go run
  coredumpy run go test ./... -run Login      before a go command
  coredumpy run ./server -addr :8080          a program built before
  coredumpy run make test                     any command that runs go commands

A program that coredumpy run go build has built tells of its crashes by itself.
It isn't optimised, so it is for this alone, and a line says so; the same holds
for a test that go test leaves behind (-c, -o, -cpuprofile and the like). Any
other one is traced, as by a debugger: with debug information it is dumped, too,
but neither the programs that it starts nor, if it is a test, its failures; -exit
and -recovered have no effect on it, and signals cost it more.

Below any command, go run and go test are hooked, also those that go run, go
generate and go tool start: there, the first go in PATH is coredumpy, which
executes the next one. All other go commands, go build and go install among them,
run as they were called. What can't be hooked, such as -coverpkg=all or a program
for another system, runs unchanged, and a line says so. A go command isn't reached
if it is called by its absolute path, by another name (go1.27.3), with another
PATH, or by a test. The program of go run path@version isn't hooked if another Go
version builds it, and a line says so. A tool that go tool starts isn't watched
itself. For what go generate starts, $GOROOT is another path to the toolchain.

Of a program that defers coredumpy.OnPanic or OnFailure there is one dump, here:
Exclude, Var, Description and Skip count, in place of Path, PathFunc, Create,
Directory and Depth the flags below, and Config.Notify isn't called. A test's failure
is dumped where it is, before that.

The code of the main module is compiled without optimisation, so that all
variables have a value; a first run compiles the standard library once more.
With a Go version that coredumpy wasn't made for, what can't be seen is said in
one line, and the rest goes on; a program that can't tell of panics is traced.
With -x the go command shows what it does here: -N -l, files of runtime and
testing from coredumpy's cache, and coredumpy before the program of go run, which
it becomes. Such a line can be run by itself; nobody watches then. A dump that
takes long ends with what it has on Ctrl-C. Linux only, amd64 and arm64.

` + dumpFlagsHelp + `  -max N            dumps to make at most; others are counted (20). MaxDumps is
                    at least as much, unless -conf says otherwise
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
                    line tells of such a name in a failure
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
gocheck are one test: defer coredumpy.OnPanic() in a spec of Ginkgo's dumps it where
it fails.
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
	given     []string // as they were given
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
	// The flags behind the command are the command's.
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return wantHelp
	case err != nil:
		problem := err.Error()
		if failed := len(args) - flags.NArg() - 1; failed == ownFlags(flags, args) { // it isn't defined
			problem += "; flags of a go command go behind it: coredumpy run go run -race ."
		}
		return misused(stderr, "run", problem)
	case flags.NArg() == 0:
		return misused(stderr, "run", "name a command, such as go test ./... or ./server")
	}
	f.given = args[:len(args)-flags.NArg()]
	return watched(stdin, stdout, stderr, "run", &f, flags.Args())
}

// runTests takes as its own those flags that stand first.
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
		fmt.Fprintf(stderr, "coredumpy test: %s goes to the test, as it stands behind an argument of go test: put it first if it is for coredumpy\n", safetext.Line(late))
	}
	f.given = args[:own]
	return watched(stdin, stdout, stderr, "test", &f, append([]string{"go", "test"}, args[own:]...))
}

// lateFlag returns the first flag of ours among the arguments of go test, "" if
// there is none. Behind -args they are the test's for sure.
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

// ownFlags returns how many of the arguments are flags that are defined, with
// their values.
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
		fmt.Fprintf(stderr, "coredumpy %s: not on %s/%s, only on linux/amd64 and linux/arm64; elsewhere a program dumps itself: defer coredumpy.OnPanic()\n", name, runtime.GOOS, runtime.GOARCH)
		return statusFailed
	}
	leaveFront() // the dumps of what this command runs are its own
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
	r := &runner{stdin: stdin, stdout: stdout, stderr: stderr, name: name, flags: f, watcher: w, relay: relay, terminal: isTerminal(stderr)}
	r.putFront()
	ended, err := r.run(args)
	w.close()
	if err != nil {
		if s := relay.pending(); s != nil {
			return dieOf(s) // it came before there was a command for it
		}
		printError(stderr, name, err)
		return statusFailed
	}
	if ended.signal != nil {
		return dieOf(ended.signal)
	}
	return ended.status
}

// end is how a command ended.
type end struct {
	status int
	signal os.Signal // nil if no signal ended it
	core   bool      // there is a core file
}

func endOf(p *os.ProcessState) end {
	if ws, ok := p.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return end{signal: ws.Signal(), core: ws.CoreDump()}
	}
	return end{status: p.ExitCode()}
}

// runner runs commands so that the watcher is told of their crashes.
type runner struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	name           string
	flags          *runFlags
	watcher        *watcher
	relay          *relay
	terminal       bool            // somebody sees stderr
	front          *front.Settings // of the go command for what is run; nil if there is none
	standIn        bool            // this is that go command
}

func (r *runner) say(format string, args ...any) {
	if r.flags.verbose {
		fmt.Fprintf(r.stderr, "coredumpy "+r.name+": %s\n", safetext.Line(fmt.Sprintf(format, args...)))
	}
}

func (r *runner) warn(format string, args ...any) {
	fmt.Fprintf(r.stderr, "coredumpy "+r.name+": %s\n", safetext.Line(fmt.Sprintf(format, args...)))
}

func (r *runner) run(args []string) (end, error) {
	if filepath.Base(args[0]) == "go" {
		return r.goCommand(args)
	}
	pkg, err := gocmd.IsPackage(args[0])
	if err != nil {
		return end{}, err
	}
	if pkg {
		return r.pkg(args)
	}
	return r.executable(args)
}

// goCommand runs a go command with the hook in what it builds.
func (r *runner) goCommand(args []string) (end, error) {
	e, err := gocmd.Query(args[0], ".", nil, args...)
	if err != nil {
		return end{}, err
	}
	c, err := r.instrumented(e, args)
	if ended := (interrupted{}); errors.As(err, &ended) {
		return ended.end, nil // as it would have been in the command itself
	}
	if err != nil {
		return end{}, err
	}
	defer c.Cleanup()
	if !c.Watched {
		r.say("%s is run unchanged", strings.Join(args, " "))
	}
	// It puts GOROOT/bin first in PATH, and its cache goes by PATH for a test that asks. And
	// it may be a script that looks for the next go there: that mustn't be the script again.
	r.front = nil
	ended, err := r.start(c.Path, c.Args, c.Env, c.Dir)
	if c.Tool != nil && err == nil {
		return toolEnded(r.stderr, c.Tool, ended), nil
	}
	if c.Watched && ended.signal == nil && err == nil {
		for _, file := range gocmd.Programs(e, args) {
			r.watcher.keeps(file)
		}
	}
	return ended, err
}

// pkg builds a package and runs the program.
func (r *runner) pkg(args []string) (end, error) {
	e, err := gocmd.Query("go", ".", nil)
	if err != nil {
		return end{}, err
	}
	asRun := append([]string{"go", "run"}, args...)
	if flag := gocmd.UnknownFlag(e, asRun); flag != "" {
		// Only the go command can tell where its flags end.
		r.say("%s is unknown: go run builds and starts the program", flag)
		return r.goCommand(asRun)
	}
	h, err := r.hooked(e, asRun)
	if ended := (interrupted{}); errors.As(err, &ended) {
		return ended.end, nil
	}
	defer h.cleanup()
	dir, err := os.MkdirTemp("", "coredumpy-run-")
	if err != nil {
		return end{}, err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return end{}, err
	}
	build, program, err := gocmd.Build(e, args, nil, h.Options, filepath.Join(dir, "program"))
	if err != nil {
		return end{}, err
	}
	defer build.Cleanup()
	for _, warning := range build.Warnings {
		r.warn("%s", warning)
	}
	r.say("%s", strings.Join(build.Args, " "))
	// Nothing of the build is the program's output.
	built, err := r.wait(&exec.Cmd{Path: build.Path, Args: build.Args, Env: build.Env, Dir: build.Dir, Stdout: r.stderr, Stderr: r.stderr})
	if built != (end{}) || err != nil || program == nil {
		return built, err
	}
	pkg, file := gocmd.Package(e, args), filepath.Join(dir, "program")
	// For package@version it is a directory, and the go command has checked and named the
	// program. Before it stands the command of -exec.
	at := slices.IndexFunc(program, func(arg string) bool { return arg == file || filepath.Dir(arg) == file })
	if isFile(file) {
		if err := gocmd.CheckProgram(file, pkg); err != nil {
			return end{}, err
		}
		named := filepath.Join(dir, "bin", gocmd.Name(e, args, file))
		if err := os.Mkdir(filepath.Dir(named), 0o700); err != nil {
			return end{}, err
		}
		if err := os.Rename(file, named); err != nil {
			return end{}, err
		}
		program[at] = named
	}
	if h.Overlay == "" {
		return r.untold(program, build.Dir)
	}
	path, err := executableOf(program)
	if err != nil {
		return end{}, err
	}
	if how, _ := watchable(program[at]); how == traced {
		const version = "%s: built by another Go version than the hooks are for, %s: "
		if at == 0 {
			r.warn(version+"it is traced, as by a debugger", pkg, e.GOVERSION)
			return r.traced(path, program, build.Dir)
		}
		r.warn(version+"its crashes aren't seen below -exec", pkg, e.GOVERSION)
	}
	return r.start(path, program, nil, build.Dir)
}

// executableOf returns the executable file of a command. A name with a directory is as it
// is: it counts from where the command runs.
func executableOf(command []string) (path string, err error) {
	if filepath.Base(command[0]) != command[0] {
		return command[0], nil
	}
	return exec.LookPath(command[0])
}

// executable runs a program that was built before.
func (r *runner) executable(args []string) (end, error) {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return end{}, err
	}
	switch how, err := watchable(path); how {
	case foreign:
		r.watcher.unheard = err
	case traced, tracedTest:
		r.say("%s wasn't built by coredumpy: it is traced", path)
		for _, f := range []struct {
			name string
			on   bool
		}{{"-exit", r.flags.exit}, {"-recovered", r.flags.recovered}} {
			if f.on {
				r.warn("%s wasn't built by coredumpy run go build: %s has no effect on it", path, f.name)
			}
		}
		if how == tracedTest && os.Getenv(tracingEnv) == "" {
			r.warn("%s is a test that wasn't built by coredumpy run go test -c: only its panics are seen, not its failures", path)
		}
		return r.traced(path, args, "")
	case unwatched:
		r.warn("%v", err)
	}
	return r.start(path, args, nil, "")
}

// traced runs a program as a debugger does.
func (r *runner) traced(path string, args []string, dir string) (end, error) {
	return r.waitBy(&exec.Cmd{Path: path, Args: args, Env: r.environ(nil), Dir: dir, Stdin: r.stdin, Stdout: r.stdout, Stderr: r.stderr}, r.trace)
}

// start runs a command that may tell the watcher of crashes.
func (r *runner) start(path string, args, env []string, dir string) (end, error) {
	return r.wait(&exec.Cmd{Path: path, Args: args, Env: r.environ(env), Dir: dir, Stdin: r.stdin, Stdout: r.stdout, Stderr: r.stderr})
}

// environ returns an environment, nil for this process's, in which programs
// find the watcher.
func (r *runner) environ(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	env = append(env[:len(env):len(env)], hook.SocketEnv+"="+r.watcher.address())
	if r.front != nil {
		env = append(env, "PATH="+r.front.Path(os.Getenv("PATH")))
	}
	if r.flags.exit {
		env = append(env, hook.ExitEnv+"=1")
	}
	if r.flags.recovered {
		env = append(env, hook.RecoveredEnv+"=1")
	}
	return env
}

// How a program can be watched.
const (
	unwatched  = iota
	foreign    // no Go program
	traced     // a debugger's way: it wasn't built with the hook
	tracedTest // the same, and its failures aren't seen
	hooked     // it tells by itself
)

// hookFunction is in a program that tells of its crashes, whichever hooks are left out.
const hookFunction = "runtime.coredumpySend"

// watchable tells how a program can be watched, and if it can't, why.
func watchable(path string) (how int, err error) {
	if _, err := buildinfo.ReadFile(path); err != nil {
		return foreign, fmt.Errorf("%s is no Go program, and has started none that can be watched: it has to find go run, go test, go generate or go tool by PATH, or start what coredumpy run go build has built", path)
	}
	f, err := debuginfo.Open(path)
	if err == nil {
		defer f.Close()
		err = f.DWARFError()
	}
	if err != nil {
		return unwatched, fmt.Errorf("%s: its own crashes aren't seen: %w; build it with coredumpy run go build", path, err)
	}
	if _, ok := f.FuncByName(hookFunction); ok {
		return hooked, nil
	}
	if _, ok := f.FuncByName("runtime.gopanic"); !ok {
		return unwatched, fmt.Errorf("%s: its own crashes aren't seen: it has another runtime than Go's own", path)
	}
	if _, ok := f.FuncByName("testing.(*M).Run"); ok {
		return tracedTest, nil
	}
	return traced, nil
}
