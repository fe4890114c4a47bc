package gocmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// kept are the flags that decide how the standard library is compiled, or whether
// anything is.
var kept = names("asan asmflags compiler gcflags installsuffix mod modfile msan p pkgdir race tags toolexec trimpath")

// besides are the flags that make the go command print more than errors, or do more
// than build.
var besides = names("a cover json n v work x")

// Trial returns the command that builds the program of one source file as args,
// which begin with the go command and its subcommand, would build theirs: with
// the same compiler and standard library, and o.Overlay, in the same directory.
// All args with the same key build it in the same way.
func Trial(e Env, args []string, o Options, source, out string) (c *Command, key string) {
	l := parse(args, e.GOFLAGS)
	flags := []string{"-o", out, "-buildvcs=false", "-ldflags=-s -w"}
	var decisive []string
	for _, use := range l.flags {
		switch {
		case use.at == fromGOFLAGS && besides[use.name]:
			flags = append(flags, "-"+use.name+"=false")
		case use.at != fromGOFLAGS && kept[use.name]:
			decisive = append(decisive, "-"+use.name+"="+use.value)
		}
	}
	if len(l.uses("buildmode")) > 0 {
		mode := l.value("buildmode")
		if mode != "pie" {
			mode = "default" // a library can't be run; its packages are compiled as a program's
		}
		decisive = append(decisive, "-buildmode="+mode)
	}
	c = &Command{Path: e.Go, Env: os.Environ(), Dir: l.within(e.Base), Cleanup: func() {}}
	if o.Overlay != "" {
		flags = append(flags, "-overlay="+o.Overlay)
	} else if l.value("overlay") != "" {
		flags = append(flags, "-overlay=")
	}
	if o.GOROOT != "" {
		c.Path = filepath.Join(o.GOROOT, "bin", "go"+exeSuffix())
		c.Env = Setenv(c.Env, "GOROOT", o.GOROOT)
	}
	c.Args = slices.Concat([]string{"go", "build"}, flags, decisive, []string{source})
	return c, strings.Join(append(decisive, e.GOFLAGS, e.GOOS, e.GOARCH), "\x00")
}

// Prints reports whether the command with these arguments only prints what it
// would do (-n).
func Prints(e Env, args []string) bool {
	l := parse(args, e.GOFLAGS)
	return l.set("n")
}

// UnknownFlag returns the first flag of the go command that this package doesn't
// know, "" if there is none: a newer go command has it, or it is a mistake. The
// argument after it may be its value or a package.
func UnknownFlag(e Env, args []string) string {
	l := parse(args, e.GOFLAGS)
	return l.unknown
}

// Subcommand returns the subcommand of a go command that builds: "run", "test",
// "build" or "install"; "" for any other.
func Subcommand(e Env, args []string) string {
	l := parse(args, e.GOFLAGS)
	return l.sub
}

// Verb returns the subcommand of any go command, and the arguments after it, without -C.
func Verb(args []string) (verb string, rest []string) {
	dir, at := chdir(args, 1)
	if at >= len(args) {
		return "", nil
	}
	verb = args[at]
	at++
	if dir == "" {
		_, at = chdir(args, at)
	}
	return verb, args[at:]
}
