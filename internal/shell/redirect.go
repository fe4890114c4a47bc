package shell

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Where the output of a command goes is said at the end of its line: |! PROGRAM or >! FILE. | and >
// alone are operators of expressions, and in Go ! may follow neither.

// Redirection is where the output of a command goes.
type Redirection struct {
	Program string // a command of the user's system that reads it, or
	File    string
}

// Cut splits a line into a command and where its output goes. ok is false if the line doesn't say
// that: |! and >! count behind a space or at the beginning, and not in a string. A string that has
// no end goes on to the end of the line: completion may have inserted the beginning of a key of a
// map, and what is in a dump must not run anything.
func Cut(line string) (command string, to Redirection, ok bool) {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case '"', '`':
			n := literal(line[i:])
			if n == 1 {
				return line, to, false
			}
			i += n - 1
		case '\'':
			i += runeLiteral(line[i:]) - 1
		case '|', '>':
			if !strings.HasPrefix(line[i+1:], "!") || i > 0 && line[i-1] != ' ' && line[i-1] != '\t' {
				continue
			}
			command, rest := strings.TrimSpace(line[:i]), strings.TrimSpace(line[i+2:])
			if c == '|' {
				return command, Redirection{Program: rest}, true
			}
			return command, Redirection{File: rest}, true
		}
	}
	return line, to, false
}

// literal returns how long the literal is that a text begins with, 1 if it has no end: then it may be
// an apostrophe.
func literal(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] != '`':
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 1
}

// runeLiteral returns how long the character is that a text begins with, 1 if it is an apostrophe.
func runeLiteral(text string) int {
	_, n := utf8.DecodeRuneInString(text[1:])
	switch n++; {
	case strings.HasPrefix(text, `'\''`):
		return len(`'\''`)
	case strings.HasPrefix(text, `'\`):
		const longest = len(`'\U0010ffff`)
		for n < min(longest, len(text)) && text[n] != '\'' && text[n] != ' ' {
			n++
		}
	}
	if n < len(text) && text[n] == '\'' {
		return n + 1
	}
	return 1
}

var errNoCommand = errors.New("write a command before |! or >!")

// redirected runs a command whose output goes elsewhere.
func (s *Shell) redirected(command string, to Redirection) error {
	switch {
	case s.Redirect == nil && s.NoRedirect != "":
		return errors.New(s.NoRedirect)
	case s.Redirect == nil:
		return errors.New("|! and >! are for commands that are typed at the prompt of coredumpy load, or given by -c")
	case command == "":
		return errNoCommand
	case to.Program == "" && to.File == "":
		return errors.New("write a program behind |!, or a file behind >!")
	}
	w, err := s.Redirect(to)
	if err != nil {
		return err
	}
	if err := s.Out.divert(w); err != nil {
		w.Close()
		return err
	}
	err = s.Call(command)
	s.Out.end()
	failed := s.Out.restore()
	if closed := w.Close(); failed == nil {
		failed = closed
	}
	s.Out.Err() // an interrupt was for the program, and for this command
	if err == nil && failed != nil {
		err = fmt.Errorf("%s%s: %w", to.Program, to.File, failed)
	}
	return err
}

// divert has all output go to w from now on, without styles.
func (o *Output) divert(w io.Writer) error {
	if err := o.Flush(); err != nil {
		return err
	}
	o.w.Reset(w)
	o.diverted = true
	return nil
}

// restore ends what divert has begun. The error is that of writing there: a program that doesn't
// want more is none.
func (o *Output) restore() error {
	err := o.Flush()
	o.w.Reset(o.dst)
	o.diverted = false
	switch {
	case err == nil || err == ErrInterrupted:
		return nil
	case isBroken(err):
		err = nil
	}
	o.err = nil
	return err
}

// Diverted reports whether output goes to a program or a file at present.
func (o *Output) Diverted() bool { return o.diverted }
