package dap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
)

// source is a source file, for a client.
type source struct {
	Name      string `json:"name,omitempty"`
	Path      string `json:"path,omitempty"`
	Reference int    `json:"sourceReference,omitempty"` // asks the server for the text; 0: the client reads Path
	Hint      string `json:"presentationHint,omitempty"`
	Origin    string `json:"origin,omitempty"`
}

// deemphasize is the hint for sources of libraries, next to the program's own.
const deemphasize = "deemphasize"

// sources says where clients find the text of a source file.
type sources struct {
	core  *dump.Core
	moved sourceMap
	paths []string // by reference, counted from 1
	known map[string]source
}

// sourceMap says where directories of the dump are on this machine.
type sourceMap []moved

type moved struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// UnmarshalJSON reads {"from": "to"}, or [{"from": "from", "to": "to"}] as for Delve.
func (m *sourceMap) UnmarshalJSON(raw []byte) error {
	var list []moved
	if err := json.Unmarshal(raw, &list); err == nil {
		*m = list
		return nil
	}
	var object map[string]string
	if err := json.Unmarshal(raw, &object); err != nil {
		return errors.New(`sourceMap must be {"directory in the dump": "directory here"}`)
	}
	for from, to := range object {
		*m = append(*m, moved{from, to})
	}
	return nil
}

// here returns the path on this machine of a file of the dump. The longest matching
// directory decides.
func (m sourceMap) here(file string) string {
	best, found := moved{}, false
	for _, d := range m {
		d.From = strings.TrimRight(d.From, `/\`)
		if _, ok := below(file, d.From); ok && (!found || len(d.From) > len(best.From)) {
			best, found = d, true
		}
	}
	if !found {
		return file
	}
	rest, _ := below(file, best.From)
	return filepath.Join(best.To, filepath.FromSlash(strings.ReplaceAll(rest, `\`, "/")))
}

// below returns the rest of the path of a file below a directory.
func below(file, dir string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(file, dir)
	return rest, ok && rest != "" && strings.ContainsRune(`/\`, rune(rest[0]))
}

// sourceOf returns the source file at a path of the dump, nil if the path isn't known.
func (s *session) sourceOf(file string) *source {
	if file == "" {
		return nil
	}
	src, ok := s.sources.known[file]
	if !ok {
		src = s.sources.find(file)
		if s.sources.known == nil {
			s.sources.known = map[string]source{}
		}
		s.sources.known[file] = src
	}
	if s.client.PathFormat == pathFormatURI {
		src.Path = fileURI(src.Path)
	}
	return &src
}

func fileURI(file string) string {
	file = filepath.ToSlash(file)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file
	}
	return (&url.URL{Scheme: "file", Path: file}).String()
}

// find decides whether the client reads a file itself, or asks for the text in the dump:
// it asks if the file isn't on this machine, or has another text.
func (s *sources) find(file string) source {
	here := s.moved.here(file)
	src := source{Name: shortName(path.Base(strings.ReplaceAll(file, `\`, "/"))), Path: here}
	text, ok := s.core.Source(file)
	switch part := len(s.core.SourceOmitted(file)) > 0; {
	case ok && part && s.hasPart(here, file):
	case ok && (part || !hasText(here, text)):
		s.paths = append(s.paths, file)
		src.Reference, src.Origin = len(s.paths), "in the dump"
		if part {
			src.Origin = "in part in the dump"
		}
	case !ok && !isRegular(here):
		src.Origin = "neither in the dump nor on this machine"
	}
	return src
}

// isRegular reports whether there is a file at a path named by a dump. Some paths aren't
// files: looking at them would send a request to another machine.
func isRegular(file string) bool {
	if !filepath.IsAbs(file) || runtime.GOOS == "windows" && strings.ContainsRune(`/\`, rune(file[0])) {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular()
}

// hasText reports whether a file has a text.
func hasText(file, text string) bool {
	if !isRegular(file) {
		return false
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(text)) {
		return false
	}
	b, err := io.ReadAll(io.LimitReader(f, int64(len(text))+1))
	return err == nil && string(b) == text
}

// maxSource bounds a file that is compared with what the dump has of it.
const maxSource = 16 << 20

// hasPart reports whether a file of this machine has the lines that the dump has of a file.
func (s *sources) hasPart(here, file string) bool {
	if !isRegular(here) {
		return false
	}
	f, err := os.Open(here)
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return false
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSource))
	return err == nil && s.core.SameSource(file, string(b))
}

// withGaps returns the text of a source file with a comment in the first of the lines that the dump
// doesn't have. All others keep their numbers.
func withGaps(text string, omitted [][2]int) string {
	lines := strings.SplitAfter(text, "\n")
	for _, gap := range omitted {
		if n := gap[0] - 1; n < len(lines) {
			lines[n] = fmt.Sprintf("// Lines %d to %d are not in the dump.%s", gap[0], gap[1], lines[n])
		}
	}
	return strings.Join(lines, "")
}

type sourceArguments struct {
	Source    source `json:"source"`
	Reference int    `json:"sourceReference"`
}

type sourceBody struct {
	Content  string `json:"content"`
	MimeType string `json:"mimeType,omitempty"`
}

// source is the request: the text of a file that the client can't read.
func (s *session) source(args sourceArguments) (any, error) {
	n := args.Reference
	if n == 0 {
		n = args.Source.Reference
	}
	if n < 1 || n > len(s.sources.paths) {
		return nil, fmt.Errorf("source: the file %.200q is not in the dump", args.Source.Path)
	}
	text, ok := s.in.Source(s.sources.paths[n-1])
	if !ok {
		return nil, fmt.Errorf("source: %s can't be read from the dump", printable.Line(s.sources.paths[n-1]))
	}
	body := sourceBody{Content: withGaps(text, s.in.SourceOmitted(s.sources.paths[n-1]))}
	if path.Ext(s.sources.paths[n-1]) == ".go" {
		body.MimeType = "text/x-go"
	}
	return body, nil
}

type loadedSourcesBody struct {
	Sources []*source `json:"sources"`
}

// maxSources bounds how many source files are listed.
const maxSources = 10_000

// loadedSources is the request: the files in the dump.
func (s *session) loadedSources(none) (any, error) {
	body := loadedSourcesBody{[]*source{}}
	for _, file := range s.in.Sources() {
		if src := s.sourceOf(file); src != nil && len(body.Sources) < maxSources {
			body.Sources = append(body.Sources, src)
		}
	}
	return body, nil
}
