package coredumpy

// This file is the face of the debugger-like session over a dump, which is in
// internal/repl.

import (
	"errors"
	"io"
	"os"

	"coredumpy/internal/repl"
	"coredumpy/internal/shell"
)

// LoadOptions say where a [Load] session takes its commands from and how it
// shows what they print.
type LoadOptions struct {
	In       io.Reader // commands, one a line; nil: standard input
	Commands []string  // if not empty they are run instead
	Out      io.Writer // what commands print; nil: standard output
	Err      io.Writer // why commands failed, one line each; nil: standard error
	Prompt   bool      // a person types: greet, and prompt for each command
	Color    bool      // Out understands ANSI escape sequences
	// Columns returns how wide lines of Out may be. If it is nil they may have 200 columns.
	Columns func() int
	// Interrupt stops the command that runs, and the session if there is no
	// prompt to go back to.
	Interrupt <-chan os.Signal
	// Source returns source files that the dump doesn't hold, or holds only in part. It may be
	// nil.
	Source func(path string) (text string, ok bool)
	// Library does the same for files that are of the version in the dump, and is asked first. It
	// may be nil.
	Library func(path string) (text string, ok bool)
	// Edit opens an editor for the command edit. text is what the dump has of the file; lines
	// that it doesn't have are empty. Edit may be nil: then there is no editor.
	Edit func(path, text string, line int) error
	// Local returns the file of this machine that has a path in the dump: stacks show it, and link to
	// it on a terminal. It may be nil.
	Local func(path string) (file string, ok bool)
	// Pipe starts a program that reads what is written, for COMMAND |! PROGRAM; to close that waits
	// for its end. Without it commands don't write files, either: it may be nil, and should be if the
	// commands aren't the user's own.
	Pipe func(program string) (io.WriteCloser, error)
	// Pager starts a program that shows what is written, for a command whose output takes more than
	// a screen of Rows rows; to close it waits for its end. Both may be nil: then there is none.
	Pager func() (io.WriteCloser, error)
	Rows  func() int
	// ReadLine is a line editor: if it isn't nil and Prompt is set, it shows the prompt and
	// reads a command in place of In. complete returns the words that may replace the end
	// of text, which begins at byte from; a word that ends in a space is finished, to others
	// something may be added. The error is [io.EOF] at the end, and
	// [ErrInterrupted] for a line that is given up.
	ReadLine func(prompt string, complete func(text string) (from int, words []string)) (string, error)
}

// Errors of [Load].
var (
	ErrCommand     = repl.ErrCommand // the reason is on LoadOptions.Err
	ErrInterrupted = shell.ErrInterrupted
)

// Load runs a session that looks around in a dump as in a debugger; its command
// "help" lists the others. It returns [ErrCommand] if a command failed and there
// was no prompt, [ErrInterrupted], or an error of writing to Out. All text of
// the dump is made safe for terminals.
func Load(core *Core, o LoadOptions) error {
	if core == nil || core.core == nil {
		return errors.New("coredumpy: there is no dump in the Core given to Load")
	}
	o.standard()
	var pager *shell.Pager
	if o.Pager != nil && o.Rows != nil && o.Columns != nil {
		size := func() (rows, columns int) { return o.Rows(), o.Columns() }
		pager = &shell.Pager{Size: size, Start: o.Pager}
	}
	return repl.Run(core.core, repl.Options{
		In: o.In, Commands: o.Commands, Out: o.Out, Err: o.Err, Prompt: o.Prompt, Color: o.Color,
		Interrupt: o.Interrupt, Source: o.Source, Library: o.Library, ReadLine: o.ReadLine,
		Columns: o.Columns, Edit: o.Edit,
		Local: o.Local, Pipe: o.Pipe, Pager: pager,
	})
}

// standard fills in the standard streams where o has none.
func (o *LoadOptions) standard() {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Err == nil {
		o.Err = os.Stderr
	}
}
