package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"coredumpy/internal/gocmd"
	"coredumpy/internal/goshim"
	"coredumpy/internal/hook"
)

// standIn is main if this process was started in place of another one, see package goshim,
// and must become it. It returns only if it isn't, or can't.
func standIn() (status int, ok bool) {
	if s := goshim.Process(); s != nil {
		return becomeGo(s, os.Args), true
	}
	if len(os.Args) > 4 && os.Args[1] == programFlag {
		return becomeProgram(os.Args[2], os.Args[3], os.Args[4:]), true
	}
	return 0, false
}

// notCommand is the exit status for a command that can't be executed (POSIX, Shell Command
// Language, 2.8.2).
const notCommand = 126

// becomeProgram executes the program that go run has built, with our go command first in
// PATH. dir is the directory of package goshim, and version the Go version that the hooks
// are for.
func becomeProgram(dir, version string, args []string) (status int) {
	path, err := exec.LookPath(args[0])
	if s, gone := goshim.Read(dir); gone == nil {
		tellVersion(s, version, args[0])
		os.Setenv("PATH", s.Path(os.Getenv("PATH")))
	}
	if err == nil {
		err = syscall.Exec(path, args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, err)
	return notCommand
}

// tellVersion prints that a program lacks the hooks, because another Go version has built
// it: the module of path@version may ask for one.
func tellVersion(s *goshim.Settings, version, program string) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return // another command of -exec
	}
	built, _, _ := strings.Cut(info.GoVersion, " ") // GOEXPERIMENT follows
	if version, _, _ := strings.Cut(version, " "); built != version {
		fmt.Fprintf(notifier{s}, "coredumpy %s: go run %s: its crashes aren't seen: "+
			"built by %s, and the hooks are for %s\n", s.Name, filepath.Base(program), built, version)
	}
}

// becomeGo executes the go command. Programs that go run and go test build get the hook,
// because they run at once; those that go build writes may be for any use. Whatever goes
// wrong on our side, the command is executed as given.
func becomeGo(s *goshim.Settings, args []string) (status int) {
	if own := goshim.Farmed(os.Getenv("GOROOT")); own != nil && own.Dir == s.Dir {
		s = own
	}
	behind := s.Behind(os.Getenv("PATH"))
	leaveFront() // see goCommand
	plain := &gocmd.Command{Path: behind, Args: args, Env: os.Environ()}
	c := plain
	if gone := s.Dir == ""; !gone && hookable(args) {
		found, err := substitute(s, plain.Path, args)
		if ended := (interrupted{}); errors.As(err, &ended) {
			if ended.signal != nil {
				return dieOf(ended.signal)
			}
			return ended.status
		}
		if err == nil {
			c = found
		}
	}
	if c.Tool != nil {
		if status, ok := runTool(c); ok {
			return status
		}
		c = plain
	}
	err := syscall.Exec(c.Path, c.Args, c.Env)
	if c != plain {
		err = syscall.Exec(plain.Path, plain.Args, plain.Env)
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", plain.Path, err)
	return notCommand
}

// substitute returns the command to execute in place of a go command. The error is
// [interrupted], or one that has been printed.
func substitute(s *goshim.Settings, path string, args []string) (*gocmd.Command, error) {
	s.Tell(goshim.Reached, "")
	defer oneAtATime(s)()
	relay := newRelay()
	c, err := prepared(s, relay, path, args)
	relay.stop()
	if signal := relay.pending(); signal != nil {
		return nil, interrupted{end{signal: signal}}
	}
	return c, err
}

// prepared is substitute without the handling of signals, which the relay takes.
func prepared(s *goshim.Settings, relay *relay, path string, args []string) (*gocmd.Command, error) {
	out := notifier{s}
	f := &runFlags{exit: s.Exit, recovered: s.Recovered, optimise: s.Optimise, verbose: s.Verbose}
	w := &watcher{stderr: out, name: s.Name, flags: f}
	relay.interrupted = func() { w.interrupts.Add(1) }
	r := &runner{stderr: out, name: s.Name, flags: f, watcher: w, relay: relay, terminal: s.Terminal,
		shim: s, standIn: true}
	e, err := gocmd.Query(path, ".", nil, args...)
	if err != nil {
		return nil, err // the go command will print it
	}
	c, err := r.instrumented(e, args)
	if err != nil {
		if !isInterrupted(err) {
			r.warn("not hooked: %v", err)
		}
		return nil, err
	}
	for _, file := range gocmd.Programs(e, args) {
		s.Tell(goshim.Kept, file) // later this process is another program
	}
	c.Env = environment(s, c.Env)
	return c, nil
}

// environment returns env with the variables for programs that report their crashes.
func environment(s *goshim.Settings, env []string) []string {
	set := map[string]string{hook.SocketEnv: s.Socket}
	if s.Exit {
		set[hook.ExitEnv] = "1"
	}
	if s.Recovered {
		set[hook.RecoveredEnv] = "1"
	}
	for name, value := range set {
		env = gocmd.Setenv(env, name, value)
	}
	return env
}

// notifier has coredumpy run print what is written to it, line by line.
type notifier struct{ s *goshim.Settings }

func (n notifier) Write(line []byte) (int, error) {
	n.s.Tell(goshim.Line, string(line))
	return len(line), nil
}

// oneAtATime waits until no other go command in front is preparing, and returns a function
// that lets the next one start. So if many start at once, only the first one tries which
// hooks the toolchain compiles, which takes long.
func oneAtATime(s *goshim.Settings) (done func()) {
	f, err := os.OpenFile(filepath.Join(s.Dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return func() {}
	}
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	}
	return func() { f.Close() }
}
