package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"time"

	"coredumpy"
	"coredumpy/internal/destination"
	"coredumpy/internal/printable"
)

var redactCommand = command{
	name:    "redact",
	args:    "[FLAG]... FILE",
	summary: "remove secrets from a dump made before, to share it",
	help: `
Redact reads a dump and writes another one from which secrets are removed by the
rules of this version of coredumpy, or by stricter ones: in all values, the
source, messages, arguments and labels. Nothing that is hidden in FILE is shown,
and FILE stays as it is. See coredumpy help secrets for the rules. FILE may be of
any format that coredumpy reads, compressed or not; the new dump is of the
current one. - as FILE is standard input.

  -o FILE           the file to write; the default is x.redacted.dump for x.dump,
                    and standard output for -. If the name ends in .json the dump
                    isn't compressed; - is standard output
  -f                replace the file if it exists
  -conf FILE        settings, see coredumpy help conf; limits have no effect here
` + strictFlagsHelp + `
The environment of the program isn't in a dump, so what only the environment
marks isn't found. Of a text that the dump has only in part the last word is
hidden, as it may be the beginning of a secret.

Of a file that was cut or damaged the rest is kept, and a line and a note in the
dump say what is missing. What this version doesn't know, and what no variable
leads to, can't be checked and is left out. The file is written whole or not at
all, and can be read by its owner only. The exit status is 1 if there is no new
dump, and 130 after an interrupt.
`,
	run: redact,
}

func redact(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("redact", flag.ContinueOnError)
	var what redactFlags
	what.add(flags)
	out := flags.String("o", "", "")
	force := flags.Bool("f", false, "")
	paths, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(paths) == 0:
		return misused(stderr, "redact", "name a dump")
	case len(paths) > 1:
		return misused(stderr, "redact", fmt.Sprintf("unexpected argument %q: one file only", paths[1]))
	}
	if err := what.configure(&coredumpy.Config); err != nil {
		return misused(stderr, "redact", err.Error())
	}
	if *out == "" {
		*out = redactedName(paths[0])
	}
	if err := mayWrite("dump", *out, *force, stdout); err != nil {
		printError(stderr, "redact", err)
		return statusFailed
	}
	status, err := redactFile(stdin, stdout, stderr, paths[0], *out)
	if err != nil {
		printError(stderr, "redact", err)
	}
	return status
}

// redactedName returns the name of the new dump if none is given.
func redactedName(path string) string {
	if path == "-" {
		return "-"
	}
	const json, dump = ".json", ".dump"
	if name, ok := strings.CutSuffix(path, json); ok {
		return name + ".redacted" + json
	}
	return strings.TrimSuffix(path, dump) + ".redacted" + dump
}

// mayWrite returns an error if out must not be written. what is to be written.
func mayWrite(what, out string, force bool, stdout io.Writer) error {
	if out == "-" {
		if isTerminal(stdout) {
			return fmt.Errorf("the %s would go to the terminal: give -o FILE", what)
		}
		return nil
	}
	if _, err := os.Lstat(out); !force && !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return err
		}
		return fmt.Errorf("%s exists: give -f to replace it, or -o another name", printable.Argument(out))
	}
	return nil
}

// errInterrupted ends the work after an interrupt.
var errInterrupted = errors.New("interrupted")

// redactFile redacts the dump at path, or that of stdin.
func redactFile(stdin io.Reader, stdout, stderr io.Writer, path, out string) (status int, err error) {
	var core *coredumpy.Core
	if path == "-" {
		core, err = coredumpy.Read(stdin)
	} else {
		core, err = coredumpy.Open(path)
	}
	if err != nil {
		return statusFailed, err
	}
	interrupted := func() bool { return false }
	if out != "-" { // an unfinished file is removed
		interrupted = interruption()
	}
	bar := &progress{command: "redact", stderr: stderr, shown: isTerminal(stderr), since: time.Now()}
	opts := coredumpy.RedactOptions{Plain: strings.HasSuffix(out, ".json"), Progress: func(done, all int) error {
		if interrupted() {
			return errInterrupted
		}
		bar.show(done, all)
		return nil
	}}
	if out == "-" {
		err = coredumpy.Redact(stdout, core, opts)
	} else {
		_, err = destination.Write(out, func(w io.Writer) error { return coredumpy.Redact(w, core, opts) })
	}
	bar.clear()
	switch {
	case errors.Is(err, errInterrupted):
		return statusInterrupted, err
	case err != nil:
		return statusFailed, err
	}
	if missing := core.Missing(); missing != "" {
		printError(stderr, "redact", fmt.Errorf("%s: %s", path, missing))
	}
	for _, line := range core.Unknown() {
		printError(stderr, "redact", fmt.Errorf("%s: left out: %s", path, line))
	}
	if out != "-" {
		fmt.Fprintf(stdout, "The dump is redacted, open it with\ncoredumpy load %s\n",
			printable.Argument(destination.Absolute(out)))
	}
	return statusOK, nil
}

// interruption returns a function that reports whether there was an interrupt. A second one ends
// the process, in case the first isn't heeded soon.
func interruption() func() bool {
	var is atomic.Bool
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	go func() {
		<-signals
		is.Store(true)
		signal.Stop(signals)
	}()
	return is.Load
}

// progress says on a terminal how much is done.
type progress struct {
	command string
	stderr  io.Writer
	shown   bool // it is a terminal
	since   time.Time
	last    int // percent
}

func (p *progress) show(done, all int) {
	percent := int(100 * int64(done) / int64(max(all, 1)))
	if !p.shown || percent == p.last || time.Since(p.since) < time.Second {
		return
	}
	p.last = percent
	fmt.Fprintf(p.stderr, "\rcoredumpy %s: %d %%", p.command, percent)
}

func (p *progress) clear() {
	if p.last > 0 {
		fmt.Fprintf(p.stderr, "\r%30s\r", "")
		p.last = 0
	}
}
