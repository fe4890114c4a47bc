package gocmd

import (
	"path/filepath"
	"slices"
	"strings"
)

// flagUse is one use of a flag that the go command itself understands.
type flagUse struct {
	name  string // without dashes
	value string // "true" for a boolean without one
	at    int    // index in the arguments; fromGOFLAGS if it isn't there
	n     int    // how many arguments it takes: 1, or 2 for "-p 4"
}

const fromGOFLAGS = -1

// line is a go command line taken apart.
type line struct {
	args     []string
	sub      string    // "test"; empty for a subcommand that isn't rewritten
	dir      string    // -C; empty if not given
	start    int       // where flags for sub may be put: after it and its -C
	flags    []flagUse // in order, GOFLAGS' first
	packages []string  // packages or files; for run at most one package
	program  int       // run: index of the program's first argument
	unknown  string    // run, build, install: the first unknown flag
}

// parse takes apart args, which begin with the go command itself.
func parse(args []string, goflags string) line {
	l := line{args: args, start: len(args), program: len(args)}
	at := 1
	// -C must be the first flag, before the subcommand or after it.
	l.dir, at = chdir(args, at)
	if at >= len(args) {
		return l
	}
	switch args[at] {
	case "run", "test", "build", "install":
		l.sub = args[at]
	}
	at++
	if l.dir == "" {
		l.dir, at = chdir(args, at)
	}
	l.start = at
	l.flags = goflagUses(l.sub, goflags)
	switch l.sub {
	case "":
	case "test":
		l.parseTest()
	default:
		l.parseBuild()
	}
	return l
}

// chdir reads -C dir at args[at], and returns the index of the next argument.
func chdir(args []string, at int) (dir string, next int) {
	if at >= len(args) || !strings.HasPrefix(args[at], "-") {
		return "", at
	}
	name, value, ok := strings.Cut(dashes(args[at]), "=")
	switch {
	case name != "C":
		return "", at
	case ok:
		return value, at + 1
	case at+1 < len(args):
		return args[at+1], at + 2
	}
	return "", at
}

// dashes returns arg without its one or two dashes.
func dashes(arg string) string {
	return strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-")
}

// isFlag reports whether arg is a flag, and not a package, a value or an argument,
// as cmd/go/internal/cmdflag and package flag see it.
func isFlag(arg string) bool {
	name := dashes(arg)
	return strings.HasPrefix(arg, "-") && name != "" && name[0] != '-' && name[0] != '='
}

// goflagUses returns the flags in GOFLAGS that the subcommand knows. The go command
// sets them before those on the command line (cmd/go/internal/base/goflags.go).
func goflagUses(sub, goflags string) []flagUse {
	list, err := split(goflags)
	if err != nil {
		return nil // the go command will refuse it with its own message
	}
	var uses []flagUse
	for _, f := range list {
		if !isFlag(f) {
			continue
		}
		name, value, hasValue := strings.Cut(dashes(f), "=")
		switch a := arityOf(sub, name); {
		case a == unknown, a == valued && !hasValue:
			continue
		case a == boolean && !hasValue:
			value = "true"
		}
		uses = append(uses, flagUse{name: name, value: value, at: fromGOFLAGS})
	}
	return uses
}

// take reads the flag at args[at] if it is one that the go command knows.
func (l *line) take(at int) (use flagUse, ok bool) {
	name, value, hasValue := strings.Cut(dashes(l.args[at]), "=")
	use = flagUse{name: name, value: value, at: at, n: 1}
	switch arityOf(l.sub, name) {
	case unknown:
		return use, false
	case boolean:
		if !hasValue {
			use.value = "true"
		}
	case valued:
		if hasValue {
			break
		}
		if at+1 == len(l.args) {
			return use, false // the go command will ask for the value
		}
		use.value, use.n = l.args[at+1], 2
	}
	return use, true
}

