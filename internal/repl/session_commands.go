package repl

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/shell"
)

// These commands are about the session itself: files of commands and of output, names of
// commands, and what to show in each frame.

const (
	sourceHelp = `Lines that are empty or begin with # are passed over. The first command that fails ends it.
Commands with |! or >! aren't run: the file may come from others.`

	transcriptHelp = `Appends commands and what they print to FILE; with -t FILE is emptied before. A new FILE may
be read only by its owner. transcript -off ends it.`

	aliasHelp = `alias NAME COMMAND makes NAME a command; arguments are put behind it. alias lists all, and
unalias NAME removes one.`

	displayHelp = `The value is printed whenever a frame is shown in which EXPRESSION has one. Without it, all are
listed and printed. undisplay EXPRESSION removes one, undisplay without it removes all.`
)

func (s *session) sessionCommands() []shell.Command {
	return []shell.Command{
		{Names: []string{"display"}, Args: "[EXPRESSION]", Summary: "print a value in each frame", Run: s.display,
			Help: displayHelp},
		{Names: []string{"undisplay"}, Args: "[EXPRESSION]", Summary: "don't any more", Run: s.undisplay},
		{Names: []string{"alias"}, Args: "[NAME [COMMAND]]", Summary: "give a command another name", Run: s.alias,
			Help: aliasHelp},
		{Names: []string{"unalias"}, Args: "NAME", Summary: "remove such a name", Run: s.unalias},
		{Names: []string{"source"}, Args: "FILE", Summary: "run the commands in a file", Run: s.runFile,
			Help: sourceHelp},
		{Names: []string{"transcript"}, Args: "[-t] FILE | -off", Summary: "copy commands and output to a file",
			Run: s.transcript, Help: transcriptHelp},
		{Names: []string{"|!", ">!"}, Args: "PROGRAM | FILE", Summary: "behind a command: send its output there",
			Help: redirectHelp, Run: func(string) error { return errors.New("write a command before |! or >!") }},
		{Names: []string{"edit", "ed"}, Args: "[PLACE]", Summary: "open an editor at the line", Run: s.edit,
			Help: editHelp},
	}
}

// local are the commands that read or write files of the user's machine.
var local = []string{"source", "transcript", "edit", "|!"}

// withoutLocal removes the commands that are only for a user at this machine.
func withoutLocal(sh *shell.Shell) {
	sh.Commands = slices.DeleteFunc(sh.Commands, func(c shell.Command) bool {
		return slices.Contains(local, c.Names[0])
	})
	without := maps.Clone(sh.Without)
	for _, name := range append(local, "ed", ">!") {
		without[name] = name + " is for coredumpy load: it uses files of the machine that it runs on"
	}
	sh.Without = without
	sh.Redirect = nil
	sh.NoRedirect = "|! and >! are for coredumpy load: they use programs and files of the machine that it runs on"
}

// maxSourced bounds files of commands in each other, and maxCommands the bytes of one.
const (
	maxSourced  = 8
	maxCommands = 1 << 20
)

