package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"coredumpy"
	"coredumpy/internal/printable"
)

var demoCommand = command{
	name:    "demo",
	args:    "[-keep]",
	summary: "crash a small program and look at its dump",
	help: `
Demo builds a small web shop, which crashes in the middle of an order, and opens
the dump as "coredumpy load" does. If standard input or output isn't a terminal it
prints a summary, the stack, the variables and the goroutines instead.

  -keep   keep the dump, in the current directory

The go command builds the program, from package ` + demoPackage + `: the
current directory must be in a checkout of coredumpy, or in a module that can
import it.
`,
	run: demo,
}

// demoPackage is the program that crashes.
var demoPackage = library + "/cmd/coredumpy/demo"

// demoTime is more than the program needs, even on a slow machine.
const demoTime = time.Minute

func demo(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	keep := flags.Bool("keep", false, "")
	rest, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(rest) > 0:
		return misused(stderr, "demo", fmt.Sprintf("unexpected argument %q", rest[0]))
	}
	// With demo | head SIGPIPE must not end this process before all is removed: writing
	// fails instead. Unlike an ignored signal, programs that are started don't inherit
	// this.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	defer signal.Stop(broken)
	work, err := os.MkdirTemp("", "coredumpy-demo-")
	if err != nil {
		printError(stderr, "demo", err)
		return statusFailed
	}
	defer os.RemoveAll(work)
	dir := work
	if *keep {
		dir = "."
	}
	path, err := crash(stderr, work, dir)
	if errors.Is(err, context.Canceled) {
		return statusInterrupted
	}
	if err != nil {
		printError(stderr, "demo", err)
		return statusFailed
	}
	if *keep {
		fmt.Fprintf(stderr, "coredumpy demo: the dump stays: %s\n", printable.Line(path))
	} else {
		fmt.Fprintln(stderr, "coredumpy demo: opening the dump, which is removed afterwards (-keep keeps it)")
	}
	if isTerminal(stdin) && isTerminal(stdout) {
		s := &session{stdin: stdin, stdout: stdout, stderr: stderr}
		return s.run(nil, path)
	}
	return show(stdout, stderr, path)
}

// crash builds the program in work, runs it, and returns the path of the dump
// that it left in dir.
func crash(stderr io.Writer, work, dir string) (path string, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	program := filepath.Join(work, "demo.exe") // Windows needs the extension
	fmt.Fprintln(stderr, "coredumpy demo: building the program...")
	if err := buildDemo(ctx, program); err != nil {
		return "", err
	}
	fmt.Fprintln(stderr, "coredumpy demo: running it...")
	limited, cancel := context.WithTimeout(ctx, demoTime)
	defer cancel()
	var said strings.Builder
	cmd := exec.CommandContext(limited, program, dir)
	cmd.Stderr = io.MultiWriter(stderr, &said)
	err = cmd.Run()
	const announcement = "coredumpy load "
	for line := range strings.Lines(said.String()) {
		if path, ok := strings.CutPrefix(line, announcement); ok {
			return strings.TrimSpace(path), nil
		}
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return "", fmt.Errorf("the program left no dump: %w", err)
}

// buildDemo builds the program with debug information and without
// optimisation, whatever GOFLAGS says.
func buildDemo(ctx context.Context, program string) error {
	goCommand, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("there is no go command to build the program with: %w", err)
	}
	cmd := exec.CommandContext(ctx, goCommand, "build", "-o", program,
		"-gcflags=-N -l", "-ldflags=", "-trimpath=false", "-buildmode=default", demoPackage)
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		return nil
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return fmt.Errorf("go build %s: %s; run it in a checkout of coredumpy, or in a module that can import it",
		demoPackage, first)
}

// show prints what a user would look at first.
func show(stdout, stderr io.Writer, path string) (status int) {
	out := &checkedWriter{w: stdout}
	if _, err := coredumpy.Peek(out, []string{path}, coredumpy.PeekOptions{}); err != nil {
		printError(stderr, "demo", err)
		return statusFailed
	}
	for _, c := range []string{"bt", "args", "locals", "p a.Customer", "list", "goroutines"} {
		fmt.Fprintf(out, "\n(coredumpy) %s\n", c)
		if out.err != nil {
			return statusFailed
		}
		s := &session{stdin: strings.NewReader(""), stdout: stdout, stderr: stderr, commands: []string{c}}
		if status := s.run(nil, path); status != statusOK {
			return status
		}
	}
	return statusOK
}
