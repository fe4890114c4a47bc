package inspector

import (
	"strings"

	"coredumpy/internal/dump"
)

// Standard is what Module returns for the standard library.
const Standard = "std"

// Module returns the path of the module that a frame's function is of: Standard for the
// standard library, "" if that isn't known.
func (in *Inspector) Module(f *dump.Frame) string {
	pkg := packageOf(f.Package, f.Func)
	if ofToolchain(pkg) {
		return Standard
	}
	if module := in.program.module(pkg); module != "" || !in.program.standard(pkg) {
		return module
	}
	return Standard
}

// Mine reports whether a frame is of the program's own code: of its main module, or of
// another one in the workspace it was built in. If the program's modules aren't known, it
// is all code outside the runtime.
func (in *Inspector) Mine(f *dump.Frame) bool {
	module := in.Module(f)
	if build := in.Head().Build; build != nil {
		for _, d := range build.Deps {
			if d[0] == module {
				return d[1] == "(devel)"
			}
		}
	}
	return module != Standard
}

// ofToolchain reports whether a package is one that no program has.
func ofToolchain(pkg string) bool {
	return pkg == "runtime" || strings.HasPrefix(pkg, "runtime/") || strings.HasPrefix(pkg, "internal/")
}

// module returns the module that a package outside the standard library is of. A program's
// package main has no other path.
func (p *program) module(pkg string) (found string) {
	pkg = strings.TrimSuffix(pkg, "_test")
	for _, m := range p.modules {
		if len(m) > len(found) && (pkg == m || strings.HasPrefix(pkg, m+"/")) {
			found = m
		}
	}
	if found == "" && len(p.modules) > 0 && (pkg == "main" || pkg == "command-line-arguments") {
		return p.modules[0]
	}
	return found
}
