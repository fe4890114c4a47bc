package retain

import (
	"regexp"
	"strings"

	"coredumpy/internal/corefile"
)

// sameCrash reports whether two dumps are of the same program on the same host, and have
// the same function and line on top. Unknown values don't count as equal.
func sameCrash(a, b *corefile.Head) bool {
	return a.Host != "" && a.Host == b.Host &&
		a.Top != nil && b.Top != nil && a.Top.Func != "" && a.Top.Func == b.Top.Func && a.Top.Line == b.Top.Line &&
		sameProgram(a, b)
}

// sameProgram reports whether two dumps are of the same executable. An executable that is
// built for one run has another path each time: then its package and source file count.
func sameProgram(a, b *corefile.Head) bool {
	switch {
	case a.Program == b.Program:
		return a.Program != ""
	case !forOneRun.MatchString(a.Program) || !forOneRun.MatchString(b.Program) || a.Build == nil || b.Build == nil:
		return false
	}
	return base(a.Program) == base(b.Program) &&
		a.Build.Path != "" && a.Build.Path == b.Build.Path &&
		a.Top.File != "" && a.Top.File == b.Top.File
}

// forOneRun matches where go run, go test and coredumpy run have executables built:
// /tmp/go-build123/b001/exe/shop, /tmp/coredumpy-run-123/program.
var forOneRun = regexp.MustCompile(`[/\\](go-build|coredumpy-run-)\d+[/\\]`)

// base returns the last element of a path on any system.
func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }
