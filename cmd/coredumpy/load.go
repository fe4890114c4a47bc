package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"

	"coredumpy"
	"coredumpy/internal/printable"
	"coredumpy/internal/summary"
)

var loadCommand = command{
	name:    "load",
	args:    "[-c COMMAND]... [-src DIR] [-color WHEN] [FILE | -]",
	summary: "look around in a dump as in a debugger",
	help: `
Load opens a dump and takes commands: bt, frame N, up, down, goroutines, locals,
args, p EXPRESSION, list and more; its command help lists them. Neither the
program nor its source is needed. Without FILE it opens the newest dump in the
current directory, and says so; - stands for a dump on standard input, and then
commands come from -c or from the terminal.

  -c COMMAND   run COMMAND and leave; repeat it for more commands
  -src DIR     directory of source files that the dump doesn't hold, or of which
               it has only some functions: for /build/cmd/x/main.go,
               DIR/cmd/x/main.go or DIR/x/main.go and so on. Files of
               modules and of Go's own packages are found without it, where
               GOMODCACHE and GOROOT have the version that the program has
  -color WHEN  always or never; auto, the default, is on a terminal, unless NO_COLOR
               is set in the environment, and everywhere if CLICOLOR_FORCE is

Without -c commands are read from standard input. If that and standard output are
a terminal there is a prompt, and colour unless NO_COLOR is set. Where there is
stty, as on every Unix, the prompt has the keys of Emacs, a history, and Tab to
complete commands, variables and fields. Ctrl-C stops a command, Ctrl-D leaves.
The history is kept in $XDG_STATE_HOME/coredumpy/history, by default in
~/.local/state, without lines that begin with a space; COREDUMPY_HISTORY=off in the
environment turns that off.

What is longer than the screen is shown by $PAGER, or by less if there is one;
PAGER=cat turns that off. COMMAND |! PROGRAM and COMMAND >! FILE send what a
command prints elsewhere, and p -json prints JSON for other programs:

  coredumpy load -c 'f 1 p -json order' FILE | jq .Items[0].SKU

The exit status is 1 if the dump can't be read or a command failed, and 130
after an interrupt.
`,
	run: load,
}

// statusInterrupted is the status that a shell reports for a program ended by SIGINT.
const statusInterrupted = 130

func load(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	s := &session{stdin: stdin, stdout: stdout, stderr: stderr}
	flags.StringVar(&s.src, "src", "", "")
	flags.Func("color", "", func(when string) error {
		if s.color = strings.TrimPrefix(when, "auto"); s.color != "" && s.color != "always" && s.color != "never" {
			return errors.New("write auto, always or never")
		}
		return nil
	})
	flags.Func("c", "", func(c string) error {
		s.commands = append(s.commands, c)
		return nil
	})
	paths, status := parseFlags(flags, stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(paths) > 1:
		return misused(stderr, "load", fmt.Sprintf("unexpected argument %q: one file only", paths[1]))
	case len(paths) == 0:
		newest, n := newestDump(".")
		if n == 0 {
			return misused(stderr, "load", "name a dump to open: there is none in this directory")
		}
		which := "the only dump here"
		if n > 1 {
			which = fmt.Sprintf("the newest of %d dumps here", n)
		}
		fmt.Fprintf(stderr, "coredumpy load: %s is %s\n", printable.Line(newest), which)
		paths = append(paths, newest)
	}
	if isStdin(paths[0]) {
		if isTerminal(stdin) {
			return misused(stderr, "load", "standard input is a terminal: it must be a dump")
		}
		if len(s.commands) > 0 {
			s.stdin = nil
			return s.run(stdin, paths[0])
		}
		terminal, err := os.Open("/dev/tty")
		if err != nil || !isTerminal(stdout) {
			return misused(stderr, "load", "standard input is the dump: name commands by -c")
		}
		defer terminal.Close()
		s.stdin = terminal
		return s.run(stdin, paths[0])
	}
	return s.run(nil, paths[0])
}

// newestDump returns the dump in a directory that was made last, and how many there are.
func newestDump(dir string) (path string, n int) {
	summaries, _ := summary.Read([]string{dir}, false)
	if len(summaries) == 0 {
		return "", 0
	}
	return summaries[0].Path, len(summaries)
}

// isStdin reports whether a path means standard input. The files of systems for that would
// be read up to the end of the dump, and the rest taken for commands.
func isStdin(path string) bool {
	switch path {
	case "-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0":
		return true
	}
	return false
}

// gcPercent is how much garbage there may be, in percent of the memory in use: a dump is all
// in memory, and by default as much garbage as that may come.
const gcPercent = 10

// saveMemory applies gcPercent, unless the user has set the collector.
func saveMemory() {
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// narrowest is how many columns a terminal is taken to have if it doesn't say.
const narrowest = 80

// session is how load opens a dump.
type session struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	src            string   // a directory of source files, or ""
	color          string   // always, never, or "" for what the terminal can do
	commands       []string // if it is empty, they come from stdin
}

