package repl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/shell"
)

// Commands that a person types may send their output to a program, or to a file.

const redirectHelp = `COMMAND |! PROGRAM gives what COMMAND prints to a program, and COMMAND >! FILE writes it into a
file, which it replaces: goroutines -v |! grep -c Serve. (| and > are operators of Go.) This is
for commands at the prompt and behind -c, not for files of commands.
At the prompt, what is longer than the screen is shown by $PAGER, or by less if there is one;
PAGER=cat turns that off.`

// errFromFile says why a file of commands doesn't do what a person may.
var errFromFile = errors.New("|! and >! aren't run from a file, which may come from others: type the command")

// redirector returns a function that opens what the output of a command is to go to.
func redirector(pipe func(program string) (io.WriteCloser, error)) func(shell.Redirection) (io.WriteCloser, error) {
	if pipe == nil {
		return nil
	}
	return func(to shell.Redirection) (io.WriteCloser, error) {
		if to.Program != "" {
			return pipe(to.Program)
		}
		f, err := create(to.File, os.O_TRUNC)
		if err != nil {
			return nil, fmt.Errorf(">!: %w", err)
		}
		return f, nil
	}
}

// create opens a file for what commands print. A new one may be read only by its owner.
func create(path string, flags int) (*os.File, error) {
	switch {
	case strings.HasPrefix(path, "-"):
		return nil, fmt.Errorf("unknown argument %q; ./%s would be a file", path, path)
	case isDump(path):
		return nil, fmt.Errorf("%s is a dump: name another file", printable.Line(path))
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flags, 0o600)
}

// columns returns how wide lines may be: what goes to a program or a file has no terminal's width.
func (s *session) columns(terminal func() int) func() int {
	return func() int {
		if terminal == nil || s.out.Diverted() {
			return defaultColumns
		}
		return terminal()
	}
}

// onTerminal reports whether a terminal shows what is printed.
func (s *session) onTerminal() bool { return s.terminal && !s.out.Diverted() }

// frameKinds returns what says whose code a frame runs where that is shown, otherwise nil.
func (s *session) frameKinds() func(*dump.Frame) frameKind {
	if (s.color || s.terminal) && !s.out.Diverted() {
		return s.frameKind
	}
	return nil
}
