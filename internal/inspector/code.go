package inspector

import (
	"strings"

	"coredumpy/internal/dump"
)

// Standard is the result of Module for the standard library.
const Standard = "std"

// Module returns the path of the module of a frame's function: Standard for the standard
// library, "" if it isn't known.
func (in *Inspector) Module(f *dump.Frame) string {
	pkg := packageOf(f.Package, f.Func)
	if ofToolchain(pkg) || in.program.standard(pkg) {
		return Standard
	}
	return in.program.module(pkg)
}

// Mine reports whether a frame belongs to the program's own code: to its main module, or
// to another module of the workspace it was built in. If the program's modules aren't
// known, all code outside the runtime is its own.
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

// ofToolchain reports whether no program has a package of its own with this path.
func ofToolchain(pkg string) bool {
	return pkg == "runtime" || strings.HasPrefix(pkg, "runtime/") || strings.HasPrefix(pkg, "internal/")
}

// module returns the module of a package outside the standard library. The main package of
// a program is just "main".
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
