package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
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
	h.lines = h.kept()
	if info.Size() > historyBytes {
		h.locked(h.shorten)
	}
	return h
}

// kept returns the last commands in the file.
func (h *history) kept() (lines []string) {
	f, err := os.Open(h.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil
	}
	if info.Size() > historyBytes {
		f.Seek(-historyBytes, io.SeekEnd)
	}
	text, err := io.ReadAll(io.LimitReader(f, 2*historyBytes))
	if err != nil {
		return nil
	}
	if info.Size() > historyBytes {
		_, text, _ = bytes.Cut(text, []byte("\n")) // the first one is cut
	}
	for line := range bytes.Lines(text) {
		if s := strings.TrimRight(string(line), "\r\n"); keeps(s) {
			lines = append(lines, s)
		}
	}
	return lines[max(0, len(lines)-historyLines):]
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
	if !h.locked(func() { h.write(line) }) {
		h.write(line) // better than to lose it
	}
}

func (h *history) write(line string) {
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		h.path = ""
		return
	}
	defer f.Close()
	f.Chmod(0o600)
	f.WriteString(line + "\n")
}

// These bound how long a session waits for another one that changes the file, and how old a lock
// is that a session must have left behind.
const (
	lockTries = 20
	lockPause = 5 * time.Millisecond
	lockAge   = 10 * time.Second
)

// locked calls f while no other session changes the file, and reports whether it could.
func (h *history) locked(f func()) bool {
	lock := h.path + ".lock"
	for range lockTries {
		l, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			l.Close()
			defer os.Remove(lock)
			f()
			return true
		}
		if info, err := os.Lstat(lock); err == nil && time.Since(info.ModTime()) > lockAge {
			os.Remove(lock)
			continue
		}
		time.Sleep(lockPause)
	}
	return false
}

// shorten replaces the file by one with the last commands, those of other sessions included. The
// file must be locked.
func (h *history) shorten() {
	lines := h.kept()
	f, err := os.CreateTemp(filepath.Dir(h.path), "history") // with mode 0600
	if err != nil {
		return
	}
	_, err = f.WriteString(strings.Join(lines, "\n") + "\n")
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
