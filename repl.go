package coredumpy

// This file is the debugger-like session over a dump: what its commands do.
// How lines become commands is in internal/shell; expressions are evaluated in
// internal/eval; values, stacks and sources are shown by internal/inspect,
// internal/stacks and internal/listing.

import (
	"cmp"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"path"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/eval"
	"coredumpy/internal/inspect"
	"coredumpy/internal/listing"
	"coredumpy/internal/safetext"
	"coredumpy/internal/shell"
	"coredumpy/internal/stacks"
)

// LoadOptions say where a [Load] session takes its commands from and how it
// shows what they print.
type LoadOptions struct {
	In       io.Reader // commands, one a line; nil: standard input
	Commands []string  // if not empty they are run instead
	Out      io.Writer // what commands print; nil: standard output
	Err      io.Writer // why commands failed, one line each; nil: standard error
	Prompt   bool      // somebody sits there: greet, and ask for each command
	Color    bool      // Out understands ANSI escape sequences
	// Interrupt stops the command that runs, and the session if there is no
	// prompt to go back to.
	Interrupt <-chan os.Signal
	// Source returns source files that the dump doesn't hold. It may be nil.
	Source func(path string) (text string, ok bool)
	// ReadLine, if it isn't nil and there is a prompt, shows the prompt and reads a
	// command in place of In: a line editor. complete returns what may stand in place
	// of the end of a text, from the byte from on. The error is [io.EOF] at the end,
	// and [ErrInterrupted] for a line that is given up.
	ReadLine func(prompt string, complete func(text string) (from int, words []string)) (string, error)
}

// Errors of [Load].
var (
	ErrCommand     = errors.New("a command failed") // told on LoadOptions.Err
	ErrInterrupted = shell.ErrInterrupted
)

