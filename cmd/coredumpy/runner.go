package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"coredumpy/internal/gocmd"
	"coredumpy/internal/goshim"
	"coredumpy/internal/hook"
	"coredumpy/internal/printable"
)

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

// runner decides what a command is (a go command, a package, a program), and runs it so
// that its crashes are reported to the watcher.
type runner struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	name           string
	flags          *runFlags
	watcher        *watcher
	relay          *relay
	terminal       bool             // stderr is a terminal
	shim           *goshim.Settings // of the go command in front; nil if there is none
	standIn        bool             // this process is that go command
}

func (r *runner) say(format string, args ...any) {
	if r.flags.verbose {
		fmt.Fprintf(r.stderr, "coredumpy "+r.name+": %s\n", printable.Line(fmt.Sprintf(format, args...)))
	}
}

func (r *runner) warn(format string, args ...any) {
	fmt.Fprintf(r.stderr, "coredumpy "+r.name+": %s\n", printable.Line(fmt.Sprintf(format, args...)))
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

// goCommand runs a go command so that the programs it builds have the hook.
func (r *runner) goCommand(args []string) (end, error) {
	e, err := gocmd.Query(args[0], ".", nil, args...)
	if err != nil {
		return end{}, err
	}
	c, err := r.instrumented(e, args)
	if ended := (interrupted{}); errors.As(err, &ended) {
		return ended.end, nil // as an interrupt of the command itself
	}
	if err != nil {
		return end{}, err
	}
	defer c.Cleanup()
	if !c.Watched {
		r.say("%s is run unchanged", strings.Join(args, " "))
	}
	// The go command puts GOROOT/bin first in PATH, and caches a test that reads PATH by its
	// value. It may also be a script that looks for the next go in PATH: that must not be
	// the script again.
	r.shim = nil
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
		// Only the go command knows where its flags end.
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
	build, program, err := gocmd.Build(e, args, nil, h.Options, filepath.Join(dir, programFile))
	if err != nil {
		return end{}, err
	}
	defer build.Cleanup()
	for _, warning := range build.Warnings {
		r.warn("%s", warning)
	}
	r.say("%s", strings.Join(build.Args, " "))
	// The output of the build isn't the program's.
	built, err := r.wait(&exec.Cmd{
		Path: build.Path, Args: build.Args, Env: build.Env, Dir: build.Dir, Stdout: r.stderr, Stderr: r.stderr,
	})
	if built != (end{}) || err != nil || program == nil {
		return built, err
	}
	at, err := rename(e, args, program, dir)
	if err != nil {
		return end{}, err
	}
	if h.Overlay == "" {
		return r.runUnhooked(program, build.Dir)
	}
	return r.startBuilt(e, args, program, at, build.Dir)
}

// programFile is the name under which a program is built.
const programFile = "program"

// rename gives the program that was built in dir the name that the go command gives it,
// and puts that into the program's command line. at is its index there: the command of
// -exec comes before it.
func rename(e gocmd.Env, args, program []string, dir string) (at int, err error) {
	// For package@version file is a directory, and the go command has checked and named
	// the program.
	file := filepath.Join(dir, programFile)
	at = slices.IndexFunc(program, func(arg string) bool { return arg == file || filepath.Dir(arg) == file })
	if !isFile(file) {
		return at, nil
	}
	if err := gocmd.CheckProgram(file, gocmd.Package(e, args)); err != nil {
		return at, err
	}
	named := filepath.Join(dir, "bin", gocmd.Name(e, args, file))
	if err := os.Mkdir(filepath.Dir(named), 0o700); err != nil {
		return at, err
	}
	if err := os.Rename(file, named); err != nil {
		return at, err
	}
	program[at] = named
	return at, nil
}

// startBuilt starts the command line of a program that was built with the hooks. at is the
// program's index in it.
func (r *runner) startBuilt(e gocmd.Env, args, program []string, at int, dir string) (end, error) {
	path, err := executableOf(program)
	if err != nil {
		return end{}, err
	}
	if how, _ := watchable(program[at]); how == traced {
		const version = "%s: built by another Go version than the hooks are for, %s: "
		pkg := gocmd.Package(e, args)
		if at == 0 {
			r.warn(version+"it is traced, as by a debugger", pkg, e.GOVERSION)
			return r.traced(path, program, dir)
		}
		r.warn(version+"its crashes aren't seen below -exec", pkg, e.GOVERSION)
	}
	return r.start(path, program, nil, dir)
}

// executableOf returns the executable file of a command. A name with a directory stays as it
// is: it is relative to where the command runs.
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
			r.warn("%s is a test that wasn't built by coredumpy run go test -c: "+
				"only its panics are seen, not its failures", path)
		}
		return r.traced(path, args, "")
	case unwatched:
		r.warn("%v", err)
	}
	return r.start(path, args, nil, "")
}

// traced runs a program as a debugger does.
func (r *runner) traced(path string, args []string, dir string) (end, error) {
	return r.waitBy(r.command(path, args, nil, dir), r.trace)
}

// start runs a command that may report crashes to the watcher.
func (r *runner) start(path string, args, env []string, dir string) (end, error) {
	return r.wait(r.command(path, args, env, dir))
}

func (r *runner) command(path string, args, env []string, dir string) *exec.Cmd {
	return &exec.Cmd{
		Path: path, Args: args, Env: r.environ(env), Dir: dir, Stdin: r.stdin, Stdout: r.stdout, Stderr: r.stderr,
	}
}

// environ returns an environment, nil for this process's, in which programs
// find the watcher.
func (r *runner) environ(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	env = append(env[:len(env):len(env)], hook.SocketEnv+"="+r.watcher.address())
	if r.shim != nil {
		env = append(env, "PATH="+r.shim.Path(os.Getenv("PATH")))
	}
	if r.flags.exit {
		env = append(env, hook.ExitEnv+"=1")
	}
	if r.flags.recovered {
		env = append(env, hook.RecoveredEnv+"=1")
	}
	return env
}
