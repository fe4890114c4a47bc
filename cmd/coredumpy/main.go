// Coredumpy makes dumps of crashing Go programs, and looks into them: the files
// that package coredumpy writes.
//
// Run "coredumpy help" for its commands.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"coredumpy/internal/corefile"
	"coredumpy/internal/printable"
)

// command is one of coredumpy's commands. Each has its own file.
type command struct {
	name    string
	args    string // what follows the name, for usage: "[-json] FILE..."
	summary string // for the list of commands
	help    string // what "coredumpy help NAME" says below the usage
	run     func(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int)
}

// commands are listed in this order.
var commands = []command{
	runCommand,
	testCommand,
	attachCommand,
	loadCommand,
	peekCommand,
	htmlCommand,
	dapCommand,
	vscodeCommand,
	redactCommand,
	hostCommand,
	debuginfoCommand,
	demoCommand,
	vendorCommand,
	versionCommand,
}

// Exit statuses, and what a command returns in place of one to have its help
// printed.
const (
	statusOK     = 0
	statusFailed = 1
	statusUsage  = 2
	wantHelp     = -1
)

func main() {
	if status, ok := standIn(); ok {
		os.Exit(status)
	}
	os.Exit(run(os.Stdin, os.Stdout, os.Stderr, os.Args[1:]))
}

// run is main with its streams and arguments as parameters.
func run(stdin io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	if len(args) == 0 {
		printHelp(stderr)
		return statusUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return help(stdout, stderr, args)
	}
	c := find(name)
	if c == nil {
		fmt.Fprintf(stderr, "coredumpy: %s\n", unknown(name))
		return statusUsage
	}
	status = c.run(stdin, stdout, stderr, args)
	if status == wantHelp {
		c.printHelp(stdout)
		return statusOK
	}
	return status
}

func find(name string) *command {
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &commands[i]
}

// help is the command help. It is not in the table, which it prints.
func help(stdout, stderr io.Writer, args []string) (status int) {
	if len(args) == 0 || args[0] == "help" {
		printHelp(stdout)
		return statusOK
	}
	if text := topicText(args[0]); text != "" {
		fmt.Fprint(stdout, text)
		return statusOK
	}
	c := find(args[0])
	if c == nil {
		fmt.Fprintf(stderr, "coredumpy help: %s\n", unknown(args[0], topics...))
		return statusUsage
	}
	c.printHelp(stdout)
	return statusOK
}

func printHelp(w io.Writer) {
	fmt.Fprint(w, "coredumpy makes dumps of crashing Go programs and looks into them.\n\n"+
		"usage: coredumpy COMMAND [ARGUMENT]...\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.summary)
	}
	fmt.Fprintf(w, "  %-10s %s\n", "help", "say more about a command: coredumpy help COMMAND")
	printTopics(w)
	fmt.Fprintln(w)
}

func (c *command) printHelp(w io.Writer) {
	usage := strings.TrimSpace("usage: coredumpy " + c.name + " " + c.args)
	fmt.Fprintf(w, "%s\n\n%s\n", usage, strings.TrimSpace(c.help))
}

// unknown says what the user may have meant by a command that doesn't exist: another one,
// one of others, a dump, or a topic.
func unknown(name string, others ...string) string {
	if strings.HasSuffix(name, ".dump") || isFile(name) {
		return fmt.Sprintf("%q is not a command; to open a dump: coredumpy load %s", name, printable.Argument(name))
	}
	var names []string
	for _, c := range commands {
		names = append(names, c.name)
	}
	if best := nearest(name, append(append(names, "help"), others...)); best != "" {
		return fmt.Sprintf("unknown command %q; did you mean %s?", name, best)
	}
	if slices.Contains(topics, name) {
		return fmt.Sprintf("%q is not a command; to read about it: coredumpy help %s", name, name)
	}
	return fmt.Sprintf("unknown command %q; coredumpy help lists them", name)
}

func isFile(path string) bool {
	stat, err := os.Stat(path)
	return err == nil && !stat.IsDir()
}

// parseFlags parses args by flags, which may stand before, between and after the other
// arguments, up to "--", and returns the others. If status isn't statusOK the command must
// return it: then the error has been printed, or help is wanted.
func parseFlags(flags *flag.FlagSet, stderr io.Writer, args []string) (rest []string, status int) {
	flags.SetOutput(io.Discard)
	for {
		err := flags.Parse(args)
		if errors.Is(err, flag.ErrHelp) {
			return nil, wantHelp
		}
		if err != nil {
			return nil, misused(stderr, flags.Name(), problemOf(flags.Name(), err))
		}
		parsed := len(args) - flags.NArg()
		if flags.NArg() == 0 || parsed > 0 && args[parsed-1] == "--" {
			return append(rest, flags.Args()...), statusOK
		}
		rest = append(rest, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// misused prints what is wrong with a command's arguments.
func misused(stderr io.Writer, name, problem string) (status int) {
	fmt.Fprintf(stderr, "coredumpy %s: %s; see coredumpy help %s\n", name, printable.Line(problem), name)
	return statusUsage
}

// printError prints err, and each error that it joins, on a line of its own. A pipe
// that nobody reads any more (coredumpy peek | head) isn't printed as an error.
func printError(stderr io.Writer, name string, err error) {
	if isBrokenPipe(err) {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			printError(stderr, name, err)
		}
		return
	}
	message := err.Error()
	for _, operation := range []string{name + ": ", "coredumpy: "} {
		message = strings.TrimPrefix(message, operation)
	}
	fmt.Fprintf(stderr, "coredumpy %s: %s\n", name, printable.Line(message))
}

// isBrokenPipe reports whether err comes from writing to a pipe that nobody reads.
func isBrokenPipe(err error) bool {
	const (
		windowsBrokenPipe = syscall.Errno(109) // ERROR_BROKEN_PIPE
		windowsNoData     = syscall.Errno(232) // ERROR_NO_DATA, "the pipe is being closed"
	)
	if runtime.GOOS == "windows" && (errors.Is(err, windowsBrokenPipe) || errors.Is(err, windowsNoData)) {
		return true
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

var versionCommand = command{
	name:    "version",
	summary: "print coredumpy's version and that of the dumps it reads",
	help: "Version prints coredumpy's version, the version of the dump format it reads,\n" +
		"and the Go version and system it was built with.",
	run: version,
}

func version(_ io.Reader, stdout, stderr io.Writer, args []string) (status int) {
	rest, status := parseFlags(flag.NewFlagSet("version", flag.ContinueOnError), stderr, args)
	switch {
	case status != statusOK:
		return status
	case len(rest) > 0:
		return misused(stderr, "version", fmt.Sprintf("unexpected argument %q", rest[0]))
	}
	module := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		module = info.Main.Version
	}
	fmt.Fprintf(stdout, "coredumpy %s, dump format %d, %s %s/%s\n",
		module, corefile.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return statusOK
}