// Load runs a session that looks around in a dump as in a debugger; its command
// help lists the others. It returns [ErrCommand] if a command failed and there
// was no prompt, [ErrInterrupted], or an error of writing to Out. All text of
// the dump is made safe for terminals.
func Load(core *Core, o LoadOptions) error {
	if core == nil || core.file == nil {
		return errors.New("coredumpy: there is no dump in the Core given to Load")
	}
	o.standard()
	out := shell.NewOutput(o.Out, safetext.Line, o.Color, o.Interrupt)
	s := &session{core: core, head: core.Head(), out: out, program: stacks.NewProgram(core.Head().Build)}
	s.sources.Lookup = func(path string) (text string, ok bool) {
		if text, ok = core.Source(path); !ok && o.Source != nil {
			if text, ok = o.Source(path); ok {
				out.Printf("(%s is not in the dump: this one may be of another version)\n", safetext.Line(path))
			}
		}
		return text, ok
	}
	s.show = &inspect.Printer[Value, *Type]{
		Out: out, Name: name, Brief: inspect.Brief, Full: inspect.Full,
		Func: func(v Value) string { return v.Func().Func },
	}
	sh := &shell.Shell{In: o.In, Out: out, Err: o.Err, Commands: s.commands(), Without: running, Interrupt: o.Interrupt, ReadLine: o.ReadLine, Names: s.names}
	s.sh = sh
	failed := s.selectFirst()
	if o.Prompt {
		sh.Prompt = "(coredumpy) "
		inspect.Greeting(out, &s.head, core.Missing())
		if s.g != nil {
			s.showGoroutine()
		}
	}
	if failed != nil {
		fmt.Fprintln(o.Err, safetext.Line(failed.Error()))
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
	if err == nil && sh.Failed() && !o.Prompt {
		return ErrCommand
	}
	return err
}

// standard puts the standard streams where there are none.
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

// name returns the name of a type or a field fit for a line: escaped, and cut
// if it is so long that nobody reads it. A dump may show it for each of many
// values.
func name(s string) string {
	const longest = 2000
	if len(s) > longest {
		s = fmt.Sprintf("%s...+%d more", strings.ToValidUTF8(s[:longest], ""), len(s)-longest)
	}
	return safetext.Line(s)
}

// session is the state that commands share.
type session struct {
	core *Core
	head Head
	out  *shell.Output
	sh   *shell.Shell
	show *inspect.Printer[Value, *Type]

	g       *Goroutine // nil if the dump has none that can be read
	frame   int        // index in g.Frames
	globals []Variable
	named   []eval.Constant // nil if not asked for
	program *stacks.Program
	sources listing.Files

	unparsed map[string]bool // files of which has been said that they aren't understood
}

// commands returns the session's commands in the order help shows them.
func (s *session) commands() []shell.Command {
	return []shell.Command{
		{Names: []string{"bt", "where", "w", "stack"}, Args: "[-full] [N]", Summary: "print the stack", Run: s.stack,
			Help: "At most N frames, 50 if N isn't given. -full adds arguments and locals."},
		{Names: []string{"frame", "f"}, Args: "[N [COMMAND]]", Summary: "show or select a frame, or run a command in it", Run: s.selectFrame},
		{Names: []string{"up", "u"}, Args: "[N]", Summary: "go N frames up, to the caller", Run: func(a string) error { return s.move(a, +1) }},
		{Names: []string{"down", "d"}, Args: "[N]", Summary: "go N frames down, to the called function", Run: func(a string) error { return s.move(a, -1) }},
		{Names: []string{"goroutines", "grs"}, Args: "[-v] [REGEXP]", Summary: "list goroutines, those with the same stack together", Run: s.goroutines,
			Help: "A line says where they are: the innermost frame outside the standard library.\nWith REGEXP those of which the status, a label or a function on the stack matches.\n-v prints all frames and all ids."},
		{Names: []string{"goroutine", "gr"}, Args: "[N [COMMAND]]", Summary: "show or select a goroutine, or run a command in it", Run: s.goroutine},
		{Names: []string{"args", "a"}, Args: "[-v] [REGEXP]", Summary: "print arguments and results", Run: s.args,
			Help: "Those whose name matches. -v prints more of each, and unnamed results."},
		{Names: []string{"locals", "lo"}, Args: "[-v] [REGEXP]", Summary: "print local variables", Run: s.locals,
			Help: "Those whose name matches. -v prints more of each.\n(x) is an x that an inner x hides."},
		{Names: []string{"vars"}, Args: "[-v] [REGEXP]", Summary: "print package-level variables", Run: s.vars},
		{Names: []string{"p", "print"}, Args: "[%FORMAT] EXPRESSION", Summary: "print the value of a Go expression", Run: s.print, Help: expressionHelp},
		{Names: []string{"whatis"}, Args: "EXPRESSION", Summary: "print the type of a Go expression", Run: s.whatis},
		{Names: []string{"list", "l", "ls"}, Args: "[PLACE|+|-|.]", Summary: "list source around the line; again: go on", Run: s.list,
			Help: "Around a function (PLACE is its name: run, main.run, (*Server).Serve), or a line (LINE\nor FILE:LINE) of the frame's file or another in the dump; the lines that follow (+)\nor come before (-) those listed last, or around the frame's line again (.)."},
		{Names: []string{"ll"}, Summary: "list the whole function, or file", Run: without("ll", s.listFunction)},
		{Names: []string{"sources"}, Args: "[REGEXP]", Summary: "list the source files in the dump", Run: s.sourceFiles},
		{Names: []string{"info"}, Summary: "print all the dump says about itself", Run: without("info", s.info)},
		{Names: []string{"config"}, Args: "[NAME NUMBER]", Summary: "show or change how much of a value is printed", Run: s.show.Config,
			Help: "max-string    bytes of a string\nmax-elements  elements of a slice, array or map\nmax-depth     levels of structs and containers in each other\n" +
				"What is set here applies to all commands; by itself locals prints less than p."},
		{Names: []string{"quit", "q", "exit"}, Summary: "leave", Run: func(string) error { return shell.ErrQuit }},
	}
}

// running are commands of debuggers for a program that runs.
var running = func() map[string]string {
	m := map[string]string{}
	for name := range strings.FieldsSeq(`continue c next n step s stepout so restart r break b breakpoints bp clear
		trace condition cond on toggle watch set call thread tr threads regs disassemble disass dump`) {
		m[name] = name + " is for a program that runs; a dump shows one moment of it"
	}
	return m
}()

const expressionHelp = `Variables, arguments, captured variables; package-level variables as they are
called in the frame's package, config.Default, or "example.com/app/config".Default;
constants of integer types: Blue, time.March.
x.f, x[i], m["key"], s[1:3], *p, &x, len(x), cap(x), x.(T), x.(*pkg.T), ==,
arithmetic, and conversions to basic types: string(bytes), float64(n). x.(data)
is the value in interface x, m[n:] leaves out the first n entries of a map, and
panic is the value the goroutine panics with. What was shown as (*T)(0x1234) can
be written so.
A note on a variable is shown below what is made of it.
%x, %#b, %q and the like print a number, a text or bytes as package fmt does.`

// selectFirst selects the goroutine that the dump is about, or the first that
// can be read, and returns why it isn't the one it should be.
func (s *session) selectFirst() (failed error) {
	ids := s.core.Goroutines()
	if i := slices.Index(ids, s.head.Goroutine); i > 0 {
		ids = append([]int64{s.head.Goroutine}, ids...)
	}
	for _, id := range ids {
		err := s.selectGoroutine(id)
		if err == nil {
			return failed
		}
		failed = cmp.Or(failed, err)
	}
	return failed
}

var errNoGoroutine = errors.New("there is no goroutine in the dump")

func (s *session) selectGoroutine(id int64) error {
	g, err := s.core.Goroutine(id)
	if err != nil {
		return err
	}
	s.g, s.frame = g, s.firstFrame(g)
	s.sources.Rewind()
	return nil
}

// firstFrame returns the frame that is worth looking at first: where the
// program failed, or the innermost one outside the standard library.
func (s *session) firstFrame(g *Goroutine) int {
	if top := s.head.Top; top != nil && g.ID == s.head.Goroutine {
		for i := range g.Frames {
			if g.Frames[i].Place == *top {
				return i
			}
		}
	}
	if rec, err := s.core.file.Goroutine(g.ID); err == nil {
		return s.program.UserFrame(rec.Frames)
	}
	return 0
}

// current returns the selected frame.
func (s *session) current() (*Frame, error) {
	if s.g == nil {
		return nil, errNoGoroutine
	}
	if s.frame >= len(s.g.Frames) {
		if s.g.Note != "" {
			return nil, fmt.Errorf("goroutine %d has no frames: %s", s.g.ID, s.g.Note)
		}
		return nil, fmt.Errorf("goroutine %d has no frames", s.g.ID)
	}
	return &s.g.Frames[s.frame], nil
}

// tellUnparsed says, once for each file, that the source of a frame can't be
// understood, as the program was built with a later version of Go. Then the variables
// have the caveats that it would have settled.
func (s *session) tellUnparsed(f *Frame) {
	if s.unparsed[f.File] || version.Compare(version.Lang(s.head.GoVersion), version.Lang(runtime.Version())) <= 0 {
		return
	}
	why := s.core.unparsed(f.File)
	if why == "" {
		return
	}
	if s.unparsed == nil {
		s.unparsed = map[string]bool{}
	}
	s.unparsed[f.File] = true
	s.out.Printf("(%s isn't understood: %s; this coredumpy was built with %s, the program with %s)\n",
		safetext.Line(f.File), safetext.Line(why), runtime.Version(), safetext.Line(s.head.GoVersion))
}

// stack is the command bt.
func (s *session) stack(args string) error {
	const most = 50
	limit := most
	var under func(int, string)
	for _, arg := range strings.Fields(args) {
		n, err := strconv.Atoi(arg)
		switch {
		case arg == "-full":
			under = s.frameDetails
		case err != nil || n < 1:
			return fmt.Errorf("bt: %q is not a number of frames", arg)
		default:
			limit = n
		}
	}
	if _, err := s.current(); err != nil {
		return err
	}
	rec, err := s.core.file.Goroutine(s.g.ID)
	if err == nil {
		stacks.Write(s.out, rec, limit, under)
	}
	return err
}

func (s *session) frameDetails(frame int, indent string) {
	vars := s.g.Frames[frame].Vars
	s.variables(vars, indent, inspect.Filter{}, isArgument)
	s.variables(vars, indent, inspect.Filter{}, isLocal)
}

// without returns a command that takes no arguments.
func without(name string, run func() error) func(string) error {
	return func(args string) error {
		if args != "" {
			return fmt.Errorf("%s: unexpected argument %q", name, args)
		}
		return run()
	}
}

// goroutines is the command goroutines.
func (s *session) goroutines(args string) error {
	filter, err := inspect.ParseFilter(args)
	if rest := strings.TrimSpace(strings.TrimPrefix(args, "-v")); strings.HasPrefix(rest, "-") {
		err = fmt.Errorf("unknown argument %q", rest)
	}
	if err != nil {
		return fmt.Errorf("goroutines: %w", err)
	}
	matches := func(g *corefile.Goroutine) bool {
		return filter.Wants(g.Status) || slices.ContainsFunc(g.Labels, filter.Wants) ||
			slices.ContainsFunc(g.Frames, func(f corefile.Frame) bool { return filter.Wants(f.Func) })
	}
	groups := stacks.Groups{Program: s.program, Lookup: s.core.file.Goroutine}
	if s.g != nil {
		groups.Current = s.g.ID
	}
	var failed error
	for _, id := range s.core.Goroutines() {
		if s.out.Err() != nil {
			return nil
		}
		rec, err := s.core.file.Goroutine(id)
		if err != nil {
			failed = err
			continue
		}
		if matches(rec) {
			groups.Add(rec)
		}
	}
	groups.Write(s.out, filter.Verbose)
	return failed
}

// goroutine is the command goroutine.
func (s *session) goroutine(args string) error {
	if args == "" {
		if s.g == nil {
			return errNoGoroutine
		}
		s.showGoroutine()
		return nil
	}
	number, command, _ := strings.Cut(args, " ")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return fmt.Errorf("goroutine: %q is not the id of a goroutine", number)
	}
	if !slices.Contains(s.core.Goroutines(), id) {
		return fmt.Errorf("there is no goroutine %d in the dump", id)
	}
	g, frame := s.g, s.frame
	if err := s.selectGoroutine(id); err != nil {
		return err
	}
	if command = strings.TrimSpace(command); command == "" {
		s.showGoroutine()
		return nil
	}
	defer func() { s.g, s.frame = g, frame }()
	return s.sh.Call(command)
}

