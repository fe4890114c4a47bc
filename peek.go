package coredumpy

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"coredumpy/internal/corefile"
	"coredumpy/internal/safetext"
)

// How much text of a dump a summary shows, so that several dumps fit a screen.
const (
	peekLines = 12  // of a message or a description
	peekRunes = 240 // of a line
	peekNotes = 4
)

// PeekOptions changes what Peek writes.
type PeekOptions struct {
	// JSON writes one JSON object a line, with the path, the size and the
	// whole head of a dump, in place of a summary to read.
	JSON bool
}

// Peek writes to w a summary of each dump in paths, newest first: when, where
// and why it was made, and the function it is about. Of each file only the head
// is read, however large it is. A path may be a directory, which stands for the
// dumps right in it: the files named *.dump, and those of the files named *.json
// that are dumps.
//
// It returns how many dumps could be read, and an error that joins what was
// wrong with each of the others (see [errors.Join]). An error of w ends it.
// Control characters, escape sequences and characters that change the direction
// of text, which a dump from somebody else may hold, are written escaped.
func Peek(w io.Writer, paths []string, opts PeekOptions) (read int, err error) {
	files, errs := peekFiles(paths)
	var summaries []peekSummary
	for _, file := range files {
		s, err := peekFile(file.path, opts)
		switch {
		case err == nil:
			summaries = append(summaries, s)
		case file.maybe && !errors.Is(err, corefile.ErrVersion) && !errors.Is(err, corefile.ErrDamaged):
			// Any JSON may be in a directory.
		default:
			errs = append(errs, err)
		}
	}
	if len(summaries) == 0 && len(errs) == 0 {
		quoted := make([]string, len(paths))
		for i, path := range paths {
			quoted[i] = strconv.Quote(path)
		}
		return 0, fmt.Errorf("peek: no dumps in %s", strings.Join(quoted, ", "))
	}
	slices.SortStableFunc(summaries, func(a, b peekSummary) int {
		return cmp.Or(b.time.Compare(a.time), cmp.Compare(a.path, b.path))
	})
	for i, s := range summaries {
		if i > 0 && !opts.JSON {
			s.text = "\n" + s.text
		}
		if _, err := io.WriteString(w, s.text); err != nil {
			return i, errors.Join(append(errs, fmt.Errorf("peek: write: %w", err))...)
		}
	}
	return len(summaries), errors.Join(errs...)
}

// peekPath is a file to look at; maybe says that it need not be a dump.
type peekPath struct {
	path  string
	maybe bool
}

