package repl

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/shell"
	"coredumpy/internal/symbol"
)

// nameCommands are the commands that list names.
func (s *session) nameCommands() []shell.Command {
	return []shell.Command{
		{Names: []string{"types"}, Args: "[REGEXP]", Summary: "list the types in the dump", Run: s.types},
		{Names: []string{"funcs"}, Args: "[REGEXP]", Summary: "list the functions in the dump's source files",
			Run: s.funcs},
		{Names: []string{"packages"}, Args: "[REGEXP]", Summary: "list the packages of functions on the stacks",
			Run: s.packages, Help: "Behind each, its module, or std for the standard library."},
	}
}

// types is the command types.
func (s *session) types(args string) error {
	filter, err := parseFilter(args)
	if err != nil {
		return fmt.Errorf("types: %w", err)
	}
	for _, typ := range s.in.TypeNames() {
		if filter.name == nil || filter.name.MatchString(typ) {
			s.out.Printf("%s\n", name(typ))
		}
	}
	return nil
}

// funcs is the command funcs.
func (s *session) funcs(args string) error {
	filter, err := parseFilter(args)
	if err != nil {
		return fmt.Errorf("funcs: %w", err)
	}
	for _, file := range s.in.Sources() {
		for _, function := range s.in.Syntax(file).Functions() {
			if s.out.Err() != nil {
				return nil
			}
			if filter.name == nil || filter.name.MatchString(function) || filter.name.MatchString(path.Base(file)) {
				line := s.in.Syntax(file).Function(function)
				s.out.Printf("%s at %s:%d\n", name(function), printable.Line(file), line)
			}
		}
	}
	return nil
}

// packages is the command packages.
func (s *session) packages(args string) error {
	filter, err := parseFilter(args)
	if err != nil {
		return fmt.Errorf("packages: %w", err)
	}
	var modules map[string]string
	var failed error
	s.compute(func(p dump.Progress) { modules, failed = s.modules(p) })
	var all []string
	for pkg := range modules {
		if filter.name == nil || filter.name.MatchString(pkg) {
			all = append(all, pkg)
		}
	}
	slices.Sort(all)
	for _, pkg := range all {
		module := modules[pkg]
		if module != "" && module != inspector.Standard {
			module = "of " + module
		}
		s.out.Printf("%-40s %s\n", printable.Line(pkg), printable.Line(module))
	}
	return failed
}

// modules returns the packages of functions on the stacks, each with its module.
func (s *session) modules(p dump.Progress) (ofPackage map[string]string, failed error) {
	ofPackage = map[string]string{}
	failed = s.eachGoroutine(p, func(g *dump.Goroutine) {
		for i := range g.Frames {
			f := &g.Frames[i]
			pkg := cmp.Or(f.Package, symbol.Package(f.Func))
			if _, ok := ofPackage[pkg]; !ok && pkg != "" {
				ofPackage[pkg] = s.in.Module(f)
			}
		}
	})
	return ofPackage, failed
}
