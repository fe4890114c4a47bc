package main

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"unicode"

	"coredumpy"
)

// A shelf finds source files that a dump doesn't hold, of the modules and the Go that the
// program was built from, where the go command keeps them on this machine. A version never
// changes: that of the dump has the same text.
type shelf struct {
	core   *coredumpy.Core
	looked sync.Once

	modules []module
	cache   string   // GOMODCACHE
	roots   []string // of Go of the program's version, as GOROOT
	main    string   // path of the main module
	builtAt string   // GOROOT where the program was built, "" if -trimpath has removed it
}

// module is a module that the program was built from.
type module struct{ path, version string }

// shelfOf returns where the sources of a program may be. Tests put another one there.
var shelfOf = newShelf

func newShelf(core *coredumpy.Core) *shelf { return &shelf{core: core} }

// look finds out where they may be.
func (l *shelf) look() {
	h := l.core.Head()
	l.cache = moduleCache()
	if h.Build != nil {
		l.main = h.Build.Main
		for _, d := range h.Build.Deps {
			l.modules = append(l.modules, module{d[0], d[1]})
		}
	}
	version, _, _ := strings.Cut(h.GoVersion, " ") // experiments follow
	l.roots = goRoots(version, l.cache)
	l.builtAt = builtAt(l.core)
}

// moduleCache returns the directory of modules, as go env GOMODCACHE does; "" if there is none.
func moduleCache() string {
	if dir := goEnv("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(goEnv("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

// goEnv returns a setting of the go command, from the environment or as go env -w stores it.
func goEnv(name string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	path := os.Getenv("GOENV")
	if path == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return ""
		}
		path = filepath.Join(dir, "go", "env")
	}
	text, err := readSource(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+"="); ok {
			return value
		}
	}
	return ""
}

// goRoots returns the directories of this machine that hold a version of Go: that of the go
// command, and the one that the go command has downloaded.
func goRoots(version, cache string) (roots []string) {
	if !strings.HasPrefix(version, "go") || version != filepath.Base(version) {
		return nil
	}
	dirs := []string{goEnv("GOROOT")}
	if path, err := exec.LookPath("go"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(filepath.Dir(path)))
		}
	}
	if cache != "" {
		dirs = append(dirs, filepath.Join(cache, "golang.org",
			"toolchain@v0.0.1-"+version+"."+runtime.GOOS+"-"+runtime.GOARCH))
	}
	for _, dir := range dirs {
		if dir != "" && versionAt(dir) == version {
			roots = append(roots, dir)
		}
	}
	return roots
}

// versionAt returns the version of Go in a directory: the first line of its file VERSION.
func versionAt(dir string) string {
	f, err := os.Open(filepath.Join(dir, "VERSION"))
	if err != nil {
		return ""
	}
	defer f.Close()
	line, _ := bufio.NewReader(io.LimitReader(f, 100)).ReadString('\n')
	return strings.TrimSpace(line)
}

// asked is how many goroutines are asked.
const asked = 10

// builtAt returns where the standard library was when the program was built: above the file of
// a function that each goroutine has.
func builtAt(core *coredumpy.Core) string {
	ids := core.Goroutines()
	for _, id := range ids[:min(len(ids), asked)] {
		g, err := core.Goroutine(id)
		if err != nil {
			continue
		}
		for _, f := range g.Frames {
			if dir, ok := strings.CutSuffix(filepath.ToSlash(filepath.Dir(f.File)), "/src/runtime"); ok &&
				strings.HasPrefix(f.Func, "runtime.") {
				return dir
			}
		}
	}
	return ""
}

// find returns the file of this machine for a path of the dump.
func (l *shelf) find(path string) (file string, ok bool) {
	l.looked.Do(l.look)
	path = filepath.ToSlash(path)
	for _, m := range l.modules {
		if rest, ok := m.within(path); ok && l.cache != "" {
			return existing(l.cache, m.dir()+"/"+rest)
		}
	}
	rest, ok := l.standard(path)
	if !ok {
		return "", false
	}
	for _, root := range l.roots {
		if file, ok := existing(root, "src/"+rest); ok {
			return file, true
		}
	}
	return "", false
}

// within returns the path within the module: behind github.com/x/y@v1.2.3/, with which the path
// begins after a build with -trimpath.
func (m module) within(path string) (rest string, ok bool) {
	if !strings.HasPrefix(m.version, "v") || !filepath.IsLocal(m.dir()) { // a directory has no version
		return "", false
	}
	if rest, ok = strings.CutPrefix(path, m.path+"@"+m.version+"/"); !ok {
		_, rest, ok = strings.Cut(path, "/"+m.dir()+"/")
	}
	if !ok || !filepath.IsLocal(rest) {
		return "", false
	}
	return rest, true
}

// dir returns the directory of the module in the module cache.
func (m module) dir() string { return escapedPath(m.path) + "@" + escapedPath(m.version) }

// standard returns the path within the standard library's sources, if it may be there.
func (l *shelf) standard(path string) (rest string, ok bool) {
	if l.builtAt != "" {
		return strings.CutPrefix(path, l.builtAt+"/src/")
	}
	first, _, ok := strings.Cut(path, "/")
	own := l.main != "" && strings.HasPrefix(path, l.main+"/")
	return path, ok && first != "" && !strings.ContainsAny(first, ".@:") && !own
}

// escapedPath returns the path of a module, or a version, as the module cache writes it: with !a
// for A (golang.org/x/mod/module, EscapePath).
func escapedPath(path string) string {
	var b strings.Builder
	for _, r := range path {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// existing returns the path of a file in a directory that name doesn't lead out of.
func existing(dir, name string) (file string, ok bool) {
	name = filepath.FromSlash(name)
	if !filepath.IsLocal(name) {
		return "", false
	}
	file = filepath.Join(dir, name)
	info, err := os.Stat(file)
	return file, err == nil && info.Mode().IsRegular() && info.Size() <= maxSource
}

// text returns the text of the file for a path of the dump.
func (l *shelf) text(path string) (text string, ok bool) {
	file, ok := l.find(path)
	if !ok {
		return "", false
	}
	b, err := fs.ReadFile(os.DirFS(filepath.Dir(file)), filepath.Base(file))
	return string(b), err == nil
}
