// Package shell reads commands line by line and runs them. It handles aliases,
// help, repetition and interrupts; the caller supplies the commands.
package shell

import (
	"bufio"
	"errors"
	"fmt"
	"go/token"
	"io"
	"os"
	"slices"
	"strings"
)

// Command is a command of a shell.
type Command struct {
	Names   []string // its name, and the aliases
	Args    string   // its arguments, as help shows them: "[N]"
	Summary string   // one line
	Help    string   // more lines, may be empty
	Run     func(args string) error
	// Complete returns the words that may replace the end of args, which begins at byte from. It is
	// nil if the arguments are an expression.
	Complete func(args string) (from int, words []string)
}

// Shell runs commands.
type Shell struct {
	In       io.Reader
	Out      *Output
	Err      io.Writer // errors of commands, one line each
	Prompt   string    // "" if no person types the commands
	Commands []Command // "help" is added by the shell
	// Without are commands that debuggers have, and why this shell doesn't.
	Without map[string]string
	// Aliases are names for commands, see Alias.
	Aliases map[string]string
	// Bare runs a line that begins with no command's name; ok is false if it is none that it
	// knows either. It may be nil.
	Bare func(line string) (ok bool, err error)
	// Named has errors of commands begin with the command: nobody has just typed it.
	Named bool
	// Interrupt is the channel of Out. An interrupt ends the command that runs. If
	// none runs there is a new prompt, or, without a prompt, the loop ends.
	Interrupt <-chan os.Signal

	// ReadLine, if it isn't nil, reads a command in place of In, and shows the
	// prompt. complete returns the words that may replace the end of text, which begins
	// at byte from; one that ends in a space is finished.
	ReadLine func(prompt string, complete func(text string) (from int, words []string)) (string, error)
	// Names returns the names that a command's argument may contain; if of isn't empty,
	// those that may follow it and a dot. Names may be nil.
	Names func(of string) []string
	// Keys returns the keys of a map, as they are written in an expression. It may be nil.
	Keys func(of string) []string
	// Implied returns what a dot behind the text of an expression, and no operand, stands for, ""
	// if it stands for nothing. It may be nil.
	Implied func(text string) string

	// Redirect opens what the output of a command is to go to: closing it waits for the end of a
	// program. It may be nil; then NoRedirect says why, or it is for a person's commands only.
	Redirect   func(to Redirection) (io.WriteCloser, error)
	NoRedirect string
	// Pager shows the output of commands that are typed at the prompt, if it is longer than the
	// screen. It may be nil.
	Pager *Pager

	// More, if a command has set it, is what an empty line does in place of running that again.
	More func() error

	last    string
	failed  bool
	expands int // aliases in each other
}

// ErrQuit is returned by a command that ends the shell.
var ErrQuit = errors.New("quit")

// maxLine bounds a line of input, in bytes.
const maxLine = 1 << 20

// Failed reports whether a command failed.
func (s *Shell) Failed() bool { return s.failed }

// Loop runs the commands that it reads from In, up to its end or ErrQuit. It
// returns an error if nothing more can be written, or ErrInterrupted.
func (s *Shell) Loop() error {
	in := readLines(s.In)
	defer close(in.more)
	for {
		edited := s.Prompt != "" && s.ReadLine != nil
		if s.Prompt != "" && !edited {
			s.Out.Bold(s.Prompt)
		}
		err := s.Out.Flush()
		if err == nil {
			var line string
			if edited {
				line, err = s.ReadLine(s.Prompt, s.Complete)
				s.Out.drain()
			} else {
				line, err = s.next(in)
			}
			if err == nil {
				err = s.Do(line)
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, ErrInterrupted) && s.Prompt != "":
			s.Out.resume()
			s.Out.Printf("\n")
		case err == io.EOF:
			if s.Prompt != "" {
				s.Out.Printf("\n")
			}
			return s.Out.Flush()
		case err == ErrQuit:
			return s.Out.Flush()
		default:
			return err
		}
	}
}

