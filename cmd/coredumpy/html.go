package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"coredumpy/internal/destination"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/page"
	"coredumpy/internal/printable"
)

var htmlCommand = command{
	name:    "html",
	args:    "[-o FILE] [-f] [-open] FILE",
	summary: "write a dump as a page for a browser",
	help: `
Html writes a page to look around in a dump without coredumpy: why it was made, the
goroutines, their stacks with the source and the values beside its lines, variables
and what they lead to, who waits for whom, and what was cut or hidden. It is one
file, an artifact of a CI job for example, and needs no network and no server; its
key ? lists the keys. - as FILE is standard input.

  -o FILE   the file to write; the default is x.html in the current directory for
            x.dump, and standard output for -; - is standard output
  -f        replace the file if it exists
  -open     open the page in the system's browser

A page of a large dump has the variables of all goroutines and what the fewest steps
lead to, up to 250,000 values with parts, and says what isn't in it. It needs a
browser of 2024 or later. All text of the dump stays text: it can't become markup,
a link or a script of the page, whose policy forbids all others and any request.

The page shows what the dump shows, secrets that no rule knows included: see
coredumpy help secrets, and coredumpy redact, before you publish it. It is written
whole or not at all, and can be read by its owner only. The exit status is 1 if
there is no page or it can't be opened, and 130 after an interrupt.
`,
	run: html,
}

func html(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("html", flag.ContinueOnError)
	out := flags.String("o", "", "")
	force := flags.Bool("f", false, "")
	open := flags.Bool("open", false, "")
	paths, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(paths) == 0:
		return misused(stderr, "html", "name a dump")
	case len(paths) > 1:
		return misused(stderr, "html", fmt.Sprintf("unexpected argument %q: one file only", paths[1]))
	}
	if *out == "" {
		*out = pageName(paths[0])
	}
	if *out == "-" && *open {
		return misused(stderr, "html", "-open needs a file to open: give -o FILE")
	}
	err := mayWrite("page", *out, *force, stdout)
	if err == nil && sameFile(paths[0], *out) {
		err = fmt.Errorf("the page would replace the dump %s: give -o another name", printable.Argument(paths[0]))
	}
	if err != nil {
		printError(stderr, "html", err)
		return statusFailed
	}
	status, err = writePage(stdin, stdout, stderr, paths[0], *out)
	if err != nil {
		printError(stderr, "html", err)
	}
	if status != statusOK || *out == "-" {
		return status
	}
	full := destination.Absolute(*out)
	fmt.Fprintf(stdout, "The page is written, open it in a browser:\n%s\n", fileURL(full))
	if *open {
		if err := browse(full); err != nil {
			printError(stderr, "html", fmt.Errorf("-open: %w", err))
			return statusFailed
		}
	}
	return statusOK
}

// pageName returns the name of the page if none is given.
func pageName(path string) string {
	if path == "-" {
		return "-"
	}
	name := filepath.Base(path)
	for _, ext := range []string{".dump", ".json"} {
		name = strings.TrimSuffix(name, ext)
	}
	return name + ".html" // never the dump's own name
}

// sameFile reports whether two paths lead to the same file.
func sameFile(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// pageGCPercent is gcPercent for a command that looks at all values: more time would go into
// finding garbage than into the page.
const pageGCPercent = 30

// writePage writes the page of the dump at path, or of that of stdin.
func writePage(stdin io.Reader, stdout, stderr io.Writer, path, out string) (status int, err error) {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(pageGCPercent)
	}
	var core *dump.Core
	if path == "-" {
		core, err = dump.Read(stdin)
	} else {
		core, err = dump.Open(path)
	}
	if err != nil {
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
			err = fmt.Errorf("%w; coredumpy peek lists the dumps in it", err)
		}
		return statusFailed, err
	}
	if why := core.Missing(); why != "" {
		printError(stderr, "html", fmt.Errorf("%s: %s", path, why))
	}
	in, err := inspector.New(core)
	if err != nil { // the page shows the rest
		printError(stderr, "html", fmt.Errorf("%s: %w", path, err))
	}
	interrupted := func() bool { return false }
	if out != "-" { // an unfinished file is removed
		interrupted = interruption()
	}
	bar := &progress{command: "html", stderr: stderr, shown: isTerminal(stderr), since: time.Now()}
	o := page.Options{Dump: filepath.Base(path), Progress: func(done, all int) (stop bool) {
		bar.show(done, all)
		return interrupted()
	}}
	write := func(w io.Writer) error { return page.Write(w, in, o) }
	if out == "-" {
		err = write(stdout)
	} else {
		_, err = destination.Write(out, write)
	}
	bar.clear()
	switch {
	case errors.Is(err, page.ErrStopped):
		return statusInterrupted, errInterrupted
	case err != nil:
		return statusFailed, err
	}
	for _, line := range core.Unknown() {
		printError(stderr, "html", fmt.Errorf("%s: %s", path, printable.Line(line)))
	}
	return statusOK, nil
}