// parseBuild parses as package flag does: flags, then packages. With run, only the
// first package, or the .go files at the beginning, belong to the go command; the
// rest belongs to the program (cmd/go/internal/run/run.go).
func (l *line) parseBuild() {
	at := l.start
	for at < len(l.args) && isFlag(l.args[at]) {
		use, ok := l.take(at)
		if !ok {
			// The go command refuses it, or is newer than this table.
			// The next argument may be its value or not.
			if l.unknown == "" {
				l.unknown = l.args[at]
			}
			at++
			continue
		}
		l.flags = append(l.flags, use)
		at += use.n
	}
	if at < len(l.args) && l.args[at] == "--" {
		at++
	}
	rest := l.args[at:]
	if l.sub != "run" {
		l.packages = rest
		return
	}
	n := 0
	for n < len(rest) && strings.HasSuffix(rest[n], ".go") {
		n++
	}
	if n == 0 && len(rest) > 0 {
		n = 1
	}
	l.packages, l.program = rest[:n], at+n
}

// parseTest parses as testFlags in cmd/go/internal/test/testflag.go does:
// flags that the go command knows may stand before and after the packages, which
// stand together; other flags are for the test binary.
func (l *line) parseTest() {
	inPackages, sawPackages, afterUnknown := false, false, false
	for at := l.start; at < len(l.args); {
		arg := l.args[at]
		wasAfterUnknown := afterUnknown
		afterUnknown = false
		switch {
		case arg == "--":
			return
		case !isFlag(arg):
			switch {
			case inPackages || !sawPackages:
				inPackages, sawPackages = true, true
				l.packages = append(l.packages, arg)
			case !wasAfterUnknown:
				// It can't be the value of a flag: it and all that
				// follows belong to the test binary.
				return
			}
			at++
			continue
		}
		inPackages = false
		if use, ok := l.take(at); ok {
			l.flags = append(l.flags, use)
			at += use.n
			continue
		}
		if arg == "-args" || arg == "--args" {
			return
		}
		// A flag for the test binary, maybe with a value in the next
		// argument. From now on no argument is a package.
		sawPackages = true
		afterUnknown = !strings.Contains(arg, "=")
		at++
	}
}

// uses returns all uses of a flag.
func (l *line) uses(name string) []flagUse {
	var uses []flagUse
	for _, u := range l.flags {
		if u.name == name {
			uses = append(uses, u)
		}
	}
	return uses
}

// value returns the last value of a flag, which is the one the go command uses.
func (l *line) value(name string) string {
	uses := l.uses(name)
	if len(uses) == 0 {
		return ""
	}
	return uses[len(uses)-1].value
}

// set reports whether a boolean flag is on.
func (l *line) set(name string) bool {
	return isTrue(l.value(name))
}

// within returns the directory in which the go command works, if it is started
// in base.
func (l *line) within(base string) string {
	if l.dir == "" {
		return base
	}
	if filepath.IsAbs(l.dir) {
		return filepath.Clean(l.dir)
	}
	return filepath.Join(base, l.dir)
}

// edit is a change of a line: flags are added, or replaced in their place; all
// other arguments stay as and where they are. The place of a flag matters to go
// test: what stands before an argument decides whether it is a package or belongs
// to the test binary.
type edit struct {
	before   []string         // put at line.start
	replaced map[int][]string // by flagUse.at
}

// replace has apply put list in the place of use.
func (e *edit) replace(use flagUse, list []string) {
	if use.at == fromGOFLAGS {
		// The command line comes after GOFLAGS and wins.
		e.before = append(e.before, list...)
		return
	}
	if e.replaced == nil {
		e.replaced = make(map[int][]string)
	}
	e.replaced[use.at] = list
}

// apply returns the edited arguments.
func (l *line) apply(e edit) []string {
	taken := make(map[int]int)
	for _, u := range l.flags {
		if u.at != fromGOFLAGS {
			taken[u.at] = u.n
		}
	}
	args := slices.Concat(l.args[:l.start], e.before)
	for at := l.start; at < len(l.args); {
		if list, ok := e.replaced[at]; ok {
			args = append(args, list...)
			at += taken[at]
			continue
		}
		args = append(args, l.args[at])
		at++
	}
	return args
}