// run runs commands on the dump at path, or on that in from if it isn't nil.
func (s *session) run(from io.Reader, path string) (status int) {
	saveMemory()
	core, err := readDump(from, path)
	if err != nil {
		printError(s.stderr, "load", err)
		return statusFailed
	}
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	defer signal.Stop(interrupt)
	o := coredumpy.LoadOptions{
		In: s.stdin, Out: s.stdout, Err: s.stderr, Commands: s.commands, Interrupt: interrupt,
		Prompt: len(s.commands) == 0 && isTerminal(s.stdin) && isTerminal(s.stdout),
		Color:  colored(s.color, s.stdout),
	}
	if o.Prompt || len(s.commands) > 0 { // other commands may come from others
		o.Pipe = func(program string) (io.WriteCloser, error) { return pipe(program, s.stdout, s.stderr) }
	}
	if !o.Prompt { // with a prompt, the session prints it
		s.tellProblems(core, path)
	}
	editor := &fileEditor{stdin: s.stdin, stdout: s.stdout, stderr: s.stderr}
	o.Edit, o.Local = editor.open, editor.known
	if editor.shelf = shelfOf(core); editor.shelf != nil {
		o.Library = editor.shelf.text
	}
	out, _ := s.stdout.(*os.File)
	size := &terminalSize{terminal: out}
	if out != nil && isTerminal(out) {
		o.Columns = func() int { return cmp.Or(size.width(), narrowest) }
	}
	if s.src != "" {
		root, err := os.OpenRoot(s.src)
		if err != nil {
			printError(s.stderr, "load", fmt.Errorf("-src: %w", err))
			return statusFailed
		}
		defer root.Close()
		editor.src = root
		o.Source = func(path string) (string, bool) { return sourceIn(root, path) }
	}
	if o.Prompt {
		if command := pager(); command != "" {
			o.Pager = func() (io.WriteCloser, error) { return s.startPager(command) }
			o.Rows = func() int { rows, _ := size.get(); return rows }
		}
		o.ReadLine = lineEditor(s.stdin.(*os.File), out, size, o.Color)
	}
	err = coredumpy.Load(core, o)
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, coredumpy.ErrInterrupted):
		return statusInterrupted
	case !errors.Is(err, coredumpy.ErrCommand):
		printError(s.stderr, "load", err)
	}
	return statusFailed
}

// readDump reads the dump at path, or that in from if it isn't nil.
func readDump(from io.Reader, path string) (*coredumpy.Core, error) {
	if from != nil {
		return coredumpy.Read(from)
	}
	core, err := coredumpy.Open(path)
	if err != nil {
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
			err = fmt.Errorf("%w; coredumpy peek lists the dumps in it", err)
		}
	}
	return core, err
}

// tellProblems says what of the dump is missing, or isn't understood.
func (s *session) tellProblems(core *coredumpy.Core, path string) {
	if why := core.Missing(); why != "" {
		printError(s.stderr, "load", fmt.Errorf("%s: %s", path, printable.Line(why)))
	}
	if lines := core.Unknown(); len(lines) > 0 {
		printError(s.stderr, "load", fmt.Errorf("%s: %s", path, printable.Line(strings.Join(lines, "; "))))
	}
}

// colored reports whether output has colours: as the user says, else as the environment says
// (no-color.org, bixense.com/clicolors), else if it is a terminal that has them.
func colored(says string, stdout io.Writer) bool {
	switch {
	case says != "":
		return says == "always"
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("CLICOLOR_FORCE") != "" && os.Getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return isTerminal(stdout) && os.Getenv("TERM") != "dumb"
}

// maxSource bounds a source file, in bytes.
const maxSource = 4 << 20

// sourceIn returns the file in a directory whose name has most of a path's end. The path
// is from a dump, and can't lead out of the directory.
func sourceIn(root *os.Root, path string) (text string, ok bool) {
	name, ok := sourceName(root, path)
	if !ok {
		return "", false
	}
	b, err := fs.ReadFile(root.FS(), name)
	return string(b), err == nil
}

// sourceName returns the name of that file in the directory.
func sourceName(root *os.Root, path string) (name string, ok bool) {
	for rest := strings.TrimLeft(filepath.ToSlash(path), "/"); rest != ""; _, rest, _ = strings.Cut(rest, "/") {
		info, err := root.Stat(filepath.FromSlash(rest))
		if err == nil && info.Mode().IsRegular() && info.Size() <= maxSource {
			return rest, true
		}
	}
	return "", false
}

// isTerminal reports whether stream, standard input or output, is a terminal: a
// character device other than the null device.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	stat, err := f.Stat()
	if err != nil || stat.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(stat, null)
}
