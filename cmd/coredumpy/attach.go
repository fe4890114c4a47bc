package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"

	"coredumpy"
	"coredumpy/internal/destination"
	"coredumpy/internal/printable"
)

var attachCommand = command{
	name:    "attach",
	args:    "[FLAG]... PID",
	summary: "dump a running Go program, which goes on",
	help: `
Attach stops a running Go program, copies its memory, lets it go on, and writes
a dump: every goroutine, also those that were running, with their variables. The
program need not use coredumpy, but must have debug information (no -ldflags=-w
or -s), or a file with it, see coredumpy help builds. It stands still while the
memory that can change is copied, at most MaxBytes of it: 100 MB take about
50 ms. Linux only.

` + dumpFlagsHelp + confHelp + `
It needs the permissions of a debugger: the same user, and more in a container
or under Yama; an error says what is missing.
`,
	run: attach,
}

func attach(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("attach", flag.ContinueOnError)
	var d dumpFlags
	d.add(flags)
	rest, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(rest) == 0:
		return misused(stderr, "attach", "name the id of a process")
	case len(rest) > 1:
		return misused(stderr, "attach", fmt.Sprintf("unexpected argument %q: one process only", rest[1]))
	}
	pid, err := strconv.Atoi(rest[0])
	if err != nil || pid <= 0 {
		return misused(stderr, "attach", fmt.Sprintf("%q is not a process id", rest[0]))
	}
	opts, err := d.options()
	if err != nil {
		return misused(stderr, "attach", err.Error())
	}
	path, err := coredumpy.DumpProcess(pid, opts...)
	status = statusOK
	if err != nil {
		printError(stderr, "attach", err)
		status = statusFailed
	}
	if path != "" { // also if it isn't where the flags say
		fmt.Fprintf(stdout, "%s, open it with\ncoredumpy load %s\n", stopped(path, pid),
			printable.Argument(destination.Absolute(path)))
	}
	return status
}

// stopped returns a line that says how long the process was stopped.
func stopped(path string, pid int) string {
	core, err := coredumpy.Open(path)
	if err != nil || core.Head().Paused == "" {
		return fmt.Sprintf("Process %d is dumped", pid)
	}
	return fmt.Sprintf("Process %d is dumped, it was stopped for %s", pid, core.Head().Paused)
}
