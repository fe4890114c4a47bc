package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// The history of the prompt is kept between sessions, one command a line, in the directory
// that the XDG Base Directory Specification names for such files. A file that can't be read
// or written is no reason to complain: then there is no history.

// historyVariable turns the history off.
const historyVariable = "COREDUMPY_HISTORY"

const (
	historyLines = 1000      // that a session begins with
	historyBytes = 256 << 10 // of the file; when it has more it is shortened
	historyLine  = 4096      // bytes; a longer command isn't kept
)

// history is the file with the commands of earlier sessions.
type history struct {
	path  string // "" if there is none
	lines []string
}

// readHistory returns the history of earlier sessions.
func readHistory() *history {
	h := &history{path: historyPath()}
	info, err := os.Lstat(h.path)
	switch {
	case h.path == "" || err != nil:
		return h
	case !info.Mode().IsRegular(): // somebody wants it to be elsewhere, or nowhere
		h.path = ""
		return h
	}
	f, err := os.Open(h.path)
	if err != nil {
		return h
	}
	defer f.Close()
	if info.Size() > historyBytes {
		f.Seek(-historyBytes, io.SeekEnd)
	}
	text, err := io.ReadAll(io.LimitReader(f, historyBytes))
	if err != nil {
		return h
	}
	for line := range bytes.Lines(text) {
		if s := strings.TrimRight(string(line), "\r\n"); keeps(s) {
			h.lines = append(h.lines, s)
		}
	}
	if info.Size() > historyBytes && len(h.lines) > 0 {
		h.lines = h.lines[1:] // the first one is cut
	}
	h.lines = h.lines[max(0, len(h.lines)-historyLines):]
	if info.Size() > historyBytes {
		h.shorten()
	}
	return h
}

// historyPath returns where the history is, "" if none is kept.
func historyPath() string {
	if os.Getenv(historyVariable) == "off" {
		return ""
	}
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil || !filepath.IsAbs(home) {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "coredumpy", "history")
}

// keeps reports whether a command is kept: as in shells, not one that begins with a space.
func keeps(line string) bool {
	return line != "" && line[0] != ' ' && len(line) <= historyLine && utf8.ValidString(line) &&
		!strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// add keeps a command. Sessions at the same time add to one file.
func (h *history) add(line string) {
	if h.path == "" || !keeps(line) {
		return
	}
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		h.path = ""
		return
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		h.path = ""
		return
	}
	defer f.Close()
	f.Chmod(0o600)
	f.WriteString(line + "\n")
}

// shorten replaces the file by one with the last commands.
func (h *history) shorten() {
	f, err := os.CreateTemp(filepath.Dir(h.path), "history") // with mode 0600
	if err != nil {
		return
	}
	_, err = f.WriteString(strings.Join(h.lines, "\n") + "\n")
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
}
