package gocmd

import (
	"path"
	"regexp"
	"strings"
)

// target is code to compile so that its variables can be seen: a module with all
// its packages, or a single package.
type target struct {
	path string
	tree bool // the packages below path too
}

// pattern returns the package pattern that selects t.
func (t target) pattern() string {
	if t.tree {
		return t.path + "/..."
	}
	return t.path
}

// relation says how the packages of a user's pattern relate to those of a target.
type relation int

const (
	disjoint relation = iota // none in common
	covers                   // all of the target's, and maybe others
	inside                   // only packages of the target
	mixed                    // some of each, or not known
)

// relate compares a pattern, as in -gcflags=PATTERN=..., with a target. How the
// go command matches them is in cmd/go/internal/load/search.go (MatchPackage)
// and cmd/internal/pkgpattern.
func relate(pattern string, t target) relation {
	switch pattern {
	case "all", "...":
		return covers
	case "std", "cmd":
		return disjoint
	case "work": // the main modules, since Go 1.25
		if t.tree {
			return covers
		}
		return disjoint
	case "tool":
		return mixed
	}
	if pattern == "." || pattern == ".." || strings.HasPrefix(pattern, "./") || strings.HasPrefix(pattern, "../") {
		return mixed
	}
	literal, rest, wild := strings.Cut(pattern, "...")
	if !wild {
		if pattern == t.path || t.tree && strings.HasPrefix(pattern, t.path+"/") {
			return inside
		}
		return disjoint
	}
	if !t.tree {
		if matches(pattern, t.path) {
			return covers
		}
		return disjoint
	}
	switch tree := t.path + "/"; {
	case strings.HasPrefix(literal, tree):
		return inside // also when it is the target's own pattern
	case !strings.HasPrefix(tree, literal):
		return disjoint
	case rest == "":
		return covers
	}
	return mixed
}

// matches reports whether a pattern with dots selects the package at path.
func matches(pattern, path string) bool {
	re := regexp.QuoteMeta(pattern)
	if head, ok := strings.CutSuffix(re, `/\.\.\.`); ok {
		re = head + `(/\.\.\.)?`
	}
	re = strings.ReplaceAll(re, `\.\.\.`, ".*")
	ok, err := regexp.MatchString("^"+re+"$", path)
	return err == nil && ok
}

// codeHosts are sites where the first three elements of a package path are its
// repository.
var codeHosts = []string{"github.com/", "gitlab.com/", "bitbucket.org/", "codeberg.org/"}

// repository returns the tree to treat as the program's own code if the program is
// named with a version: path@version has no main module.
func repository(path string) target {
	for _, host := range codeHosts {
		if !strings.HasPrefix(path, host) {
			continue
		}
		if elements := strings.Split(path, "/"); len(elements) > 3 {
			path = strings.Join(elements[:3], "/")
		}
	}
	return target{path: path, tree: true}
}

// hasVersion reports whether a package is named with a version
// (shouldUseOutsideModuleMode in cmd/go/internal/run/run.go).
func hasVersion(arg string) bool {
	return strings.Contains(arg, "@") && !strings.HasSuffix(arg, ".go") && !isLocal(arg)
}

// isStandard reports whether a package argument may select packages of the standard
// library: its first element has no dot, and no module contains it.
func isStandard(arg string, modules []string) bool {
	if isLocal(arg) || strings.HasSuffix(arg, ".go") {
		return false
	}
	for _, m := range modules {
		if m == "std" || m == "cmd" {
			continue // in the toolchain's own source
		}
		if arg == m || strings.HasPrefix(arg, m+"/") {
			return false
		}
	}
	first, _, _ := strings.Cut(arg, "/")
	return strings.Contains(first, "...") || !strings.Contains(first, ".")
}

// executable returns the name that the go command gives to the program of a package
// (DefaultExecName in cmd/go/internal/load/pkg.go).
func executable(pkg string) string {
	pkg = strings.TrimSuffix(pkg, "/")
	last := path.Base(pkg)
	if last != pkg && isMajor(last) {
		return path.Base(path.Dir(pkg))
	}
	return last
}

// isMajor reports whether element is a major version: v2, v3, v10, not v0, v1 or v05.
func isMajor(element string) bool {
	digits, ok := strings.CutPrefix(element, "v")
	if !ok || digits == "" || digits[0] == '0' || digits == "1" {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}
