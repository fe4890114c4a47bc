package main

import (
	"flag"
	"io"

	"coredumpy"
)

var peekCommand = command{
	name:    "peek",
	args:    "[-json] [FILE | DIRECTORY]...",
	summary: "print a summary of dumps, newest first",
	help: `
Peek prints when, where and why each dump was made and the function it is about.
It reads only the beginning of a file, so it is fast for any number of dumps of
any size. A directory stands for the dumps in it (*.dump, and *.json that are
dumps); without arguments it is the current directory.

  -json   print one JSON object per line: path, size, and all that a dump says
          about itself

A file that isn't a dump is named on standard error with the reason. The exit
status is 1 if no dump could be read.
`,
	run: peek,
}

func peek(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("peek", flag.ContinueOnError)
	var opts coredumpy.PeekOptions
	flags.BoolVar(&opts.JSON, "json", false, "")
	paths, status := parseFlags(flags, stderr, args)
	if status != statusOK {
		return status
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	out := &checkedWriter{w: stdout}
	read, err := coredumpy.Peek(out, paths, opts)
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
