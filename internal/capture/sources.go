package capture

import (
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/excerpt"
	"coredumpy/internal/symbol"
	"coredumpy/internal/target"
)

// maxSource bounds one source file, in bytes.
const maxSource = 4 << 20

// sourceFile is a source file to write into the dump.
type sourceFile struct {
	path   string
	whole  bool
	beside bool // it has no frame, but is of a package that has one
	listed bool // only its directory says that it is of that package
	wanted excerpt.Wanted

	text    string // of an excerpt, which is read early
	size    int64  // of a whole file
	omitted [][2]int
	newer   bool // than the program
}

// chooseSources returns the source files that the dump should have. Files of the program's own
// packages are wanted whole, others only as far as they are on the stacks. Those of the frames come
// first, of the current goroutine before others, then what is inlined in them, then the other files
// of the program's own packages. Those of the runtime's own goroutines are left out.
func (c *capturer) chooseSources() []*sourceFile {
	s := &choice{byPath: map[string]*sourceFile{}}
	for _, g := range c.goroutines {
		for _, f := range g.Frames {
			if g.System || f.File == "" {
				continue
			}
			w := s.file(f.File)
			w.whole = w.whole || c.req.Limits.WholeSources || c.owns(f.Package)
			w.wanted.Lines = append(w.wanted.Lines, f.Line)
			w.wanted.Alone = inRuntime(f.Package)
			if !ofLibrary(f.Package) {
				w.wanted.Calls = told
			}
		}
	}
	for _, in := range c.inlined {
		w := s.file(in.file)
		w.wanted.Funcs = append(w.wanted.Funcs, in.function)
	}
	for _, g := range c.goroutines {
		for i := range g.Frames {
			if f := &g.Frames[i]; !g.System && f.File != "" && c.owns(f.Package) {
				c.besides(s, f)
			}
		}
	}
	for _, w := range s.files {
		slices.Sort(w.wanted.Lines)
		w.wanted.Lines = slices.Compact(w.wanted.Lines)
		slices.Sort(w.wanted.Funcs)
		w.wanted.Funcs = slices.Compact(w.wanted.Funcs)
	}
	c.sourceRoom = c.req.Limits.Source
	return s.files
}

// told are the functions by which a function says something about all goroutines: it hands a
// function to code whose variables aren't in a dump, or takes a lock, see package waits.
var told = strings.Fields("AfterFunc SetFinalizer AddCleanup Handle HandleFunc HandleHTTP Register RegisterName " +
	"Publish Func NewInt NewFloat NewString NewMap Lock RLock TryLock TryRLock")

// choice is the files chosen so far.
type choice struct {
	files  []*sourceFile
	byPath map[string]*sourceFile
	dirs   map[string]bool // whose files were added
}

func (s *choice) file(path string) *sourceFile {
	w := s.byPath[path]
	if w == nil {
		w = &sourceFile{path: path}
		s.byPath[path] = w
		s.files = append(s.files, w)
	}
	return w
}

// besides adds the other files of the package with a file on a stack. Tests are left out unless
// one is on a stack. A package that is made of the files that a go command named, as in go run
// main.go, has no others: those beside them are other programs.
func (c *capturer) besides(s *choice, f *corefile.Frame) {
	path, dir := f.File, filepath.Dir(f.File)
	if b := c.head.Build; s.dirs[dir] || !filepath.IsAbs(path) || f.Package == commandLine ||
		b != nil && f.Package == "main" && b.Path == commandLine {
		return
	}
	if s.dirs == nil {
		s.dirs = map[string]bool{}
	}
	s.dirs[dir] = true
	tests := slices.ContainsFunc(s.files, func(w *sourceFile) bool {
		return filepath.Dir(w.path) == dir && strings.HasSuffix(w.path, "_test.go")
	})
	for _, name := range goFiles(dir) {
		if tests || !strings.HasSuffix(name, "_test.go") {
			path := filepath.Join(dir, name)
			listed := s.byPath[path] == nil
			w := s.file(path)
			w.whole, w.beside, w.listed = true, !w.whole && !c.req.Limits.WholeSources, listed
		}
	}
}

// Limits for the files of a package that have no frame: how many of a directory are looked at, and
// how many bytes of them are wanted in all. Some packages have a hundred times more than what is
// on a stack.
const (
	maxBesides     = 1000
	maxBesideBytes = 512 << 10
)