// showGoroutine prints what the selected goroutine does, and its frame.
func (s *session) showGoroutine() {
	rec, err := s.core.file.Goroutine(s.g.ID)
	if err != nil {
		s.out.Printf("(%v)\n", err)
		return
	}
	s.out.Printf("Goroutine %d [%s]\n", s.g.ID, stacks.State(rec))
	for i := 0; i+1 < len(rec.Labels); i += 2 {
		s.out.Printf("label %q: %q\n", rec.Labels[i], rec.Labels[i+1])
	}
	if rec.Note != "" {
		s.out.Printf("(%s)\n", safetext.Line(rec.Note))
	}
	s.showFrame()
}

// selectFrame is the command frame.
func (s *session) selectFrame(args string) error {
	if args == "" {
		s.showFrame()
		return nil
	}
	number, command, _ := strings.Cut(args, " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("frame: %q is not the number of a frame", number)
	}
	if command = strings.TrimSpace(command); command == "" {
		return s.goTo(n)
	}
	defer func(before int) { s.frame = before }(s.frame)
	if err := s.setFrame(n); err != nil {
		return err
	}
	return s.sh.Call(command)
}

func (s *session) setFrame(n int) error {
	if _, err := s.current(); err != nil {
		return err
	}
	if last := len(s.g.Frames) - 1; n < 0 || n > last {
		return fmt.Errorf("frame %d is out of range: goroutine %d has frames 0 to %d", n, s.g.ID, last)
	}
	s.frame = n
	s.sources.Rewind()
	return nil
}

