package main

import (
	"flag"
	"io"

	"coredumpy"
	"coredumpy/internal/ci"
)

var peekCommand = command{
	name:    "peek",
	args:    "[-json | -markdown] [FILE | DIRECTORY]...",
	summary: "print a summary of dumps, newest first",
	help: `
Peek prints when, where and why each dump was made and the function it is about.
It reads only the beginning of a file, so it is fast for any number of dumps of
any size. A directory stands for the dumps in it (*.dump, and *.json that are
dumps); without arguments it is the current directory.

  -json   print one JSON object per line: path, size, and all that a dump says
          about itself
  -markdown
          print a page for a CI job: of each dump the summary, the stack, the
          source, arguments and locals of its frame, and the command that opens
          it. It reads whole files. All text of a dump is escaped: it can't
          become markup, a link or a mention. The page has 900 KB at most, for
          a step's summary in GitHub; it says what it leaves out:
          coredumpy peek -markdown dumps >>"$GITHUB_STEP_SUMMARY"
          The page is as public as the job: see coredumpy help secrets

A file that isn't a dump is named on standard error with the reason. The exit
status is 1 if no dump could be read.
`,
	run: peek,
}

func peek(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("peek", flag.ContinueOnError)
	var opts coredumpy.PeekOptions
	flags.BoolVar(&opts.JSON, "json", false, "")
	markdown := flags.Bool("markdown", false, "")
	paths, status := parseFlags(flags, stderr, args)
	if status != statusOK {
		return status
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	out := &checkedWriter{w: stdout}
	var read int
	var err error
	switch {
	case *markdown && opts.JSON:
		return misused(stderr, flags.Name(), "-json and -markdown exclude each other")
	case *markdown:
		read, err = ci.Markdown(out, paths)
	default:
		read, err = coredumpy.Peek(out, paths, opts)
	}
	if err != nil {
		printError(stderr, flags.Name(), err)
	}
	if read == 0 || out.err != nil {
		return statusFailed
	}
	return statusOK
}

// checkedWriter remembers whether writing failed.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil {
		c.err = err
	}
	return n, err
}
