// Package gocmd parses the command lines of go run, go test, go build and go
// install. It turns a user's command line into one that builds the same programs
// so that they can be watched: with some files of the standard library replaced
// (-overlay), debug information kept, and the user's own code compiled without
// optimisation.
//
// The user's own code is that of the main modules, and of the other packages named
// on the command line, except for the standard library. All other packages are
// compiled as usual, and come from the build cache if it has them.
//
// Flags, packages, and arguments of the program or the test binary are
// distinguished as cmd/go does in Go 1.24 to 1.27. Only the flags -gcflags,
// -ldflags and -overlay are ever changed, and -exec if asked for.
package gocmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Options say how to change a command.
type Options struct {
	Overlay  string // file for -overlay, merged with the user's; empty for none
	GOROOT   string // tree of the toolchain to use; empty for the user's
	Optimise bool   // keep the compiler's optimisation
	// Exec is the command with which go run and go test run programs, as with -exec.
	// The user's -exec takes precedence.
	Exec []string
	// Before is put before the command with which go run runs the program: the user's
	// -exec, or Exec.
	Before []string
	// Debug keeps debug information also in files that the user keeps, whatever -ldflags
	// says.
	Debug bool
	// Temp is the directory for temporary files; empty for the default one.
	Temp string
}

// Command is a command to run.
type Command struct {
	Path      string   // of the executable file
	Args, Env []string // as for os/exec: Args[0] is the name
	Dir       string
	Tool      *Tool    // if it replaces go tool
	Watched   bool     // false: unchanged, as it builds nothing that could be watched
	Warnings  []string // what the user should know, a sentence each, without a full stop
	Cleanup   func()   // removes temporary files; never nil
}

// Tool is a tool of a module, as go tool runs it.
type Tool struct {
	Name      string // as the user gave it
	GOVERSION string // of the go command
}

// errPlatform is wrapped by the error for a program that can't be watched where
// it would run.
var errPlatform = errors.New("only linux/amd64 and linux/arm64 programs, on such a machine, can be watched")

// Instrument returns a command that builds the programs of args so that they can be
// watched. args begin with the go command and its subcommand. A nil env means this
// process's. Subcommands other than run, test, build and install stay unchanged.
func Instrument(e Env, args []string, env []string, o Options) (*Command, error) {
	if env == nil {
		env = os.Environ()
	}
	c := &Command{Path: e.Go, Args: args, Env: env, Dir: e.Base, Cleanup: func() {}}
	l := parse(args, e.GOFLAGS)
	if l.sub == "" {
		return c, nil
	}
	artifact := l.sub == "build" || l.sub == "install" || l.sub == "test" && l.set("c")
	if err := watchable(e, &l); err != nil {
		if !artifact {
			return nil, fmt.Errorf("go %s: %w", l.sub, err)
		}
		c.Warnings = append(c.Warnings, fmt.Sprintf("go %s: unchanged: %v", l.sub, err))
		return c, nil
	}
	if err := l.checkCover(); err != nil {
		return nil, err
	}
	ed := rewrite(e, &l, o, purpose{artifact: artifact && !o.Debug, run: l.sub == "run"})
	if !artifact {
		if err := setExec(&l, &ed, o); err != nil {
			c.Warnings = append(c.Warnings, fmt.Sprintf("go %s: -exec stays as it is: %v", l.sub, err))
		}
	}
	if value, ok := stripped(&l); ok && artifact && !o.Debug {
		c.Warnings = append(c.Warnings, fmt.Sprintf(
			"go %s: -ldflags=%q leaves out the debug information: dumps will have no variables", l.sub, value))
	}
	if err := c.finish(e, &l, ed, o); err != nil {
		return nil, fmt.Errorf("go %s: %w", l.sub, err)
	}
	return c, nil
}

// checkCover returns an error if the standard library is to be measured.
func (l *line) checkCover() error {
	for _, pattern := range strings.Split(l.value("coverpkg"), ",") {
		if pattern == "all" || pattern == "std" || matches(pattern, "runtime") || matches(pattern, "testing") {
			return fmt.Errorf("go %s: -coverpkg=%s measures the standard library, "+
				"which the go command can't do with an overlay; name packages, such as -coverpkg=./...", l.sub, pattern)
		}
	}
	return nil
}

// setExec has the commands of o run the programs.
func setExec(l *line, ed *edit, o Options) error {
	var list []string
	if l.sub == "run" && !l.set("n") {
		list = o.Before
	}
	uses := l.uses("exec")
	if len(uses) == 0 {
		list = slices.Concat(list, o.Exec)
	} else if len(list) > 0 {
		user, err := split(uses[len(uses)-1].value)
		if err != nil {
			return nil // the go command will refuse it with its own message
		}
		list = slices.Concat(list, user)
	}
	if len(list) == 0 {
		return nil
	}
	value, err := join(list)
	if err != nil {
		return err
	}
	if len(uses) == 0 {
		ed.before = append(ed.before, "-exec="+value)
		return nil
	}
	ed.replace(uses[len(uses)-1], []string{"-exec=" + value})
	return nil
}