func (s *session) goTo(n int) error {
	if err := s.setFrame(n); err != nil {
		return err
	}
	s.showFrame()
	return nil
}

// move is the commands up and down.
func (s *session) move(args string, direction int) error {
	n := 1
	if args != "" {
		var err error
		if n, err = strconv.Atoi(args); err != nil || n < 0 {
			return fmt.Errorf("%q is not a number of frames", args)
		}
	}
	if _, err := s.current(); err != nil {
		return err
	}
	to := min(max(s.frame+n*direction, 0), len(s.g.Frames)-1)
	switch {
	case to != s.frame || n == 0:
		return s.goTo(to)
	case direction > 0:
		return fmt.Errorf("frame %d is the outermost of goroutine %d", s.frame, s.g.ID)
	default:
		return fmt.Errorf("frame %d is the innermost of goroutine %d", s.frame, s.g.ID)
	}
}

// showFrame prints where the selected frame is, with the source around it.
func (s *session) showFrame() {
	f, err := s.current()
	if err != nil {
		s.out.Printf("(%v)\n", err)
		return
	}
	s.tellUnparsed(f)
	s.out.Printf("Frame %d: ", s.frame)
	s.out.Bold(safetext.Line(f.Func) + "()")
	s.out.Printf(" %s (PC: %#x)\n", stacks.Position(f.Place), f.PC)
	if f.Optimized {
		s.out.Printf("(optimized: some variables have no value)\n")
	}
	source, err := s.sources.Open(f.File)
	if err == nil {
		err = source.Around(s.out, f.Line, f.Line)
	}
	if err != nil {
		s.out.Printf("(%s)\n", safetext.Line(err.Error()))
	}
}

