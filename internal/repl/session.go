// Package repl is the prompt: a debugger-like session over a dump, and what its commands
// print. Package inspector answers what they ask of the dump; package shell turns lines
// into commands.
package repl

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/heap"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/shell"
	"coredumpy/internal/source"
	"coredumpy/internal/waits"
)

// Options say where a session takes its commands from and how it shows what they print,
// see coredumpy.LoadOptions.
type Options struct {
	In        io.Reader
	Commands  []string // if not empty they are run instead
	Out, Err  io.Writer
	Prompt    bool
	Color     bool
	Interrupt <-chan os.Signal
	Source    func(path string) (text string, ok bool) // may be nil
	Library   func(path string) (text string, ok bool) // may be nil
	ReadLine  func(prompt string, complete func(text string) (from int, words []string)) (string, error)
	Columns   func() int // of a line of Out; nil: 200
	// Edit opens an editor at a line of the file that has that path in the dump. text is what
	// the dump has of it, "" for nothing. It may be nil.
	Edit func(path, text string, line int) error
	// Local returns the file of this machine that has that path in the dump. It may be nil.
	Local func(path string) (file string, ok bool)
	// Pipe starts a program of the user's that reads what is written; closing that waits for its
	// end. It is nil where commands come from others than the user: then they write no files, either.
	Pipe func(program string) (io.WriteCloser, error)
	// Pager shows what is longer than the screen, if there is a prompt. It may be nil.
	Pager *shell.Pager
}

// defaultColumns is how wide lines are that no terminal shows.
const defaultColumns = 200

// ErrCommand says that a command failed. Options.Err has the reason.
var ErrCommand = errors.New("a command failed")

// Run runs a session.
func Run(core *dump.Core, o Options) error {
	in, failed := inspector.New(core)
	s := newSession(in, o)
	sh := s.sh
	sh.Named = !o.Prompt && len(o.Commands) != 1
	if o.Prompt {
		sh.Prompt = "(coredumpy) "
		greet(s.out, core.Head(), core.Missing(), core.Unknown())
		if g, err := in.Selected(); err == nil {
			s.showGoroutine(g)
		}
	}
	if failed != nil {
		fmt.Fprintln(o.Err, printable.Line(failed.Error()))
	}
	var err error
	if len(o.Commands) > 0 {
		for i := 0; i < len(o.Commands) && err == nil; i++ {
			err = sh.Do(o.Commands[i])
		}
		if err == shell.ErrQuit {
			err = nil
		}
	} else {
		err = sh.Loop()
	}
	if s.record != nil {
		err = cmp.Or(err, s.endTranscript())
	}
	if err == nil && sh.Failed() && !o.Prompt {
		return ErrCommand
	}
	return err
}

// Console returns a shell with the commands of a session over an inspector, for lines that
// come from elsewhere than o.In. Its commands run no programs and write no files.
func Console(in *inspector.Inspector, o Options) *shell.Shell {
	s := newSession(in, o)
	withoutLocal(s.sh)
	return s.sh
}

func newSession(in *inspector.Inspector, o Options) *session {
	out := shell.NewOutput(o.Out, printable.Line, o.Color, o.Interrupt)
	out.Limit, out.CutHint = maxOutput, ": config max-output prints more"
	s := &session{in: in, out: out, color: o.Color, terminal: o.Columns != nil, edits: o.Edit, finds: o.Local}
	out.Links = o.Color && o.Columns != nil
	if o.Prompt && o.ReadLine != nil {
		s.progress = o.Out
	}
	s.findSources(o.Library, o.Source)
	s.show = &printer{out: out, output: &out.Limit, brief: brief, full: full, shown: in.Remember, lines: maxLines,
		waiters: s.channelWaiters, columns: s.columns(o.Columns)}
	if o.Columns != nil { // in a file, the values could be taken for comments of the source
		s.sources.Behind, s.sources.Width = s.behind, o.Columns
	}
	s.sh = &shell.Shell{In: o.In, Out: out, Err: o.Err, Commands: s.complete(s.commands()), Without: refused,
		Interrupt: o.Interrupt, ReadLine: o.ReadLine, Names: in.Names, Keys: in.Keys, Bare: s.bare, Implied: s.implied,
		Redirect: redirector(o.Pipe), Pager: o.Pager}
	return s
}

