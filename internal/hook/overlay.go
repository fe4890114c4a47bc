package hook

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Files are the files to build with.
type Files struct {
	// Overlay is the file for `go build -overlay`. It is empty if no hook fits the
	// toolchain.
	Overlay string
	// GOROOT, if not empty, must be set in the go command's environment, together
	// with GOTOOLCHAIN=local, and the go command must be GOROOT's own, bin/go. It is
	// the toolchain under another path: Go 1.25 and later refuse to replace files
	// below GOMODCACHE, where downloaded toolchains are. Stack traces show this path
	// for functions of the standard library.
	GOROOT string
	// Panics says whether panics that nothing recovers are reported.
	Panics bool
	// Left is what can't be seen with this toolchain, in the order of the hooks.
	Left []Left
}

// Toolchain is what `go env` says about a toolchain.
type Toolchain struct {
	GOROOT     string
	GOVERSION  string // "go1.26.8"
	GOMODCACHE string
}

const (
	overlayName = "overlay.json"
	gorootName  = "goroot" // symbolic link
)

// Overlay writes the overlay for a toolchain into a directory of its own below cache.
// The directory's name is a hash of all that goes into it; if it exists it is used
// again. Many processes may call Overlay at once.
//
// Hooks that don't fit the sources of the toolchain are left out, and so are those
// with which try fails; see [Files].Left. Overlay returns an error if the cache can't
// be written, or if try returns one. A nil try tries nothing.
func Overlay(tc Toolchain, cache string, try *Trial) (Files, error) {
	files, err := overlay(tc, cache, try)
	if err != nil {
		return Files{}, fmt.Errorf("overlay for %s in %q: %w", tc.GOVERSION, tc.GOROOT, err)
	}
	return files, nil
}

func overlay(tc Toolchain, cache string, try *Trial) (Files, error) {
	cache, err := filepath.Abs(cache)
	if err != nil {
		return Files{}, err
	}
	tc.GOROOT = behindLink(filepath.Clean(tc.GOROOT))
	l := &layer{tc: tc, cache: cache}
	files, err := l.lay(nil)
	if err != nil || try == nil || files.Overlay == "" {
		return files, err
	}
	return l.tried(files, try)
}

// behindLink returns the toolchain that a GOROOT of ours leads to, see [Files]. goroot is
// ours when a program built with it starts a go command.
func behindLink(goroot string) string {
	if filepath.Base(goroot) != gorootName {
		return goroot
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(goroot), overlayName)); err != nil {
		return goroot
	}
	if to, err := os.Readlink(goroot); err == nil && filepath.IsAbs(to) {
		return to
	}
	return goroot
}

// layer writes overlays for a toolchain.
type layer struct {
	tc    Toolchain
	cache string
	*choice
}

// lay writes the overlay without the parts in out.
func (l *layer) lay(out map[string]string) (Files, error) {
	l.choice = choose(l.tc.GOROOT, out)
	files := Files{Panics: l.has[panicsPart], Left: l.left}
	if l.empty() {
		return files, nil
	}
	goroot := l.tc.GOROOT
	p := &plan{sources: l.sources}
	if beneath(goroot, l.tc.GOMODCACHE) && guarded(l.tc.GOVERSION) {
		p.link = goroot
	}
	dir := filepath.Join(l.cache, p.key(goroot, l.tc.GOVERSION))
	files.Overlay = filepath.Join(dir, overlayName)
	if p.link != "" {
		files.GOROOT = filepath.Join(dir, gorootName)
		goroot = files.GOROOT
	}
	var err error
	if p.json, err = overlayJSON(goroot, dir, p.sources); err != nil {
		return Files{}, err
	}
	return files, p.put(dir)
}

// beneath reports whether path is dir or below it, by their names alone, as the go
// command does.
func beneath(path, dir string) bool {
	if dir == "" {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// guarded reports whether the go command of the given version refuses to replace files
// below GOMODCACHE: true for one without a valid version.
func guarded(goversion string) bool {
	v, _, _ := strings.Cut(goversion, " ") // GOEXPERIMENT follows
	return !version.IsValid(v) || version.Compare(v, "go1.25") >= 0
}

// overlayJSON returns the file that maps paths below goroot to paths below dir.
func overlayJSON(goroot, dir string, sources map[string]string) ([]byte, error) {
	replace := make(map[string]string)
	for name := range sources {
		replace[filepath.Join(goroot, "src", filepath.FromSlash(name))] = filepath.Join(dir, filepath.FromSlash(name))
	}
	return json.MarshalIndent(map[string]any{"Replace": replace}, "", "\t")
}

// plan is what a directory of the cache must hold.
type plan struct {
	sources map[string]string
	json    []byte
	link    string // where goroot leads, "" for no such link
}

// key returns the name of the directory. The toolchain's path is part of the hash,
// because the overlay contains paths; the map's order isn't, because json sorts it.
func (p *plan) key(goroot, goversion string) string {
	h := sha256.New()
	json.NewEncoder(h).Encode([]any{goversion, goroot, p.link, p.sources}) // strings into a hash: can't fail
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// put makes dir hold p. It makes it complete under another name first, so that no
// other process sees half of it.
func (p *plan) put(dir string) error {
	if p.holds(dir) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "tmp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	made := filepath.Join(tmp, "new")
	if err := p.write(made); err != nil {
		return err
	}
	// Another process may put it there between our look and our rename, and several
	// may find the same damage. Each turn of the loop means that another one finished.
	const turns = 10
	for range turns {
		if err = os.Rename(made, dir); err == nil || p.holds(dir) {
			return nil
		}
		// The old directory is damaged: move it away, to be removed with tmp.
		old, tempErr := os.MkdirTemp(tmp, "old-")
		if tempErr != nil {
			return tempErr
		}
		if moveErr := os.Rename(dir, filepath.Join(old, "old")); moveErr != nil && !errors.Is(moveErr, fs.ErrNotExist) {
			return moveErr
		}
	}
	return err
}

// holds reports whether dir is complete and undamaged.
func (p *plan) holds(dir string) bool {
	for name, text := range p.sources {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || string(b) != text {
			return false
		}
	}
	if p.link != "" {
		if to, err := os.Readlink(filepath.Join(dir, gorootName)); err != nil || to != p.link {
			return false
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, overlayName))
	return err == nil && bytes.Equal(b, p.json)
}

// write makes dir.
func (p *plan) write(dir string) error {
	for name, text := range p.sources {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if p.link != "" {
		if err := os.Symlink(p.link, filepath.Join(dir, gorootName)); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, overlayName), p.json, 0o644)
}