// source returns the selected frame, and its file.
func (s *session) source() (*Frame, *listing.Source, error) {
	f, err := s.current()
	if err != nil {
		return nil, nil, err
	}
	source, err := s.sources.Open(f.File)
	return f, source, err
}

// listFunction is the command ll.
func (s *session) listFunction() error {
	f, source, err := s.source()
	if err != nil {
		return err
	}
	return source.Func(s.out, f.Line)
}

// list is the command list.
func (s *session) list(args string) error {
	f, source, err := s.source()
	if _, no := strconv.Atoi(args); err != nil && (f == nil || no == nil || slices.Contains([]string{"", "+", "-", "."}, args)) {
		return err // what is asked for isn't in another file
	}
	switch args {
	case "", "+":
		return source.Next(s.out, f.Line)
	case "-":
		return source.Previous(s.out, f.Line)
	case ".":
		return source.Around(s.out, f.Line, f.Line)
	}
	file, number := "", args
	if i := strings.LastIndexByte(args, ':'); i >= 0 {
		file, number = args[:i], args[i+1:]
	}
	line, err := strconv.Atoi(number)
	if err != nil {
		if file, line = s.function(args, f); file == "" {
			return fmt.Errorf("list: %q is neither a function in the dump's sources nor a line: a number, FILE:NUMBER, +, - or .", args)
		}
	}
	if file == "" {
		return source.Around(s.out, line, f.Line)
	}
	path, err := s.sourceNamed(file, f.File)
	if err != nil {
		return err
	}
	if source, err = s.sources.Open(path); err != nil {
		return err
	}
	marked := 0
	if path == f.File {
		marked = f.Line
	}
	return source.Around(s.out, line, marked)
}

// function returns where a function is declared, in the directory of the frame's file
// if there are several of the name; "" if there is none.
func (s *session) function(name string, f *Frame) (file string, line int) {
	for _, candidate := range s.core.file.Sources() {
		at := s.core.syntax(candidate).Function(name)
		if at != 0 && (file == "" || path.Dir(candidate) == path.Dir(f.File)) {
			file, line = candidate, at
		}
	}
	return file, line
}

// sourceFiles is the command sources.
func (s *session) sourceFiles(args string) error {
	filter, err := inspect.ParseFilter(args)
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	for _, path := range s.core.file.Sources() {
		if filter.Wants(path) {
			s.out.Printf("%s\n", safetext.Line(path))
		}
	}
	return nil
}