// goFiles returns the names of the Go files in a directory, in order.
func goFiles(dir string) (names []string) {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	entries, _ := d.ReadDir(10 * maxBesides)
	for _, e := range entries {
		name := e.Name()
		if strings.HasSuffix(name, ".go") && name[0] != '.' && name[0] != '_' && e.Type().IsRegular() &&
			len(names) < maxBesides {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// owns reports whether a package is of the main module or of another module of its workspace.
func (c *capturer) owns(path string) bool {
	path = symbol.Unescaped(path)
	if c.ofMainModule(path) || c.ofMainModule(strings.TrimSuffix(path, "_test")) {
		return true
	}
	b := c.head.Build
	return b != nil && slices.ContainsFunc(b.Deps, func(d [2]string) bool {
		return d[1] == "(devel)" && (path == d[0] || strings.HasPrefix(path, d[0]+"/"))
	})
}

func inRuntime(path string) bool {
	return path == "runtime" || strings.HasPrefix(path, "internal/runtime/")
}

// ofLibrary reports whether a package seems to be of the standard library.
func ofLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(symbol.Unescaped(first), ".")
}

// inlinedFunc is a function that is inlined in one on a stack.
type inlinedFunc struct{ file, function string }

// inlinedSources notes where the functions are that say whether a variable of a frame is current.
func (c *capturer) inlinedSources(f *target.Frame, doubts caveat.Doubts) {
	for _, d := range doubts {
		for _, s := range d.Sharers {
			in := [2]string{f.Func, s.Func}
			if s.Func == "" || s.Func == f.Func || c.inlinedIn[in] {
				continue
			}
			if c.inlinedIn == nil {
				c.inlinedIn = map[[2]string]bool{}
			}
			c.inlinedIn[in] = true
			for _, file := range f.Call.Files() {
				if symbol.InDirectory(symbol.Package(s.Func), filepath.ToSlash(filepath.Dir(file))) {
					c.inlined = append(c.inlined, inlinedFunc{file, s.Func})
				}
			}
		}
	}
}

// readSources reads the chosen files that aren't wanted whole, and finds out which of the others fit
// the limit. The writer reads those: that keeps no memory. What isn't there, or has been changed
// so that nothing wanted is there, is left out.
func (d *Dump) readSources() {
	if d.sourceRead {
		return
	}
	d.sourceRead = true
	left, omitted := d.sourceRoom, 0
	beside, others := int64(maxBesideBytes), 0
	program, programErr := os.Stat(d.head.Program)
	built := &excerpt.Build{System: d.head.OS, Processor: d.head.Arch, Version: d.head.GoVersion}
	if d.head.Build != nil {
		built.Settings = d.head.Build.Settings
	}
	d.sources = slices.DeleteFunc(d.sources, func(s *sourceFile) bool {
		info, err := os.Stat(s.path)
		if err != nil || !info.Mode().IsRegular() || s.listed && !built.Has(s.path, beginning(s.path)) {
			return true
		}
		s.newer = programErr == nil && info.ModTime().After(program.ModTime())
		if s.size = info.Size(); s.beside && s.size > beside {
			others++
			s.whole, s.beside = false, false
			if len(s.wanted.Funcs) == 0 { // nothing of it is inlined
				return true
			}
		}
		if s.size <= maxSource && !s.whole {
			text, err := os.ReadFile(s.path)
			if err != nil {
				return true
			}
			if s.text, s.omitted = excerpt.Cut(s.path, string(text), s.wanted); s.text == "" {
				return true
			}
			s.size = int64(len(s.text))
		}
		switch {
		case s.size > min(left, maxSource):
			omitted++
			return true
		case s.beside:
			beside -= s.size
		}
		left -= s.size
		return false
	})
	if others > 0 {
		d.note("source files of the program's own packages that aren't on a stack and are left out: %d; "+
			"WholeSources brings them", others)
	}
	d.cut("source", omitted)
	slices.SortFunc(d.head.Cut, func(a, b corefile.Cut) int { return cmp.Compare(a.Limit, b.Limit) })
}

// beginning returns the beginning of a file, which has its build constraint.
func beginning(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 32<<10))
	return string(b)
}

// sourceFiles writes the source files.
func (d *Dump) sourceFiles(out *corefile.Writer) error {
	id := 0
	for _, s := range d.sources {
		text := s.text
		if s.whole {
			b, err := os.ReadFile(s.path)
			if err != nil || len(b) > maxSource {
				continue // it has changed since
			}
			text = string(b)
		}
		id++
		if err := out.Source(&corefile.Source{ID: id, Path: d.path(s.path),
			Text: d.redact.Source(s.path, text), Newer: s.newer, Omitted: s.omitted}); err != nil {
			return err
		}
	}
	return nil
}