// next returns the next line of input.
func (s *Shell) next(in *input) (string, error) {
	if !in.asked {
		in.more <- struct{}{}
		in.asked = true
	}
	select {
	case l := <-in.lines:
		in.asked = false
		return l.text, l.err
	case <-s.Interrupt:
		return "", ErrInterrupted
	}
}

// Do runs the command in line; an empty line that a person types runs the last command again. The
// error of a command is printed on Err and not returned. Do returns the errors
// of Loop, and ErrQuit.
func (s *Shell) Do(line string) error {
	line = strings.TrimSpace(line)
	call := s.typed
	if line == "" && s.Prompt != "" {
		if line = s.last; s.More != nil {
			call = s.more
		}
	}
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	s.last = line
	s.Out.begin()
	s.Out.recordLine("> " + line)
	err := call(line)
	if flushed := s.Out.Flush(); flushed != nil {
		return flushed
	}
	if err == ErrQuit || err == nil {
		return err
	}
	s.failed = true
	message := err.Error()
	s.Out.recordLine(message)
	if _, unknown := err.(*unknownError); s.Named && !unknown { // that quotes the command
		message = s.naming(line, message)
	}
	fmt.Fprintln(s.Err, s.Out.safe(message))
	return nil
}

// naming puts the command that failed in front of the message, in place of its name.
func (s *Shell) naming(line, message string) string {
	const longest = 80 // characters
	name, args, _ := strings.Cut(line, " ")
	if c := s.find(name); c != nil {
		message = strings.TrimPrefix(message, c.Names[0]+": ")
	}
	message = strings.TrimPrefix(message, args+": ")
	if all := []rune(line); len(all) > longest {
		line = string(all[:longest]) + "…"
	}
	return line + ": " + message
}

// unknownError is the error of Call for a command that there isn't.
type unknownError struct{ command, hint string }

func (e *unknownError) Error() string {
	return fmt.Sprintf("unknown command %q: %s", e.command, e.hint)
}

// Run runs the command in line alone, and returns its error, or why its output ended early.
func (s *Shell) Run(line string) error {
	s.Out.begin()
	err := s.typed(line)
	if flushed := s.Out.Flush(); flushed != nil {
		s.Out.resume()
		return flushed
	}
	return err
}

// typed runs the command in a line that may say where its output goes.
func (s *Shell) typed(line string) error {
	s.More = nil
	if command, to, ok := Cut(line); ok {
		return s.redirected(command, to)
	}
	return s.run(func() error { return s.Call(line) })
}

// more goes on with what the last command has begun.
func (s *Shell) more(string) error { return s.run(s.More) }

// run runs what prints something for a person to read.
func (s *Shell) run(f func() error) error {
	if s.Prompt != "" {
		s.Out.page(s.Pager)
		defer s.Out.unpage()
	}
	err := f()
	s.Out.end()
	return err
}

// Knows reports whether a word is a command or an alias, or a command that debuggers have and
// this shell doesn't.
func (s *Shell) Knows(word string) bool {
	return s.find(word) != nil || slices.Contains(helpCommand.Names, word) || s.Without[word] != "" ||
		s.Aliases[word] != ""
}

// Call runs the command in line for another command, and returns its error.
func (s *Shell) Call(line string) error {
	name, args := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		name, args = line[:i], strings.TrimSpace(line[i:])
	}
	// w = x gives a name, even if w is a command's, too: none has an argument like that.
	assigns := s.Bare != nil && strings.HasPrefix(args, "=") && !strings.HasPrefix(args, "==")
	if !assigns && (name == "help" || name == "h" || name == "?") {
		return s.help(args)
	}
	if c := s.find(name); c != nil && !assigns {
		return c.Run(args)
	}
	if command := s.Aliases[name]; command != "" && !assigns {
		if s.expands == maxAliases {
			return fmt.Errorf("%s: %d aliases stand for each other", name, maxAliases)
		}
		s.expands++
		defer func() { s.expands-- }()
		return s.Call(strings.TrimSpace(command + " " + args))
	}
	if s.Bare != nil && (assigns || s.Without[name] == "") {
		if ok, err := s.Bare(line); ok {
			return err
		}
	}
	return s.unknown(name)
}

// maxAliases bounds aliases that stand for other aliases.
const maxAliases = 10