// sourceNamed returns the path of the source file in the dump that has the given
// name, or a path that ends so: the frame's own if that does.
func (s *session) sourceNamed(name, own string) (string, error) {
	var found []string
	for _, path := range append([]string{own}, s.core.file.Sources()...) {
		if path == name || strings.HasSuffix(path, "/"+name) {
			if path == own || path == name {
				return path, nil
			}
			found = append(found, path)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("list: the dump holds no source file %s", name)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("list: %s is one of %s: say more of its path", name, strings.Join(found, ", "))
}

func isArgument(v *Variable) bool { return v.Role == Argument || v.Role == Result }

func isLocal(v *Variable) bool { return !isArgument(v) }

// args is the command args.
func (s *session) args(args string) error { return s.frameVariables("args", args, isArgument) }

// locals is the command locals.
func (s *session) locals(args string) error { return s.frameVariables("locals", args, isLocal) }

func (s *session) frameVariables(what, args string, is func(*Variable) bool) error {
	filter, err := inspect.ParseFilter(args)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	f, err := s.current()
	if err != nil {
		return err
	}
	s.tellUnparsed(f)
	switch {
	case s.variables(f.Vars, "", filter, is):
	case f.Note != "":
		s.out.Printf("(no %s: %s)\n", what, safetext.Line(f.Note))
	case f.PC == 0 && len(s.head.Notes) > 0: // from a traceback, without debug information
		s.out.Printf("(no %s: info says why)\n", what)
	default:
		s.out.Printf("(no %s)\n", what)
	}
	return nil
}

// vars is the command vars.
func (s *session) vars(args string) error {
	filter, err := inspect.ParseFilter(args)
	if err != nil {
		return fmt.Errorf("vars: %w", err)
	}
	globals, err := s.packageVariables()
	if !s.variables(globals, "", filter, func(*Variable) bool { return true }) && err == nil {
		s.out.Printf("(no vars)\n")
	}
	return err
}

// packageVariables returns those that can be read, and why others can't.
func (s *session) packageVariables() (vars []Variable, err error) {
	if s.globals == nil {
		s.globals, err = s.core.Globals()
	}
	return s.globals, err
}

// variables prints those variables that are wanted, "name = value (note)", and
// reports whether there was one.
func (s *session) variables(vars []Variable, indent string, wanted inspect.Filter, is func(*Variable) bool) (found bool) {
	for i := range vars {
		v := &vars[i]
		if !is(v) || !wanted.Wants(v.Name) || s.out.Err() != nil {
			continue
		}
		found = true
		name := safetext.Line(v.Name)
		if v.Shadowed {
			name = "(" + name + ")"
		}
		s.out.Printf("%s%s = ", indent, name)
		if wanted.Verbose {
			s.show.Value(v.Value)
		} else {
			s.show.Line(v.Value)
		}
		s.note(v)
		s.out.Printf("\n")
	}
	return found
}

func (s *session) note(v *Variable) {
	if v.Note != "" {
		s.out.Printf(" (%s)", safetext.Line(v.Note))
	}
}

// noteOfPackage is a caveat about a name that is no variable of the frame.
const noteOfPackage = "the package's; one of the function may hide it: the source, which would tell, isn't in the dump"

// eval evaluates an expression in the selected frame, or without one. noted is
// the first variable in it that has a note, nil if none has.
func (s *session) eval(command, expr string) (r eval.Result[Value], noted *Variable, err error) {
	if expr == "" {
		return r, nil, fmt.Errorf("%s: no expression", command)
	}
	use := func(v *Variable) Value {
		if noted == nil && v.Note != "" {
			noted = v
		}
		return v.Value
	}
	f, err := s.current()
	if err != nil {
		f = &Frame{} // package-level variables can be had all the same
	}
	globals, _ := s.packageVariables() // those that can be read
	names := make([]string, len(globals))
	for i := range globals {
		names[i] = globals[i].Name
	}
	rewritten, shown := s.show.Recall(expr)
	scope := eval.Scope[Value]{
		Package: f.Package,
		Globals: names, Constants: s.constants,
		Global: func(i int) Value { return use(&globals[i]) },
		Absent: func(name string, inPackage bool) string {
			why, unsure := s.core.absent(f, name)
			if unsure && inPackage && noted == nil {
				noted = &Variable{Name: name, Note: noteOfPackage}
			}
			return why
		},
		Local: func(name string) (v Value, ok bool) {
			if r, ok := shown[name]; ok {
				return r.Value, true
			}
			if v := f.variable(name); v != nil && !v.Shadowed {
				return use(v), true
			}
			if name == "panic" && s.g != nil && s.g.Panic != nil {
				return use(s.g.Panic), true
			}
			return v, false
		},
	}
	r, err = eval.Eval(rewritten, scope)
	if err != nil && strings.HasPrefix(err.Error(), "cannot find symbol ") && strings.Contains(err.Error(), ".") {
		err = fmt.Errorf("%w; of package-level variables there are those of the main module, see vars", err)
	}
	for name, v := range shown {
		if err != nil {
			err = errors.New(strings.ReplaceAll(err.Error(), name, v.Text))
		}
	}
	return r, noted, err
}

// names returns names of variables in the selected frame; if of isn't empty those of
// the fields that it has, or of the package's variables that it is.
func (s *session) names(of string) (names []string) {
	f, err := s.current()
	if err != nil {
		f = &Frame{}
	}
	pkg := f.Package
	if of == "" {
		names = append(names, "panic")
		for i := range f.Vars {
			names = append(names, f.Vars[i].Name)
		}
	} else if r, _, err := s.eval("", of); err == nil {
		v := r.Value
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		t := v.Type()
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		for i := range t.NumField() {
			name, _, _ := t.Field(i)
			names = append(names, name)
		}
		return names
	}
	globals, _ := s.packageVariables()
	for i := range globals {
		dot := strings.LastIndexByte(globals[i].Name, '.')
		if from := globals[i].Name[:max(dot, 0)]; of == "" && from == pkg || of != "" && from[strings.LastIndexByte(from, '/')+1:] == of {
			names = append(names, globals[i].Name[dot+1:])
		}
	}
	return names
}

// constants returns the constants of the types in the dump.
func (s *session) constants() []eval.Constant {
	if s.named != nil {
		return s.named
	}
	s.named = []eval.Constant{}
	for _, id := range s.core.file.Types() {
		t := s.core.typeOf(id)
		name := t.String()
		for _, k := range t.record().Constants {
			s.named = append(s.named, eval.Constant{Name: name[:strings.LastIndexByte(name, '.')+1] + k.Name, Type: name, Kind: t.Kind(), Value: k.Value})
		}
	}
	return s.named
}

// variable returns the variable that a name means in a frame, nil if there is
// none.
func (f *Frame) variable(name string) (found *Variable) {
	for i := range f.Vars {
		if v := &f.Vars[i]; v.Name == name && (found == nil || found.Shadowed) {
			found = v
		}
	}
	return found
}

// print is the command p.
func (s *session) print(args string) error {
	format, expr, err := inspect.Format(args)
	if err != nil {
		return fmt.Errorf("p: %w", err)
	}
	r, noted, err := s.eval("p", expr)
	if err != nil {
		return err
	}
	if err := s.show.Result(expr, format, r); err != nil {
		return err
	}
	switch {
	case noted == nil:
	case noted.Name == expr:
		s.out.Printf("(%s)\n", safetext.Line(noted.Note))
	default: // what holds for a variable holds for what is made of it
		s.out.Printf("(%s: %s)\n", safetext.Line(noted.Name), safetext.Line(noted.Note))
	}
	return nil
}

// whatis is the command whatis.
func (s *session) whatis(expr string) error {
	r, _, err := s.eval("whatis", expr)
	if err == nil {
		s.show.Type(r)
	}
	return err
}

// info is the command info.
func (s *session) info() error {
	inspect.Head(s.out, &s.head, s.core.Missing())
	if s.g == nil || s.g.Panic == nil {
		return nil
	}
	s.out.Printf("panic value: ")
	s.show.Line(s.g.Panic.Value)
	s.out.Printf("\n")
	for i := range s.g.Earlier {
		s.out.Printf("earlier panic: ")
		s.show.Line(s.g.Earlier[i].Value)
		s.out.Printf("\n")
	}
	return nil
}
