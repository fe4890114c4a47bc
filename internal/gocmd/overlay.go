package gocmd

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// overlayFile is the file given to -overlay (cmd/go/internal/fsys).
type overlayFile struct {
	// Replace maps a file to the one that is read instead, or to "" to hide
	// the file.
	Replace map[string]string
}

func readOverlay(name string) (overlayFile, error) {
	var o overlayFile
	data, err := os.ReadFile(name)
	if err != nil {
		return o, fmt.Errorf("read overlay: %w", err)
	}
	if err := json.Unmarshal(data, &o); err != nil {
		return o, fmt.Errorf("read overlay %q: %w", name, err)
	}
	return o, nil
}

// mergeOverlays writes a temporary file with the replacements of both, and
// returns its name. Relative names in the user's overlay mean files in dir.
// Those below from, the user's GOROOT, are moved to o.GOROOT, where the go command
// will look. Both may replace a file by the same one: the user's overlay may be ours.
func mergeOverlays(user, ours, dir, from string, o Options) (string, error) {
	if !filepath.IsAbs(user) {
		user = filepath.Join(dir, user)
	}
	theirs, err := readOverlay(user)
	if err != nil {
		return "", err
	}
	own, err := readOverlay(ours)
	if err != nil {
		return "", err
	}
	merged := overlayFile{Replace: make(map[string]string)}
	for name, by := range own.Replace {
		merged.Replace[absolute(name, dir)] = absolute(by, dir)
	}
	for name, by := range theirs.Replace {
		if name == "" {
			return "", fmt.Errorf("merge overlay %q: it replaces an empty file name: name a file", user)
		}
		name = moved(absolute(name, dir), from, o.GOROOT)
		by = absolute(by, dir)
		if other, ok := merged.Replace[name]; ok && other != by {
			return "", fmt.Errorf("merge overlay %q: %q is replaced by %q, and already by %q; leave one out",
				user, name, by, other)
		}
		merged.Replace[name] = by
	}
	return writeOverlay(merged, o.Temp)
}

func writeOverlay(o overlayFile, dir string) (string, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return "", fmt.Errorf("write overlay: %w", err)
	}
	f, err := os.CreateTemp(dir, "coredumpy-overlay-*.json")
	if err != nil {
		return "", fmt.Errorf("write overlay: %w", err)
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("write overlay: %w", err)
	}
	return f.Name(), nil
}

// absolute returns name as the go command sees it; the empty name stays empty.
func absolute(name, dir string) string {
	if name == "" {
		return ""
	}
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(dir, name)
}

// moved returns the name of a file in the tree from as one in the tree to; other
// names stay.
func moved(name, from, to string) string {
	if from == "" || to == "" {
		return name
	}
	if rest, ok := strings.CutPrefix(name, filepath.Clean(from)+string(filepath.Separator)); ok {
		return filepath.Join(to, rest)
	}
	return name
}