// Alias makes a name stand for a command.
func (s *Shell) Alias(name, command string) error {
	switch {
	case !token.IsIdentifier(strings.ReplaceAll(name, "-", "_")) || name[0] == '-':
		return fmt.Errorf("alias: %q is no name: it needs letters, digits, _ and - only", name)
	case s.Aliases[name] == "" && s.Knows(name):
		return fmt.Errorf("alias: %s is a command already", name)
	}
	if s.Aliases == nil {
		s.Aliases = map[string]string{}
	}
	s.Aliases[name] = command
	return nil
}

func (s *Shell) find(name string) *Command {
	i := slices.IndexFunc(s.Commands, func(c Command) bool { return slices.Contains(c.Names, name) })
	if i < 0 {
		return nil
	}
	return &s.Commands[i]
}

func (s *Shell) unknown(name string) error {
	if why := s.Without[name]; why != "" {
		return errors.New(why)
	}
	best, bestDistance := "", 3
	for _, c := range append(s.Commands[:len(s.Commands):len(s.Commands)], helpCommand) {
		for _, n := range c.Names {
			d := Distance(name, n)
			if len(name) > 2 && strings.HasPrefix(n, name) {
				d = 1
			}
			if d < min(bestDistance, len(n)) {
				best, bestDistance = n, d
			}
		}
	}
	if best == "" {
		return &unknownError{name, "help lists the commands"}
	}
	return &unknownError{name, fmt.Sprintf("did you mean %s?", best)}
}

// Distance returns how many bytes must be inserted, deleted or replaced to turn
// a into b (Levenshtein), or the length of a if that is too long for a name.
func Distance(a, b string) int {
	const tooLong = 32
	if len(a) > tooLong {
		return len(a)
	}
	row := make([]int, len(b)+1) // distances of a[:i] to the prefixes of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// helpCommand is the shell's own command.
var helpCommand = Command{
	Names: []string{"help", "h", "?"}, Args: "[COMMAND]", Summary: "list the commands, or say more about one",
}

func (s *Shell) help(name string) error {
	if name != "" {
		c := s.find(name)
		if c == nil && slices.Contains(helpCommand.Names, name) {
			c = &helpCommand
		}
		switch {
		case c == nil && s.Aliases[name] != "":
			s.Out.Printf("%s stands for: %s\n", name, s.Aliases[name])
			return nil
		case c == nil && s.Without[name] != "":
			s.Out.Printf("%s\n", s.Without[name])
			return nil
		case c == nil:
			return s.unknown(name)
		}
		s.Out.Printf("%s %s\n", strings.Join(c.Names, ", "), c.Args)
		s.Out.Printf("    %s\n", strings.ReplaceAll(strings.TrimSpace(c.Summary+"\n"+c.Help), "\n", "\n    "))
		return nil
	}
	for _, c := range append(s.Commands[:len(s.Commands):len(s.Commands)], helpCommand) {
		s.Out.Printf("%-32s %s\n", strings.TrimSpace(strings.Join(c.Names, ", ")+" "+c.Args), c.Summary)
	}
	if s.Prompt != "" {
		s.Out.Printf("An empty line goes on with a value that was cut, and repeats other commands. ")
	}
	s.Out.Printf("help COMMAND says more.\n")
	return nil
}

// input reads lines on request, on a goroutine of its own, so that waiting for a
// line can be interrupted.
type input struct {
	more  chan struct{}
	lines chan inputLine
	asked bool // for a line that hasn't come yet
}

type inputLine struct {
	text string
	err  error
}

func readLines(r io.Reader) *input {
	in := &input{more: make(chan struct{}), lines: make(chan inputLine, 1)}
	go func() {
		b := bufio.NewReader(r)
		for range in.more {
			text, err := readLine(b)
			in.lines <- inputLine{text, err}
		}
	}()
	return in
}

// readLine returns the next line, or the beginning of one that is too long. The
// last line needs no newline.
func readLine(b *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := b.ReadSlice('\n')
		if len(line) < maxLine {
			line = append(line, part...)
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF && len(line) > 0 {
			err = nil
		}
		return string(line), err
	}
}