// Builds reports whether the go command with these arguments builds programs that
// can be watched with [Instrument].
func Builds(e Env, args []string) bool {
	l := parse(args, e.GOFLAGS)
	return l.sub != "" && watchable(e, &l) == nil
}

// watchable returns an error for programs for another machine, or of another compiler.
func watchable(e Env, l *line) error {
	if compiler := l.value("compiler"); compiler != "" && compiler != "gc" {
		return fmt.Errorf("-compiler=%s: only programs of the gc compiler can be watched", compiler)
	}
	if e.GOOS != "linux" || e.GOARCH != "amd64" && e.GOARCH != "arm64" ||
		e.GOHOSTOS != e.GOOS || e.GOHOSTARCH != e.GOARCH {
		return fmt.Errorf("program for %s/%s on %s/%s: %w", e.GOOS, e.GOARCH, e.GOHOSTOS, e.GOHOSTARCH, errPlatform)
	}
	return nil
}

// purpose says what a command builds for.
type purpose struct {
	artifact bool // a file that the user keeps: stripped if they say so
	run      bool // go run, which leaves debug information out
}

// rewrite decides on -gcflags and -ldflags.
func rewrite(e Env, l *line, o Options, why purpose) edit {
	var ed edit
	var flags []string
	if !why.artifact {
		addLinkerFlags(l, &ed)
		flags = append(flags, keepDWARF)
	}
	if !o.Optimise {
		flags = append(flags, dontOptimise)
	}
	// With optimisation only go run needs a compiler flag.
	if !o.Optimise || why.run {
		targets, named := targets(e, l)
		addCompilerFlags(l, &ed, targets, named, strings.Join(flags, " "))
	}
	return ed
}

// targets returns the user's own code. named says that the packages named on the command
// line belong to it, too, but have no import paths to select them by.
func targets(e Env, l *line) (list []target, named bool) {
	add := func(t target) {
		covered := func(other target) bool {
			return other == t || other.tree && strings.HasPrefix(t.path+"/", other.path+"/")
		}
		if !slices.ContainsFunc(list, covered) {
			list = append(list, t)
		}
	}
	for _, m := range e.Modules {
		// In the toolchain's own source everything would be the user's code.
		if m != "std" && m != "cmd" {
			add(target{path: m, tree: true})
		}
	}
	for _, pkg := range l.packages {
		path, _, _ := strings.Cut(pkg, "@")
		switch {
		case strings.HasSuffix(pkg, ".go"):
			add(target{path: "command-line-arguments"})
		case isLocal(pkg):
			named = named || len(e.Modules) == 0
		case strings.HasPrefix(pkg, "-") || strings.ContainsAny(pkg, "= '\""):
			// It is no package, and would mean something else as a pattern.
		case hasVersion(pkg):
			add(repository(path))
		case l.sub != "run" && isStandard(pkg, e.Modules):
		case strings.HasSuffix(pkg, "/..."):
			add(target{path: strings.TrimSuffix(pkg, "/..."), tree: true})
		case !strings.Contains(pkg, "..."):
			add(target{path: pkg})
		}
	}
	if len(l.packages) == 0 && len(e.Modules) == 0 {
		named = true
	}
	return list, named
}

// finish fills in the command: the edited line with the overlay, and the toolchain.
func (c *Command) finish(e Env, l *line, ed edit, o Options) error {
	if o.Overlay != "" {
		overlay, err := filepath.Abs(o.Overlay)
		if err != nil {
			return fmt.Errorf("find overlay: %w", err)
		}
		if user := l.value("overlay"); user != "" {
			overlay, err = mergeOverlays(user, overlay, l.within(e.Base), e.GOROOT, o)
			if err != nil {
				return err
			}
			c.Cleanup = func() { os.Remove(overlay) }
		}
		setOverlay(l, &ed, overlay)
	}
	c.Args = l.apply(ed)
	c.Watched = true
	if o.GOROOT != "" {
		c.Path = filepath.Join(o.GOROOT, "bin", "go"+exeSuffix())
		c.Env = Setenv(c.Env, "GOROOT", o.GOROOT)
	}
	return nil
}

// setOverlay replaces the user's overlay by that file, or adds it.
func setOverlay(l *line, ed *edit, overlay string) {
	argument := "-overlay=" + overlay
	added := false
	for _, use := range l.uses("overlay") {
		if use.at != fromGOFLAGS {
			ed.replace(use, []string{argument})
			added = true
		}
	}
	if !added {
		ed.before = append(ed.before, argument)
	}
}

// Setenv returns env with one value for key.
func Setenv(env []string, key, value string) []string {
	env = slices.DeleteFunc(slices.Clone(env), func(kv string) bool {
		k, _, _ := strings.Cut(kv, "=")
		return k == key || runtime.GOOS == "windows" && strings.EqualFold(k, key)
	})
	return append(env, key+"="+value)
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
