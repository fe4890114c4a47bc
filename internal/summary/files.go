package summary

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// candidate is a file to look at; maybe says that it need not be a dump.
type candidate struct {
	path  string
	maybe bool
}

// candidates returns the files that paths stand for, each once.
func candidates(paths []string) (files []candidate, errs []error) {
	seen := map[string]bool{}
	add := func(path string, maybe bool) {
		if clean := filepath.Clean(path); !seen[clean] {
			seen[clean] = true
			files = append(files, candidate{path, maybe})
		}
	}
	for _, path := range paths {
		if stat, err := os.Stat(path); err != nil || !stat.IsDir() {
			add(path, false) // opening it says what is wrong
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			errs = append(errs, fmt.Errorf("peek: list directory %q: %w", path, err))
		}
		for _, entry := range entries {
			name := filepath.Join(path, entry.Name())
			ext := strings.ToLower(filepath.Ext(name))
			if ext != ".dump" && ext != ".json" {
				continue
			}
			// Not a directory, and not a pipe, which would wait for a writer.
			if stat, err := os.Stat(name); err == nil && !stat.Mode().IsRegular() {
				continue
			}
			add(name, ext == ".json")
		}
	}
	return files, errs
}