// name returns the name of a type or a field fit for a line: escaped, and cut
// if it is too long to read. A dump may show it for each of many values.
func name(s string) string {
	const longest = 2000
	if len(s) > longest {
		s = fmt.Sprintf("%s...+%d more", strings.ToValidUTF8(s[:longest], ""), len(s)-longest)
	}
	return printable.Line(s)
}

// session is the state that commands share.
type session struct {
	in      *inspector.Inspector
	out     *shell.Output
	sh      *shell.Shell
	show    *printer
	sources source.Files
	waiting *waits.Report // nil if not asked for
	memory  *heap.Heap    // nil if not asked for

	progress  io.Writer // a terminal, or nil
	color     bool
	terminal  bool                                     // Out is one
	displayed []string                                 // expressions
	edits     func(path, text string, line int) error  // may be nil
	finds     func(path string) (file string, ok bool) // may be nil
	found     map[string]string                        // the files that it has returned
	sourced   int                                      // how many files of commands run
	record    *os.File                                 // see transcript
}

// commands returns the session's commands in the order help shows them. To add one, add it
// here.
func (s *session) commands() []shell.Command {
	return slices.Concat(s.stackCommands(), s.memoryCommands(), s.valueCommands(), s.nameCommands(),
		s.sessionCommands(), []shell.Command{{Names: []string{"quit", "q", "exit"}, Summary: "leave",
			Run: func(string) error { return shell.ErrQuit }}})
}

// stackCommands are the commands about goroutines and their stacks.
func (s *session) stackCommands() []shell.Command {
	return []shell.Command{
		{Names: []string{"bt", "where", "w", "stack"}, Args: "[FLAG] [N]", Summary: "print the stack",
			Run: s.stack, Help: "At most N frames, 50 if N isn't given. The flag -full adds arguments and locals.\n" +
				"On a terminal each frame is a row, with the arguments whose values are certain; those of\n" +
				"libraries that follow each other are one row,\n" +
				"and those of the program's own modules are bold. -a prints all, with addresses and paths."},
		{Names: []string{"frame", "f"}, Args: "[N [COMMAND]]",
			Summary: "show or select a frame, or run a command in it", Run: s.selectFrame},
		{Names: []string{"up", "u"}, Args: "[N|-m]", Summary: "go N frames up, to the caller",
			Help: "-m goes to the next frame of the program's own code.",
			Run:  func(a string) error { return s.move(a, +1) }},
		{Names: []string{"down", "d"}, Args: "[N|-m]", Summary: "go N frames down, to the called function",
			Help: "-m goes to the next frame of the program's own code.",
			Run:  func(a string) error { return s.move(a, -1) }},
		{Names: []string{"goroutines", "grs"}, Args: "[FLAG] [REGEXP]",
			Summary: "list goroutines, those with the same stack together", Run: s.goroutines, Help: goroutinesHelp},
		{Names: []string{"goroutine", "gr"}, Args: "[N [COMMAND]]",
			Summary: "show or select a goroutine, or run a command in it", Run: s.goroutine},
		{Names: []string{"each"}, Args: "[-v] [REGEXP] EXPRESSION", Summary: "print a value in each goroutine",
			Run: s.each, Help: eachHelp},
		{Names: []string{"waits", "waiters"}, Args: "[-v]", Summary: "say who waits for what, and for whom",
			Run: s.waits, Help: waitsHelp},
	}
}

