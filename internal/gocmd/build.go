package gocmd

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Build takes what go run takes: build flags, a package, .go files or
// package@version, and the program's arguments. It returns the command that
// builds the program, and the program's command line, to be run in build.Dir
// with the user's environment. The program is nil if go run wouldn't run one
// (-n).
//
// The program is written to out. For package@version out becomes a directory with
// the program in it, so remove it with os.RemoveAll.
func Build(e Env, args []string, env []string, o Options, out string) (build *Command, program []string, err error) {
	if env == nil {
		env = os.Environ()
	}
	l := parse(slices.Concat([]string{"go", "run"}, args), e.GOFLAGS)
	if err := l.runnable(); err != nil {
		return nil, nil, err
	}
	if err := watchable(e, &l); err != nil {
		return nil, nil, fmt.Errorf("build %q: %w", l.packages[0], err)
	}
	if out, err = filepath.Abs(out); err != nil {
		return nil, nil, fmt.Errorf("build %q: %w", l.packages[0], err)
	}
	xprog, err := split(l.value("exec"))
	if err != nil {
		return nil, nil, fmt.Errorf("build %q: -exec: %w", l.packages[0], err)
	}

	c := &Command{Path: e.Go, Env: env, Dir: l.within(e.Base), Cleanup: func() {}}
	// The build keeps the debug information that go run leaves out.
	ed := rewrite(e, &l, o, purpose{})
	var verb []string
	file := out
	if pkg := l.packages[0]; hasVersion(pkg) {
		// Only go install builds package@version; it chooses the program's name.
		path, _, _ := strings.Cut(pkg, "@")
		file = filepath.Join(out, executable(path)+exeSuffix())
		c.Env = Setenv(c.Env, "GOBIN", out)
		verb = []string{"go", "install"}
	} else {
		verb = []string{"go", "build", "-o", out}
	}
	if len(l.uses("buildvcs")) == 0 {
		// go run doesn't call git, which may fail where go run works.
		verb = append(verb, "-buildvcs=false")
	}
	for _, use := range l.uses("exec") {
		if use.at != fromGOFLAGS {
			ed.replace(use, nil)
		}
	}
	arguments := l.args[l.program:]
	l.args = l.args[:l.program]
	if err := c.finish(e, &l, ed, o); err != nil {
		return nil, nil, fmt.Errorf("build %q: %w", l.packages[0], err)
	}
	// verb replaces go run, and c.Dir -C.
	c.Args = slices.Concat(verb, c.Args[l.start:])
	if l.set("n") {
		return c, nil, nil
	}
	return c, slices.Concat(xprog, []string{file}, arguments), nil
}

// runnable returns what is wrong with the arguments of go run. The command made
// of them isn't go run, and would report it in other terms.
func (l *line) runnable() error {
	if l.unknown != "" {
		return fmt.Errorf("build: go run has no flag %q; put the program's own flags after the package", l.unknown)
	}
	if len(l.packages) == 0 {
		return fmt.Errorf("build: no package in %q; name one, like . or ./cmd/server", l.args[2:])
	}
	if strings.HasPrefix(l.packages[0], "-") {
		return fmt.Errorf("build: %q is neither a flag nor a package", l.packages[0])
	}
	for _, name := range l.packages {
		if strings.HasSuffix(name, "_test.go") {
			return fmt.Errorf("build: %q is a test; use go test", name)
		}
	}
	return nil
}

// archive begins the file of a compiled package that isn't a program, which go
// build -o writes as well.
const archive = "!<arch>\n"

// CheckProgram returns an error if Build's command has written a package to file
// that isn't a program. pkg is the user's name for it.
func CheckProgram(file, pkg string) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("build %q: %w", pkg, err)
	}
	defer f.Close()
	head := make([]byte, len(archive))
	if _, err := io.ReadFull(f, head); err != nil {
		return fmt.Errorf("build %q: %w", pkg, err)
	}
	if bytes.Equal(head, []byte(archive)) {
		return fmt.Errorf("build %q: not a main package; name the directory of a command", pkg)
	}
	return nil
}

// Package returns the package, or the first file, that go run with these arguments runs.
func Package(e Env, args []string) string {
	l := parse(slices.Concat([]string{"go", "run"}, args), e.GOFLAGS)
	if len(l.packages) == 0 {
		return ""
	}
	return l.packages[0]
}

// Name returns the name that go run gives to the program that Build's command has
// written to file: from its import path, or from the first of its .go files.
func Name(e Env, args []string, file string) string {
	l := parse(slices.Concat([]string{"go", "run"}, args), e.GOFLAGS)
	if len(l.packages) > 0 && strings.HasSuffix(l.packages[0], ".go") {
		return strings.TrimSuffix(l.firstFile(e), ".go") + exeSuffix()
	}
	info, err := buildinfo.ReadFile(file)
	if err != nil || info.Path == "" {
		return filepath.Base(file)
	}
	return executable(info.Path) + exeSuffix()
}

// firstFile returns the first file on the command line, as the go command sorts them:
// those that import "C" come last, and those for other systems don't count (exeFromFiles
// in cmd/go/internal/load/pkg.go).
func (l *line) firstFile(e Env) string {
	context := gobuild.Default
	context.GOOS, context.GOARCH = e.GOOS, e.GOARCH
	context.BuildTags = strings.FieldsFunc(l.value("tags"), func(r rune) bool { return r == ',' || r == ' ' })
	var names, cgo []string
	for _, file := range l.packages {
		path := absolute(file, l.within(e.Base))
		dir, name := filepath.Split(path)
		if ok, err := context.MatchFile(dir, name); err == nil && !ok {
			continue
		}
		if importsC(path) {
			cgo = append(cgo, name)
			continue
		}
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Sort(cgo)
	if names = append(names, cgo...); len(names) == 0 {
		return filepath.Base(l.packages[0])
	}
	return names[0]
}

// importsC reports whether a file uses cgo.
func importsC(path string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	return err == nil && slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"C"` })
}
