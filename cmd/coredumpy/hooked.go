package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"coredumpy/internal/gocmd"
	"coredumpy/internal/hook"
)

// hooking is how to build with a toolchain so that programs report their crashes.
type hooking struct {
	gocmd.Options
	cleanup func() // never nil
}

// interrupted is the error after the user has ended a trial, and with it the command.
type interrupted struct{ end }

func (interrupted) Error() string { return "interrupted" }

func isInterrupted(err error) bool { return errors.As(err, new(interrupted)) }

// hooked returns how to build what args, a go command, builds. No problem with the
// toolchain or the cache stops the command: a line says what can't be seen. The only
// error is [interrupted].
func (r *runner) hooked(e gocmd.Env, args []string) (hooking, error) {
	h := hooking{cleanup: func() {}}
	h.Optimise = r.flags.optimise
	if self, err := os.Executable(); err == nil && r.shim != nil {
		h.Before = []string{self, programFlag, r.shim.Dir, e.GOVERSION}
	}
	if r.standIn {
		// This process becomes the go command, so coredumpy run removes temporary files. It
		// wants debug information whatever -ldflags says.
		h.Temp, h.Debug = r.shim.Dir, true
	}
	if !gocmd.Builds(e, args) {
		return h, nil
	}
	files, err := r.overlay(e, args, &h)
	if isInterrupted(err) {
		h.cleanup()
		return h, err
	}
	sub := gocmd.Subcommand(e, args)
	var why string
	switch {
	case err != nil:
		why = err.Error()
	case files.Overlay != "" && (files.Panics || sub == "test"):
		h.Overlay, h.GOROOT = files.Overlay, files.GOROOT
		if len(files.Left) > 0 {
			r.warn("%s: not seen: %s", e.GOVERSION, explained(files.Left))
		}
		r.say("%s in %s, overlay %s", e.GOVERSION, e.GOROOT, files.Overlay)
		return h, nil
	default:
		why = files.Left[0].Why
	}
	how := "it is traced, as by a debugger: neither the programs that it starts " +
		"nor calls of os.Exit nor recovered panics are seen"
	switch sub {
	case "test":
		how = "tests are traced, as by a debugger: their panics are seen, not their failures"
	case "build", "install":
		how = "coredumpy run will trace it, as a debugger does"
	}
	r.warn("%s: a program can't report its panics (%s); %s", e.GOVERSION, why, how)
	if h.Exec, err = r.tracing(); err != nil {
		r.warn("no program is traced: %v", err)
	}
	h.Before = nil // the coredumpy run that traces it has its own
	return h, nil
}

// explained returns what is left out and why, in one line.
func explained(list []hook.Left) string {
	var parts []string
	for i, left := range list {
		if i+1 < len(list) && list[i+1].Why == left.Why {
			parts = append(parts, left.Lost)
			continue
		}
		parts = append(parts, left.Lost+" ("+left.Why+")")
	}
	return strings.Join(parts, ", ")
}

// overlay writes the overlay to the first place where it can. The last place is a
// temporary directory, for this run only.
func (r *runner) overlay(e gocmd.Env, args []string, h *hooking) (hook.Files, error) {
	tc := hook.Toolchain{GOROOT: e.GOROOT, GOVERSION: e.GOVERSION, GOMODCACHE: e.GOMODCACHE}
	var places []string
	if dir, err := os.UserCacheDir(); err == nil {
		places = append(places, dir)
	}
	if e.GOCACHE != "" && e.GOCACHE != "off" {
		places = append(places, e.GOCACHE) // $HOME isn't set, or read only, as in containers
	}
	try := r.trial(e, args)
	var problem error
	for _, dir := range places {
		files, err := hook.Overlay(tc, filepath.Join(dir, "coredumpy", "hook"), try)
		if err == nil || isInterrupted(err) {
			return files, err
		}
		problem = err
	}
	dir := filepath.Join(h.Temp, "hook")
	if h.Temp == "" {
		var err error
		if dir, err = os.MkdirTemp("", "coredumpy-hook-"); err != nil {
			return hook.Files{}, err
		}
		h.cleanup = func() { os.RemoveAll(dir) }
	}
	files, err := hook.Overlay(tc, dir, try)
	if err == nil && problem != nil {
		// The go command's cache uses the overlay's path in its keys.
		r.warn("%v; the standard library is compiled for this run alone", problem)
	}
	return files, err
}

// trial builds with the overlay before the command does.
func (r *runner) trial(e gocmd.Env, args []string) *hook.Trial {
	if gocmd.Prints(e, args) {
		return nil
	}
	_, key := gocmd.Trial(e, args, gocmd.Options{}, "", "")
	told := false
	build := func(source, program string, files *hook.Files) (said string, ok bool, err error) {
		if !told && r.terminal {
			fmt.Fprintf(r.stderr, "coredumpy %s: first run with %s: the standard library is compiled once more\n",
				r.name, e.GOVERSION)
		}
		told = true
		var o gocmd.Options
		if files != nil {
			o.Overlay, o.GOROOT = files.Overlay, files.GOROOT
		}
		c, _ := gocmd.Trial(e, args, o, source, program)
		r.say("%s", strings.Join(c.Args, " "))
		var output strings.Builder
		before := r.watcher.interrupts.Load()
		ended, err := r.wait(&exec.Cmd{Path: c.Path, Args: c.Args, Env: c.Env, Dir: c.Dir,
			Stdout: &output, Stderr: &output})
		if ended.signal != nil || ended.status != 0 && r.watcher.interrupts.Load() > before {
			return "", false, interrupted{ended}
		}
		return output.String(), ended.status == 0, err
	}
	return &hook.Trial{Key: key, Build: build}
}

// tracingEnv is set for the commands of [runner.tracing]: a line has already said what
// isn't seen.
const tracingEnv = "COREDUMPY_TRACING"

// tracing returns the command with which go run and go test start programs that can't
// report their crashes.
func (r *runner) tracing() ([]string, error) {
	if r.standIn {
		return r.shim.Tracing, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := append([]string{self, "run"}, r.flags.given...)
	if args[len(args)-1] == "--" {
		args = args[:len(args)-1]
	}
	// Tests run in other directories, so the paths are made absolute.
	for _, f := range []struct{ name, value string }{{"dir", r.flags.dir}, {"path", r.flags.path},
		{"conf", r.flags.conf}} {
		if f.value == "" && f.name != "dir" {
			continue
		}
		value, err := filepath.Abs(f.value)
		if err != nil {
			return nil, err
		}
		args = append(args, "-"+f.name+"="+value)
	}
	return append(args, "-exit=false", "-recovered=false"), nil
}

// runUnhooked runs a program that was built without the hook: it traces it, unless another
// command runs it (-exec).
func (r *runner) runUnhooked(program []string, dir string) (end, error) {
	path, err := executableOf(program)
	if err != nil {
		return end{}, err
	}
	switch how, err := watchable(path); how {
	case foreign:
		r.watcher.unheard = err
	case unwatched:
		r.warn("%v", err)
	default:
		return r.traced(path, program, dir)
	}
	return r.start(path, program, nil, dir)
}