// valueCommands are the commands that print values, source, and the dump's head.
func (s *session) valueCommands() []shell.Command {
	return []shell.Command{
		{Names: []string{"args", "a"}, Args: "[-v|-json] [REGEXP]", Summary: "print arguments and results", Run: s.args,
			Help: "With REGEXP, those whose name matches. -v prints more of each, and unnamed results.\n" +
				asViews + "\n" + asObject},
		{Names: []string{"locals", "lo"}, Args: "[-v|-json] [REGEXP]", Summary: "print local variables", Run: s.locals,
			Help: "With REGEXP, those whose name matches. -v prints more of each.\n" +
				"(x) is an x that an inner x hides.\n" + asViews + "\n" + asObject},
		{Names: []string{"vars"}, Args: "[-v|-json] [REGEXP]", Summary: "print package-level variables",
			Run: s.vars, Help: asObject},
		{Names: []string{"p", "print"}, Args: "[FLAG] EXPRESSION", Summary: "print the value of a Go expression",
			Run: s.print, Help: expressionHelp + "\n\n" + rowsHelp + "\n\n" + jsonHelp},
		{Names: []string{"pp"}, Args: "EXPRESSION", Summary: "print the parts of a value, each on a line",
			Run: s.printParts},
		{Names: []string{"v", "view"}, Args: "EXPRESSION", Summary: "print a value as people read it",
			Run: s.view, Help: viewHelp},
		{Names: []string{"chain"}, Args: "[-v] [-by FIELD] EXPRESSION",
			Summary: "print what a value leads to, a row a link", Run: s.chain, Help: chainHelp},
		{Names: []string{"origin"}, Args: "[-v] EXPRESSION", Summary: "say where a value comes from",
			Run: s.origin, Help: originHelp},
		{Names: []string{"whatis"}, Args: "EXPRESSION", Summary: "print the type of a Go expression", Run: s.whatis},
		{Names: []string{"examinemem"}, Args: "[FLAG]... ADDRESS", Summary: "print memory, as bytes or numbers",
			Run: s.examine, Help: examineHelp},
		{Names: []string{"x"}, Args: "[FLAG]... ADDRESS", Summary: "short for examinemem, unless there is an x",
			Run: s.examineOrX, Help: examineHelp},
		{Names: []string{"list", "l", "ls"}, Args: "[PLACE|+|-|.]",
			Summary: "list source around the line; repeated: go on", Run: s.list,
			Help: "PLACE is a function (run, main.run, (*Server).Serve) or a line (LINE or FILE:LINE), in\n" +
				"the frame's file or another in the dump. + lists the lines after those listed last,\n" +
				"- the lines before them, and . the lines around the frame's line."},
		{Names: []string{"ll", "longlist"}, Summary: "list the whole function, or file",
			Run: without("ll", s.listFunction)},
		{Names: []string{"sources"}, Args: "[REGEXP]", Summary: "list the source files in the dump", Help: sourcesHelp,
			Run: s.sourceFiles},
		{Names: []string{"info"}, Summary: "print all the dump says about itself", Run: without("info", s.info)},
		{Names: []string{"config"}, Args: "[NAME NUMBER]", Summary: "show or change how much of a value is printed",
			Run: s.show.config,
			Help: "max-string    bytes of a string\n" +
				"max-elements  elements of a slice, array or map\n" +
				"max-depth     levels of structs and containers in each other\n" +
				"max-lines     of a value: if it takes more, each of its parts has a line; 0 for no limit\n" +
				"max-output    bytes that a command prints in all; 0 for no limit\n" +
				"A limit set here applies to all commands. By default, locals prints less than p."},
	}
}

const asViews = "A line each, cut to the terminal's width; values look as v prints them, p prints the fields."

const asObject = `-json prints an object of JSON with their values, see help p; $notes has the doubts about them, and
$shadowed a list of those that inner ones of the same name hide.`

