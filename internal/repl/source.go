package repl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/source"
)

// findSources sets where the texts of source files are: in the dump, in the library, which has
// files of the same version, or elsewhere. A file that the dump has only in part is completed if
// it is the same one.
func (s *session) findSources(library, elsewhere func(path string) (text string, ok bool)) {
	whole := map[string]bool{}
	s.sources.Lookup = func(path string) (string, bool) {
		text, ok := s.in.Source(path)
		if ok && len(s.in.SourceOmitted(path)) == 0 {
			return text, ok
		}
		if library != nil {
			if other, found := library(path); found && (!ok || s.in.SameSource(path, other)) {
				whole[path] = true
				return other, true
			}
		}
		if elsewhere == nil {
			return text, ok
		}
		other, found := elsewhere(path)
		switch {
		case !found:
		case !ok:
			s.out.Printf("(%s is not in the dump: this one may be of another version)\n", printable.Line(path))
			return other, true
		case s.in.SameSource(path, other):
			whole[path] = true
			return other, true
		default:
			s.out.Printf("(the file for %s is of another version: it isn't used)\n", printable.Line(path))
		}
		return text, ok
	}
	s.sources.Omitted = func(path string) [][2]int {
		if whole[path] {
			return nil
		}
		return s.in.SourceOmitted(path)
	}
}

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
	if err != nil && (f == nil || slices.Contains([]string{"", "+", "-", "."}, args) || isLines(args)) {
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
	if from, to, ok := strings.Cut(args, ","); ok {
		first, err1 := strconv.Atoi(strings.TrimSpace(from))
		last, err2 := strconv.Atoi(strings.TrimSpace(to))
		if err1 != nil || err2 != nil || first < 1 || last < first {
			return fmt.Errorf("list: %q is no range of lines: write FIRST, LAST", args)
		}
		return source.Lines(s.out, first, last, f.Line)
	}
	path, line, err := s.place("list", args, f.File)
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

// isLines reports whether a place is a line, or lines, of the frame's file.
func isLines(args string) bool {
	from, _, _ := strings.Cut(args, ",")
	_, err := strconv.Atoi(from)
	return err == nil
}

// place returns the file and line of a place that the user of a command names: a function, a line
// of a frame's file, or FILE:LINE.
func (s *session) place(command, args, own string) (path string, line int, err error) {
	file, number := own, args
	if i := strings.LastIndexByte(args, ':'); i >= 0 {
		file, number = args[:i], args[i+1:]
	}
	if line, err = strconv.Atoi(number); err != nil {
		if path, line = s.in.Function(args, own); path == "" {
			return "", 0, fmt.Errorf("%s: %q is neither a function in the dump's sources nor a line: "+
				"a number, FILE:NUMBER, +, - or .", command, args)
		}
		return path, line, nil
	}
	path, err = s.sourceNamed(command, file, own)
	return path, line, err
}

const editHelp = `Opens the file of this machine that has the frame's path, or was found by load -src, in
$VISUAL or $EDITOR, at the frame's line; or at PLACE, as list takes it.`

// edit is the command edit.
func (s *session) edit(args string) error {
	if s.edits == nil {
		return errors.New("edit: there is no editor here: it is for coredumpy load")
	}
	f, _, err := s.in.Frame()
	if err != nil {
		return err
	}
	path, line := f.File, f.Line
	if args != "" {
		if path, line, err = s.place("edit", args, f.File); err != nil {
			return err
		}
	}
	if path == "" {
		return errors.New("edit: the source file is not known")
	}
	if err := s.out.Flush(); err != nil {
		return err
	}
	text, _ := s.in.Source(path)
	if err := s.edits(path, text, line); err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	return nil
}

const sourcesHelp = `With REGEXP only those whose path matches are listed. Files of the program's own packages that
are on a stack are in the dump whole, and the other files of these packages up to 512 KB. Of files
that aren't the program's own it has the functions on the stacks, and what these call that says more
about their variables: "in part". coredumpy load -src DIR takes the other lines from a file of the
same text on this machine. A dump that is made with the setting WholeSources has all files whole.`

// sourceFiles is the command sources.
func (s *session) sourceFiles(args string) error {
	filter, err := parseFilter(args)
	if err != nil {
		return fmt.Errorf("sources: %w", err)
	}
	for _, path := range s.in.Sources() {
		if filter.wants(path) {
			part := ""
			if len(s.in.SourceOmitted(path)) > 0 {
				part = "  (in part)"
			}
			s.out.Printf("%s%s\n", printable.Line(path), part)
		}
	}
	return nil
}

// sourceNamed returns the path of the source file in the dump that has the given
// name, or whose path ends in it: the frame's own if that does.
func (s *session) sourceNamed(command, name, own string) (string, error) {
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
		return "", fmt.Errorf("%s: the dump holds no source file %s", command, name)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s: %s may be any of %s: give more of its path", command, name, strings.Join(found, ", "))
}