// peekFiles returns the files that paths stand for, each once.
func peekFiles(paths []string) (files []peekPath, errs []error) {
	seen := map[string]bool{}
	add := func(path string, maybe bool) {
		if clean := filepath.Clean(path); !seen[clean] {
			seen[clean] = true
			files = append(files, peekPath{path, maybe})
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

// peekSummary is one dump's part of what Peek writes.
type peekSummary struct {
	time time.Time
	path string
	text string
}

func peekFile(path string, opts PeekOptions) (peekSummary, error) {
	head, size, err := corefile.OpenHead(path)
	if err != nil {
		return peekSummary{}, err
	}
	s := peekSummary{time: head.Time, path: path}
	if opts.JSON {
		s.text, err = peekJSON(path, size, &head)
		return s, err
	}
	s.text = peekText(path, size, &head)
	return s, nil
}

// peekText returns a summary to read:
//
//	dumps/coredumpy_main.div_12_20260301_120000_000001.dump
//	    2026-03-01T12:00:00Z, 12.3 KB
//	    go1.26.8 linux/amd64, calc[4242] on build-7
//	    panic: runtime error: integer divide by zero
//	    value: main.myErr {code: 7}
//	    at main.div (/src/calc/main.go:12)
//	    3 goroutines
//	    cut: depth 12, elements 3
func peekText(path string, size int64, h *Head) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n", safetext.Line(path))
	line := func(format string, args ...any) {
		text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", `\n`)
		fmt.Fprintf(&out, "    %s\n", safetext.Line(clipText(text)))
	}
	// Further lines of a text are indented deeper, so that none looks like another
	// part of the summary.
	text := func(label, text string) {
		text = safetext.Block(clipText(label+text), "")
		fmt.Fprintf(&out, "    %s\n", strings.ReplaceAll(text, "\n", "\n        "))
	}
	line("%s, %s", h.Time.Local().Format(time.RFC3339), humanSize(size))
	line("%s", peekOrigin(h))
	reason := h.Reason
	if h.Test != "" && !strings.Contains(h.Message, h.Test) {
		reason += ": " + h.Test
	}
	if h.Message != "" {
		reason += ": " + h.Message
	}
	text("", reason)
	if h.Value != "" {
		line("value: %s", h.Value)
	}
	if h.Description != "" && h.Description != h.Message {
		text("description: ", h.Description)
	}
	if h.Top != nil {
		line("at %s (%s:%d)", h.Top.Func, h.Top.File, h.Top.Line)
	}
	line("%s", counted(h.Goroutines, "goroutine"))
	if len(h.Cut) > 0 {
		var cuts []string
		for _, cut := range h.Cut {
			cuts = append(cuts, fmt.Sprintf("%s %d", cut.Limit, cut.Count))
		}
		line("cut: %s", strings.Join(cuts, ", "))
	}
	for i, note := range h.Notes {
		if i == peekNotes {
			line("...+%s", counted(len(h.Notes)-i, "more note"))
			break
		}
		text("note: ", note)
	}
	return out.String()
}

// peekOrigin returns what made the dump: the Go version and system, the
// program and its process, the host.
func peekOrigin(h *Head) string {
	origin := fmt.Sprintf("%s %s/%s", h.GoVersion, h.OS, h.Arch)
	if h.Program != "" {
		// The path may be another system's.
		name := h.Program[strings.LastIndexAny(h.Program, `/\`)+1:]
		origin += fmt.Sprintf(", %s[%d]", name, h.PID)
	}
	if h.Host != "" {
		origin += " on " + h.Host
	}
	return origin
}

// peekJSON returns the head as a line of JSON, with path and size.
func peekJSON(path string, size int64, h *Head) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Path string `json:"path"`
		Size int64  `json:"size"`
		*Head
	}{path, size, h})
	if err != nil {
		return "", fmt.Errorf("peek: %q: %w", path, err)
	}
	return escapeJSON(out.String()), nil
}

// escapeJSON escapes characters that JSON allows and a terminal must not get,
// such as bidirectional controls. They occur in strings only, so the value
// stays the same.
func escapeJSON(line string) string {
	out := make([]byte, 0, len(line))
	for _, r := range line {
		if r == '\n' || safetext.Safe(r) {
			out = append(out, string(r)...)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return string(out)
}

// clipText returns the first lines of s and the beginning of each, and says how
// much was left out.
func clipText(s string) string {
	s = strings.TrimRight(s, "\r\n")
	lines := strings.SplitN(s, "\n", peekLines+1)
	if len(lines) > peekLines {
		more := 1 + strings.Count(lines[peekLines], "\n")
		lines[peekLines] = "...+" + counted(more, "more line")
	}
	for i, line := range lines {
		runes := 0
		for at := range line {
			if runes++; runes > peekRunes {
				lines[i] = fmt.Sprintf("%s...+%d more bytes", line[:at], len(line)-at)
				break
			}
		}
	}
	return strings.Join(lines, "\n")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// humanSize returns a number of bytes as in 812 B, 12.3 KB, 4.0 MB.
func humanSize(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/1000, 0
	for size >= 999.95 && unit < 2 {
		size, unit = size/1000, unit+1
	}
	return fmt.Sprintf("%.1f %cB", size, "KMG"[unit])
}
