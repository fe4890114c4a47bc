package capture

import (
	"slices"
	"strings"

	"coredumpy/internal/variables"
)

// packageVariables captures the variables of those packages of the main module
// that have a frame on a stack.
func (c *capturer) packageVariables() {
	var paths []string
	for path := range c.packages {
		if c.ofMainModule(path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	c.variablesOf(paths)
}

// Limits for packages without a frame on a stack: all that the compiler says about each
// is searched, and none of it may displace what is on the stacks.
const (
	maxPackages     = 200
	maxPackageBytes = 1 << 20 // of encoded values, in total
)

// otherVariables captures the variables of the other packages of the main module, after
// all that the stacks refer to has been walked.
func (c *capturer) otherVariables() {
	var paths []string
	ours := c.req.pkg()
	for _, path := range c.p.Packages() {
		if c.ofMainModule(path) && !c.packages[path] &&
			(ours == "" || path != ours && !strings.HasPrefix(path, ours+"/internal/")) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	if n := len(paths) - maxPackages; n > 0 {
		paths = paths[:maxPackages]
		c.note("packages of the main module without a frame on a stack whose variables are left out: %d", n)
	}
	c.walker.Last(maxPackageBytes)
	c.variablesOf(paths)
	c.walker.Run()
}

func (c *capturer) variablesOf(paths []string) {
	for _, path := range paths {
		for _, v := range variables.Globals(c.p, path) {
			if strings.Contains(v.Name, "..") {
				continue // the compiler's own
			}
			if len(c.globals) == c.req.Limits.Globals {
				c.cut("globals", 1)
				return
			}
			rec := c.variable(&v, c.shows(path, v.Name))
			rec.ID = len(c.globals) + 1
			c.globals = append(c.globals, &rec)
		}
	}
}

// ofMainModule reports whether a package is one of the main module.
func (c *capturer) ofMainModule(path string) bool {
	return path == "main" || path == commandLine || slices.ContainsFunc(c.modules(), func(module string) bool {
		return path == module || strings.HasPrefix(path, module+"/")
	})
}
