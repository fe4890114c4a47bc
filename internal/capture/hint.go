package capture

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/debuginfo"
)

// Hint returns the flags of the go command that bring the variables that the top frames
// lack, "" if they have all: "build with -gcflags='example.com/shop/...=-N -l'".
func (d *Dump) Hint() string { return d.hint }

// lookedAt is how many of the program's own frames, from the top one on, must have
// their variables.
const lookedAt = 3

// lacking reports whether one of these frames lacks variables that flags would bring.
func (c *capturer) lacking() bool {
	if c.p.Info == nil {
		return errors.Is(c.p.InfoErr, debuginfo.ErrNoDWARF)
	}
	i := slices.IndexFunc(c.goroutines, func(g *corefile.Goroutine) bool { return g.ID == c.head.Goroutine })
	if i < 0 || c.head.Top == nil {
		return false
	}
	frames := c.goroutines[i].Frames
	top := max(slices.IndexFunc(frames, func(f corefile.Frame) bool { return f.Place == *c.head.Top }), 0)
	n := 0
	for _, f := range frames[min(top, len(frames)):] {
		if !c.users(f) || wrapper(&f) {
			continue
		}
		if f.Note.Kind == caveat.BarePackage || f.Optimized && slices.ContainsFunc(f.Vars, optimizedOut) {
			return true
		}
		if n++; n == lookedAt {
			break
		}
	}
	return false
}

func optimizedOut(v corefile.Variable) bool {
	return v.Missing == caveat.OptimizedOut || v.Missing == caveat.OnePart
}

// flags returns the flags that bring all variables of the program's own modules.
func (c *capturer) flags() string {
	command, compile := "build", "-N -l"
	switch b := c.head.Build; {
	case c.inTest():
		command = "go test"
	case b != nil && ofGoRun(c.head.Program):
		command, compile = "go run", "-dwarf=true -N -l"
	}
	link := ""
	if c.p.Info == nil || command != "build" {
		link = "-ldflags='-w=0 -s=0' "
	}
	var flags []string
	for _, pattern := range c.patterns() {
		flags = append(flags, fmt.Sprintf("-gcflags='%s%s'", pattern, compile))
	}
	return command + " with " + link + strings.Join(flags, " ")
}

// patterns returns what precedes the flags of the compiler, to apply them to the
// program's own packages.
func (c *capturer) patterns() (all []string) {
	b := c.head.Build
	if b == nil {
		return []string{"all="}
	}
	if strings.TrimSuffix(b.Path, ".test") == commandLine {
		all = append(all, "") // the packages named on the command line
	}
	for _, module := range c.modules() {
		all = append(all, module+"/...=")
	}
	if b.Path == commandLine+".test" && b.Deps == nil { // the build information lists no other packages in it
		for _, path := range c.strangers() {
			all = append(all, path+"=")
		}
	}
	return all
}

// strangers returns the packages on the current goroutine's stack that aren't part of the
// standard library.
func (c *capturer) strangers() (paths []string) {
	i := slices.IndexFunc(c.goroutines, func(g *corefile.Goroutine) bool { return g.ID == c.head.Goroutine })
	if i < 0 {
		return nil
	}
	const known = "testing/testing.go"
	frames := c.goroutines[i].Frames
	library := ""
	for _, f := range frames {
		if root, ok := strings.CutSuffix(f.File, known); ok {
			library = root
		}
	}
	for _, f := range frames {
		if library != "" && f.File != "" && !strings.HasPrefix(f.File, library) && !wrapper(&f) &&
			f.Package != commandLine && !slices.Contains(paths, f.Package) {
			paths = append(paths, f.Package)
		}
	}
	return paths
}

// ofGoRun reports whether an executable is where go run puts it,
// /tmp/go-build123/b001/exe/shop.
func ofGoRun(path string) bool {
	dir := filepath.Dir(path)
	return filepath.Base(dir) == "exe" && strings.HasPrefix(filepath.Base(filepath.Dir(filepath.Dir(dir))), "go-build")
}

// commandLine is the import path of a package named by its files.
const commandLine = "command-line-arguments"

// modules returns the paths of the modules whose code is the program's own: the main
// module. Without one, as in GOPATH or where tests of a dependency run, it is the module
// with the program's path. If the program is built from files named on the command line,
// the main module is among the dependencies: it is the one without a version that isn't a
// replacement, which is a directory.
func (c *capturer) modules() []string {
	b := c.head.Build
	switch {
	case b == nil:
		return nil
	case b.Main != "":
		return []string{b.Main}
	}
	if path := strings.TrimSuffix(b.Path, ".test"); path != commandLine && path != "" {
		return []string{path}
	}
	var all []string
	for _, d := range b.Deps {
		if d[1] == "(devel)" && !strings.HasPrefix(d[0], ".") && !filepath.IsAbs(d[0]) {
			all = append(all, d[0])
		}
	}
	return all
}