// runFile is the command source.
func (s *session) runFile(path string) error {
	switch {
	case path == "":
		return errors.New("source: name a file of commands")
	case s.sourced == maxSourced:
		return fmt.Errorf("source: %s: %d files run each other", path, maxSourced)
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("source: %q does not exist", path)
	case err != nil:
		return fmt.Errorf("source: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCommands+1))
	switch {
	case err != nil:
		return fmt.Errorf("source: %w", err)
	case len(text) > maxCommands:
		return fmt.Errorf("source: %s has more than %d bytes", path, maxCommands)
	}
	s.sourced++
	defer func() { s.sourced-- }()
	n := 0
	for line := range bytes.Lines(text) {
		n++
		command := strings.TrimSpace(string(line))
		if command == "" || command[0] == '#' || s.out.Err() != nil {
			continue
		}
		if _, _, ok := shell.Cut(command); ok {
			return fmt.Errorf("source: %s:%d: %w", path, n, errFromFile)
		}
		switch err := s.sh.Call(command); {
		case err == shell.ErrQuit, err != nil && s.sourced > 1: // the outermost file says where
			return err
		case err != nil:
			return fmt.Errorf("source: %s:%d: %w", path, n, err)
		}
	}
	return nil
}

// transcript is the command transcript.
func (s *session) transcript(args string) error {
	switch {
	case args == "":
		return errors.New("transcript: name a file, or -off to end a transcript")
	case args == "-off" && s.record == nil:
		return errors.New("transcript: there is none to end")
	case args == "-off":
		return s.endTranscript()
	}
	flags := os.O_APPEND
	if rest, ok := strings.CutPrefix(args, "-t "); ok {
		flags, args = os.O_TRUNC, strings.TrimSpace(rest)
	}
	f, err := create(args, flags)
	if err != nil {
		return fmt.Errorf("transcript: %w", err)
	}
	if s.record != nil {
		s.endTranscript()
	}
	s.record = f
	s.out.Record(f)
	return nil
}

func (s *session) endTranscript() error {
	err := s.out.Record(nil)
	if closed := s.record.Close(); err == nil {
		err = closed
	}
	s.record = nil
	return err
}

// isDump reports whether a file could be a dump, compressed or not.
func isDump(path string) bool {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false // a pipe would wait for its writer
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start, _ := bufio.NewReader(f).Peek(len(`{"coredumpy"`))
	return bytes.HasPrefix(start, []byte("\x1f\x8b")) || string(start) == `{"coredumpy"`
}

// alias is the command alias.
func (s *session) alias(args string) error {
	name, command, _ := strings.Cut(args, " ")
	switch command = strings.TrimSpace(command); {
	case args == "":
		var lines []string
		for name, command := range s.sh.Aliases {
			lines = append(lines, name+" "+command)
		}
		slices.Sort(lines)
		for _, line := range lines {
			s.out.Printf("%s\n", printable.Line(line))
		}
		return nil
	case command == "" && s.sh.Aliases[name] == "":
		return fmt.Errorf("alias: %s isn't one", name)
	case command == "":
		s.out.Printf("%s %s\n", name, printable.Line(s.sh.Aliases[name]))
		return nil
	}
	return s.sh.Alias(name, command)
}

// unalias is the command unalias.
func (s *session) unalias(name string) error {
	if s.sh.Aliases[name] == "" {
		return fmt.Errorf("unalias: %q is no name given by alias", name)
	}
	delete(s.sh.Aliases, name)
	return nil
}

// display is the command display.
func (s *session) display(expr string) error {
	if expr == "" {
		s.showDisplayed(true)
		return nil
	}
	r, err := s.evaluate("display", expr)
	if err == nil && !slices.Contains(s.displayed, expr) {
		s.displayed = append(s.displayed, expr)
	}
	if err != nil {
		return err
	}
	return s.showDisplay(expr, r)
}

// showDisplay prints a displayed expression and its value.
func (s *session) showDisplay(expr string, r inspector.Evaluated) error {
	s.out.Printf("%s = ", printable.Line(expr))
	if err := s.show.result(expr, "", r.Result); err != nil {
		return err
	}
	s.noteResult(expr, r)
	return nil
}

// undisplay is the command undisplay.
func (s *session) undisplay(expr string) error {
	i := slices.Index(s.displayed, expr)
	switch {
	case expr == "":
		s.displayed = nil
	case i < 0:
		return fmt.Errorf("undisplay: %s isn't displayed", expr)
	default:
		s.displayed = slices.Delete(s.displayed, i, i+1)
	}
	return nil
}

// showDisplayed prints the displayed expressions that have a value, or all.
func (s *session) showDisplayed(all bool) {
	for _, expr := range s.displayed {
		r, err := s.in.Evaluate(expr)
		switch {
		case err == nil && (r.Const != nil || r.Nil || r.Value.Valid()):
			if err := s.showDisplay(expr, r); err != nil {
				s.out.Printf("(%s)\n", printable.Line(err.Error()))
			}
		case all:
			s.out.Printf("%s has no value here\n", printable.Line(expr))
		}
	}
}
