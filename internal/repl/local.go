package repl

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
)

// localFile returns the file of this machine that has a path in the dump, "" for none.
func (s *session) localFile(path string) string {
	if s.finds == nil || path == "" || s.out.Diverted() {
		return ""
	}
	file, known := s.found[path]
	if !known {
		file, _ = s.finds(path)
		if s.found == nil {
			s.found = map[string]string{}
		}
		s.found[path] = file
	}
	return file
}

// linked are the files that are linked to: a click may start a program for others.
var linked = []string{".go", ".s", ".c", ".h", ".cc", ".cpp"}

// sourceURL returns the URL of a source file, "" if it is none.
func sourceURL(file string) string {
	if file == "" || !slices.Contains(linked, filepath.Ext(file)) {
		return ""
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// localPosition returns the file, which local finds on this machine, and line of p.
func localPosition(p dump.Place, local func(string) string) string {
	if local != nil {
		if file := local(p.File); file != "" {
			return fmt.Sprintf("%s:%d", printable.Line(file), p.Line)
		}
	}
	return position(p)
}

// position returns the file and line of a frame.
func (s *stackWriter) position(p dump.Place) string { return localPosition(p, s.local) }

// place ends a line with the place of a frame, which a terminal may link to.
func (s *stackWriter) place(f *dump.Frame, text string) {
	url := ""
	if s.local != nil {
		url = sourceURL(s.local(f.File))
	}
	start := text[:len(text)-len(strings.TrimLeft(text, " "))]
	fmt.Fprint(s.w, start)
	s.w.Link(url, text[len(start):])
	fmt.Fprintln(s.w)
}
