package main

import (
	"debug/buildinfo"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"coredumpy/internal/gocmd"
	"coredumpy/internal/goshim"
)

// programFlag is the first argument of coredumpy as the -exec command of go run. The other
// arguments are the directory of package goshim, the Go version and the program.
const programFlag = "-coredumpy-front"

// putFront puts a go command of ours in front of the one that the command to run would
// find, if there is a go command.
func (r *runner) putFront() {
	behind, err := exec.LookPath("go")
	if err != nil && !errors.Is(err, exec.ErrDot) {
		return // there is no go command
	}
	if behind, err = filepath.Abs(behind); err != nil {
		return
	}
	s := &goshim.Settings{
		Dir: r.watcher.dir, Go: behind, Socket: r.watcher.address(), Name: r.name, Terminal: r.terminal,
		Exit: r.flags.exit, Recovered: r.flags.recovered, Optimise: r.flags.optimise, Verbose: r.flags.verbose,
	}
	if s.Tracing, err = r.tracing(); err == nil {
		err = s.Make()
	}
	if err != nil {
		r.warn("%v: go commands that the command runs aren't hooked", err)
		return
	}
	r.shim = s
}

// leaveFront removes go commands in front from this process's PATH and GOROOT.
func leaveFront() {
	path := os.Getenv("PATH")
	if without := goshim.Without(path); without != path {
		os.Setenv("PATH", without)
	}
	if own := goshim.Farmed(os.Getenv("GOROOT")); own != nil {
		os.Setenv("GOROOT", own.GOROOT)
	}
}

// instrumented returns the go command changed so that the programs it builds, or those that
// the go commands it starts build, are hooked. The error is [interrupted], or says why the
// command is refused.
func (r *runner) instrumented(e gocmd.Env, args []string) (*gocmd.Command, error) {
	switch verb, rest := gocmd.Verb(args); verb {
	case "generate":
		if c := r.generate(e, args); c != nil {
			return c, nil
		}
	case "tool":
		if c := r.tool(e, args, rest); c != nil {
			return c, nil
		}
	}
	h, err := r.hooked(e, args)
	if err != nil {
		return nil, err
	}
	c, err := gocmd.Instrument(e, args, nil, h.Options)
	if err != nil {
		h.cleanup()
		return nil, err
	}
	remove := c.Cleanup
	c.Cleanup = func() { remove(); h.cleanup() }
	for _, warning := range c.Warnings {
		r.warn("%s", warning)
	}
	if len(h.Exec) > 0 {
		c.Env = gocmd.Setenv(c.Env, tracingEnv, "1")
	}
	return c, nil
}

// generate returns go generate with a GOROOT that has our go command: go generate puts
// GOROOT/bin first in PATH of the commands that it runs. It is nil if it can't.
func (r *runner) generate(e gocmd.Env, args []string) *gocmd.Command {
	if r.shim == nil || slices.Contains(e.Modules, "std") || slices.Contains(e.Modules, "cmd") {
		return nil // in the toolchain's own source GOROOT decides what is the standard library
	}
	own := filepath.Join(e.GOROOT, "bin", "go")
	if !isFile(own) {
		return nil
	}
	goroot, err := r.shim.Farm(e.GOROOT)
	if err != nil {
		r.warn("go generate: %v: the go commands that it runs aren't hooked", err)
		return nil
	}
	c := &gocmd.Command{
		Path: e.Go, Args: args, Dir: e.Base, Cleanup: func() {},
		Env: gocmd.Setenv(os.Environ(), "GOROOT", goroot),
	}
	if keepsGOROOT(c, e.Dir, goroot) {
		return c // also for a script, which may set other variables
	}
	if _, err := buildinfo.ReadFile(e.Go); err != nil {
		r.warn("go generate: %s sets GOROOT: the go commands that it runs aren't hooked", e.Go)
		return nil
	}
	c.Path = own // the go command that starts the toolchain chosen by go.mod would set GOROOT
	return c
}

// keepsGOROOT reports whether a go command leaves the variable GOROOT as it is.
func keepsGOROOT(c *gocmd.Command, dir, goroot string) bool {
	cmd := exec.Command(c.Path, "env", "GOROOT")
	cmd.Env, cmd.Dir = c.Env, dir
	out, err := cmd.Output()
	return err == nil && strings.TrimSpace(string(out)) == goroot
}

// toolchainTools are the tools that go tool has itself, in any version. None of them runs
// a go command.
var toolchainTools = strings.Fields(`addr2line asm buildid cgo compile covdata cover dist distpack
	doc fix link nm objdump pack pprof preprofile test2json trace vet`)

// hookable reports whether a go command runs programs that can be hooked, or may start go
// commands that do.
func hookable(args []string) bool {
	switch verb, rest := gocmd.Verb(args); verb {
	case "run", "test", "generate":
		return true
	case "tool":
		return len(rest) > 0 && !strings.HasPrefix(rest[0], "-") && !slices.Contains(toolchainTools, rest[0])
	}
	return false
}
