package repl

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/source"
)

// source returns the selected frame, and its file.
func (s *session) source() (*dump.Frame, *source.Source, error) {
	f, _, err := s.in.Frame()
	if err != nil {
		return nil, nil, err
	}
	source, err := s.sources.Open(f.File)
	return f, source, err
}

// listFunction is the command ll.
func (s *session) listFunction() error {
	f, source, err := s.source()
	if err != nil {
		return err
	}
	return source.Func(s.out, f.Line)
}

// list is the command list.
func (s *session) list(args string) error {
	f, source, err := s.source()
	if _, no := strconv.Atoi(args); err != nil &&
		(f == nil || no == nil || slices.Contains([]string{"", "+", "-", "."}, args)) {
		return err // args name no other file
	}
	switch args {
	case "", "+":
		return source.Next(s.out, f.Line)
	case "-":
		return source.Previous(s.out, f.Line)
	case ".":
		return source.Around(s.out, f.Line, f.Line)
	}
	file, number := "", args
	if i := strings.LastIndexByte(args, ':'); i >= 0 {
		file, number = args[:i], args[i+1:]
	}
	line, err := strconv.Atoi(number)
	if err != nil {
		if file, line = s.in.Function(args, f.File); file == "" {
			return fmt.Errorf("list: %q is neither a function in the dump's sources nor a line: "+
				"a number, FILE:NUMBER, +, - or .", args)
		}
	}
	if file == "" {
		return source.Around(s.out, line, f.Line)
	}
	path, err := s.sourceNamed(file, f.File)
	if err != nil {
		return err
	}
	if source, err = s.sources.Open(path); err != nil {
		return err
	}
	marked := 0
	if path == f.File {
		marked = f.Line
	}
	return source.Around(s.out, line, marked)
}

// sourceFiles is the command sources.
func (s *session) sourceFiles(args string) error {
	filter, err := parseFilter(args)
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	for _, path := range s.in.Sources() {
		if filter.wants(path) {
			s.out.Printf("%s\n", printable.Line(path))
		}
	}
	return nil
}

// sourceNamed returns the path of the source file in the dump that has the given
// name, or whose path ends in it: the frame's own if that does.
func (s *session) sourceNamed(name, own string) (string, error) {
	var found []string
	for _, path := range append([]string{own}, s.in.Sources()...) {
		if path == name || strings.HasSuffix(path, "/"+name) {
			if path == own || path == name {
				return path, nil
			}
			found = append(found, path)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("list: the dump holds no source file %s", name)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("list: %s may be any of %s: give more of its path", name, strings.Join(found, ", "))
}
