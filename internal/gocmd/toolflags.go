package gocmd

import "strings"

// The compiler's and linker's flags that make variables readable. They come last in
// a value, after the user's, because these tools use the last one.
const (
	keepDWARF = "-dwarf=true" // go run compiles the main package without
	// -l=1 and not -l: -l is a counter, and a second one after the user's would
	// turn inlining on again (cmd/compile/internal/base/flag.go, LowerL).
	dontOptimise = "-N -l=1"
	// go run and go test link with -s -w; -s=0 alone would leave -w. Debug information
	// that is used once isn't compressed: that takes longer than all else about it.
	keepSymbols = "-w=0 -s=0 -compressdwarf=false"
)

// packageFlag is a value of -gcflags or -ldflags: [PATTERN=]FLAGS.
type packageFlag struct {
	pattern string // empty: the packages named on the command line
	flags   string
}

// parsePackageFlag reads a value as (*PerPackageFlag).set does in
// cmd/go/internal/load/flag.go; ok is false for one that the go command refuses.
func parsePackageFlag(value string) (f packageFlag, ok bool) {
	value = strings.TrimSpace(value)
	f.flags = value
	if value != "" && value[0] != '-' {
		pattern, flags, found := strings.Cut(value, "=")
		if !found || pattern == "" || value[0] == '\'' || value[0] == '"' {
			return f, false
		}
		f = packageFlag{pattern: strings.TrimSpace(pattern), flags: flags}
	}
	_, err := split(f.flags)
	return f, err == nil
}

// with returns f with flags after the user's.
func (f packageFlag) with(flags string) packageFlag {
	if strings.TrimSpace(f.flags) == "" {
		f.flags = flags
	} else {
		f.flags += " " + flags
	}
	return f
}

// on returns f for other packages.
func (f packageFlag) on(pattern string) packageFlag {
	f.pattern = pattern
	return f
}

// argument returns f as an argument of the command line.
func (f packageFlag) argument(name string) string {
	switch {
	case f.pattern != "":
		return "-" + name + "=" + f.pattern + "=" + f.flags
	case f.flags != "" && f.flags[0] != '-':
		// Without a pattern a value must begin with a dash. These flags had a
		// pattern before them, and begin with a space or a quote.
		return "-" + name + "=" + keepDWARF + " " + f.flags
	}
	return "-" + name + "=" + f.flags
}

// addCompilerFlags adds compiler flags for the packages of targets, and, if named
// is set, for those named on the command line.
//
// The go command uses for a package only the last -gcflags whose pattern matches
// it, those of GOFLAGS included. So the flags come first on their own, for packages
// that the user's don't match, and again with each value of the user's that matches
// some of these packages.
func addCompilerFlags(l *line, e *edit, targets []target, named bool, flags string) {
	own := packageFlag{flags: flags}
	if named {
		e.before = append(e.before, own.argument("gcflags"))
	}
	for _, t := range targets {
		e.before = append(e.before, own.on(t.pattern()).argument("gcflags"))
	}
	for _, use := range l.uses("gcflags") {
		f, ok := parsePackageFlag(use.value)
		if !ok {
			continue // the go command refuses it with its own message
		}
		var list []string
		for _, f := range merge(f, targets, named, flags) {
			list = append(list, f.argument("gcflags"))
		}
		e.replace(use, list)
	}
}

// merge returns the values that take the place of the user's value f.
func merge(f packageFlag, targets []target, named bool, flags string) []packageFlag {
	if f.pattern == "" {
		return []packageFlag{f.with(flags)}
	}
	var covered []packageFlag
	if named {
		switch f.pattern {
		case "std", "cmd":
		case "all", "...":
			covered = append(covered, f.on("").with(flags))
		default:
			// It isn't known here whether f matches the named packages.
			return []packageFlag{f.with(flags)}
		}
	}
	for _, t := range targets {
		switch relate(f.pattern, t) {
		case inside, mixed:
			// A matched dependency loses its optimisation, too.
			return []packageFlag{f.with(flags)}
		case covers:
			covered = append(covered, f.on(t.pattern()).with(flags))
		}
	}
	return append([]packageFlag{f}, covered...)
}

// addLinkerFlags keeps the symbol table and the debug information in each program.
func addLinkerFlags(l *line, e *edit) {
	e.before = append(e.before, packageFlag{flags: keepSymbols}.argument("ldflags"))
	for _, use := range l.uses("ldflags") {
		if f, ok := parsePackageFlag(use.value); ok {
			e.replace(use, []string{f.with(keepSymbols).argument("ldflags")})
		}
	}
}

// linkerValued are the linker's flags that may have their value in the next
// argument (cmd/link/internal/ld/main.go).
var linkerValued = names(`B D E H I L R T X benchmark benchmarkprofile buildid
	buildmode capturehostobjs cpuprofile debugtextsize debugtramp extar extld
	extldflags fipso funcalign importcfg installsuffix k libgcc linkmode
	memprofile memprofilerate o pluginpath r randlayout strictdups tmpdir`)

// stripped returns the -ldflags value that strips the debug information, and
// whether there is one.
func stripped(l *line) (string, bool) {
	for _, use := range l.uses("ldflags") {
		if f, ok := parsePackageFlag(use.value); ok && strips(f.flags) {
			return use.value, true
		}
	}
	return "", false
}

// strips reports whether the linker leaves DWARF out. -s implies -w, unless a flag
// switches -w off.
func strips(flags string) bool {
	list, err := split(flags)
	if err != nil {
		return false
	}
	w, s := "", ""
	for at := 0; at < len(list); at++ {
		if !isFlag(list[at]) {
			continue
		}
		name, value, hasValue := strings.Cut(dashes(list[at]), "=")
		switch {
		case !hasValue && linkerValued[name]:
			at++
			continue
		case !hasValue:
			value = "true"
		}
		switch name {
		case "w":
			w = value
		case "s":
			s = value
		}
	}
	return isTrue(w) || w == "" && isTrue(s)
}

// isTrue reads a boolean flag's value (strconv.ParseBool).
func isTrue(value string) bool {
	switch value {
	case "1", "t", "T", "true", "TRUE", "True":
		return true
	}
	return false
}