const viewHelp = `A value of a type of the standard library that this command knows is shown by what it means: a
time.Duration as 1.5s, a net.IP as 10.1.2.3, a sync.Mutex as locked or unlocked, an error as its
message with the errors that it wraps below, a context layer by layer, bytes that are text as text.
No method of the value is called: what the program's own String would say isn't known. p EXPRESSION
prints the fields of the same value, and p %x the bytes in hex.`

const expressionHelp = `EXPRESSION is what Delve's print takes, and more of Go. p a, b prints several.
p is also what runs if a line begins with no command: order.ID.

Names: variables, arguments, captured variables; package-level variables as they are
called in the frame's package, config.Default, or "example.com/app/config".Default, or
"app/config".Default; integer constants of the program's packages with a call on a stack,
and exported ones of other packages whose types are in the dump: Blue, limit, time.March;
functions on stacks and in source files of the dump, see funcs, and methods: x.Method.
panic is the value that the goroutine panics with. _ is what p printed last, $1 what it
printed first, and so on; x = EXPRESSION gives a name to a result.

Forms: x.f, x[i], m["key"], m[T{1, 2}], s[1:3], *p, &x, len, cap, min, max, real, imag,
complex, x.(T), x.(*pkg.T), operators and comparison as in Go, T{1, 2}, []T{x}, map[K]V{k: x},
conversions T(x), (*T)(p). (*T)(0x1234) is the T at an address of the dump. Calls aren't
evaluated. T may be a type of a versioned package, money.Price of example.com/money/v2, or an
alias, of the standard library or a source file: *os.PathError.

What differs from Delve:
  Fields, elements, len, *x and the conditions !x, x && y of an interface are those of the
  value in it, and so is the order: any.f, any[i], any < 2. Interfaces compare with everything,
  as in Go, but for types of a source file that lack its methods. x.(I) of an interface type I
  is x if source files in the dump show that it has the methods of I. To calculate or convert,
  take the value: x.(int) + 1, or x.(data) + 1.
  Constants, shifts and results follow Go where Delve doesn't: uint8(200) + 100 is 44,
  -u of an unsigned u wraps, u8 + 1000 is an error, NaN and Inf are calculated with, 1.0 << 3 is
  8. An index may be of any integer type. 1e100 as an int is an error: it depends on the machine.
  Conversions are Go's: complex64(z), (*T)(nil), any(x), main.Sl(nil), uintptr(unsafe.Pointer).
  m[n:] leaves out the first n entries of a map, m[a:b] has those from a to b, ch[0] is
  the next element of a channel, and ch.buf begins with it.
  Times are in their own zone, with fractions of a second; p t.loc shows what the zone consists of.
  A func value shows what it has captured, as far as debug information says: in an optimized
  build it leaves some variables out. fn.receiver is what a method value is bound to.
  A channel is chan T 2/4, and who waits and what is buffered comes in lines below. Channels,
  unsafe.Pointers and nil interfaces compare. Pointers aren't calculated with, nor functions:
  -p and f + f are errors. string(n) of a number that is no character is "\ufffd".
  x[a:b] of an array is a slice, also if its type has a name or x points to it; x[a:b:c] has a
  capacity.
  A value that is cut shows how much more there is, one that isn't there why. [...] is what
  config has cut, [... depth limit] what the dump doesn't hold.
  config max-string 64, max-elements 64 and max-depth 1 are Delve's limits; p shows more.
  Errors begin with Delve's words; what follows a colon is more about the case. One about a nil
  pointer names it. The dump has no memory beside its values, nor the addresses of map entries.

A note on a variable is shown below every value made from it. %x, %#b, %q and the like print a
number, a text or bytes as package fmt does, and those that are parts of other values.`

// without returns a command that takes no arguments.
func without(name string, run func() error) func(string) error {
	return func(args string) error {
		if args != "" {
			return fmt.Errorf("%s: unexpected argument %q", name, args)
		}
		return run()
	}
}
