package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"coredumpy/internal/printable"
)

// A go command may leave programs behind that are for coredumpy run alone. Only at the end
// is it known which of them still exist and have the hook: test runners remove theirs.

// keeps notes a file that a go command may leave behind.
func (w *watcher) keeps(file string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Contains(w.kept, file) {
		w.kept = append(w.kept, file)
	}
}

// manyKept is how many files are named.
const manyKept = 3

// tellKept prints that the programs left behind are no ordinary ones.
func (w *watcher) tellKept() {
	files := slices.DeleteFunc(w.kept, func(file string) bool { return !hasHook(file) })
	if len(files) == 0 {
		return
	}
	named := strings.Join(files[:min(len(files), manyKept)], ", ")
	if more := len(files) - manyKept; more > 0 {
		named += fmt.Sprintf(" and %d more", more)
	}
	is, slow, reports, it := "is", "it isn't optimised, so it is slow, and ",
		"it reports its crashes", "it"
	if len(files) > 1 {
		is, slow, reports, it = "are", "they aren't optimised, so they are slow, and ",
			"they report their crashes", "them"
	}
	if w.flags.optimise {
		slow = ""
	}
	w.printf("coredumpy %s: %s\n", w.name, printable.Line(fmt.Sprintf(
		"%s %s for coredumpy run: %s%s if COREDUMPY_SOCKET is set; for any other use, build %s without coredumpy",
		named,
		is, slow, reports, it)))
}

// hasHook reports whether a file is a program with the hook. That doesn't need debug
// information: the runtime's table of functions has their names.
func hasHook(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular() && contains(f, []byte("\x00"+hookFunction+"\x00"))
}

// contains reports whether r reads a text.
func contains(r io.Reader, text []byte) bool {
	b, n := make([]byte, 1<<20), 0
	for {
		k, err := r.Read(b[n:])
		n += k
		switch {
		case bytes.Contains(b[:n], text):
			return true
		case err != nil:
			return false
		}
		n = copy(b, b[max(0, n-len(text)+1):n]) // the text's beginning may have been read
	}
}
