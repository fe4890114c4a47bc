// Package summary says in a few lines what a dump is about, from its head alone.
package summary

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"coredumpy/internal/corefile"
	"coredumpy/internal/printable"
)

// How much text of a dump a summary shows, so that several dumps fit a screen.
const (
	maxLines = 12  // of a message or a description
	maxRunes = 240 // of a line
	maxNotes = 4
)

// Summary is what a dump is about.
type Summary struct {
	Time time.Time // when the dump was made
	Path string
	Text string // lines to read, or one of JSON; each ends with a newline
}

// Read returns the summaries of the dumps that paths stand for, newest first: lines to
// read, or with asJSON an object each with the path, the size and the whole head. A
// directory stands for the dumps right in it. The errors say what was wrong with each of
// the others.
func Read(paths []string, asJSON bool) (summaries []Summary, errs []error) {
	files, errs := candidates(paths)
	for _, file := range files {
		s, err := read(file.path, asJSON)
		switch {
		case err == nil:
			summaries = append(summaries, s)
		case file.maybe && !errors.Is(err, corefile.ErrVersion) && !errors.Is(err, corefile.ErrDamaged):
			// Any JSON may be in a directory.
		default:
			errs = append(errs, err)
		}
	}
	slices.SortStableFunc(summaries, func(a, b Summary) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(a.Path, b.Path))
	})
	return summaries, errs
}

func read(path string, asJSON bool) (Summary, error) {
	head, size, err := corefile.OpenHead(path)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Time: head.Time, Path: path}
	if asJSON {
		s.Text, err = jsonOf(path, size, &head)
		return s, err
	}
	s.Text = textOf(path, size, &head)
	return s, nil
}

// textOf returns a summary to read:
//
//	dumps/coredumpy_main.div_12_20260301_120000_000001.dump
//	    2026-03-01T12:00:00Z, 12.3 KB
//	    go1.26.8 linux/amd64, calc[4242] on build-7
//	    panic: runtime error: integer divide by zero
//	    value: main.myErr {code: 7}
//	    at main.div (/src/calc/main.go:12)
//	    3 goroutines
//	    cut: depth 12, elements 3
func textOf(path string, size int64, h *corefile.Head) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\n", inert(printable.Line(path)))
	line := func(format string, args ...any) {
		text := strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", `\n`)
		fmt.Fprintf(&out, "    %s\n", inert(printable.Line(clipText(text))))
	}
	// Further lines of a text are indented deeper, so that none looks like another
	// part of the summary.
	text := func(label, text string) {
		text = inert(printable.Block(clipText(label+text), ""))
		fmt.Fprintf(&out, "    %s\n", strings.ReplaceAll(text, "\n", "\n        "))
	}
	line("%s, %s", h.Time.Local().Format(time.RFC3339), humanSize(size))
	line("%s", origin(h))
	text("", Reason(h))
	if h.Value != "" {
		line("value: %s", h.Value)
	}
	if h.Description != "" && h.Description != h.Message {
		text("description: ", h.Description)
	}
	if h.Top != nil {
		line("at %s (%s:%d)", h.Top.Func, h.Top.File, h.Top.Line)
	}
	line("%s", printable.Count(h.Goroutines, "goroutine"))
	if len(h.Cut) > 0 {
		line("cut: %s", Cuts(h))
	}
	for i, note := range h.Notes {
		if i == maxNotes {
			line("...+%s", printable.Count(len(h.Notes)-i, "more note"))
			break
		}
		text("note: ", note)
	}
	if len(h.More) > 0 {
		line("unknown: members of the head that this coredumpy doesn't know: %s", strings.Join(h.More, ", "))
	}
	return out.String()
}

// inert escapes in lines of text what makes a line of a GitHub job's log a command: "::" at
// its beginning, even after spaces, and "##[" anywhere (ActionCommand.cs of
// github.com/actions/runner).
func inert(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "##[", `##\x5b`), "\n")
	for i, line := range lines {
		if command := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(command, "::") {
			lines[i] = line[:len(line)-len(command)] + `\x3a` + command[1:]
		}
	}
	return strings.Join(lines, "\n")
}

// Reason returns why a dump was made: its reason, test and message. The message may have
// several lines, and nothing of it is made safe to print.
func Reason(h *corefile.Head) string {
	reason := h.Reason
	if h.Test != "" && !strings.Contains(h.Message, h.Test) {
		reason += ": " + h.Test
	}
	if h.Message != "" {
		reason += ": " + h.Message
	}
	return reason
}

// origin returns what made the dump: the Go version and system, the
// program and its process, the host.
func origin(h *corefile.Head) string {
	made := fmt.Sprintf("%s %s/%s", h.GoVersion, h.OS, h.Arch)
	if program := Program(h); program != "" {
		made += ", " + program
	}
	if h.Host != "" {
		made += " on " + h.Host
	}
	return made
}

// jsonOf returns the head as a line of JSON, with path and size.
func jsonOf(path string, size int64, h *corefile.Head) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Path string `json:"path"`
		Size int64  `json:"size"`
		*corefile.Head
		Unknown []string `json:"unknown,omitempty"` // members that aren't in Head
	}{path, size, h, h.More})
	if err != nil {
		return "", fmt.Errorf("peek: %q: %w", path, err)
	}
	return strings.ReplaceAll(escapeJSON(out.String()), "##[", `##\u005b`), nil // see inert
}

// escapeJSON escapes characters that JSON allows and a terminal must not get,
// such as bidirectional controls. They occur in strings only, so the value
// stays the same.
func escapeJSON(line string) string {
	out := make([]byte, 0, len(line))
	for _, r := range line {
		if r == '\n' || printable.Safe(r) {
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
	lines := strings.SplitN(s, "\n", maxLines+1)
	if len(lines) > maxLines {
		more := 1 + strings.Count(lines[maxLines], "\n")
		lines[maxLines] = "...+" + printable.Count(more, "more line")
	}
	for i, line := range lines {
		runes := 0
		for at := range line {
			if runes++; runes > maxRunes {
				lines[i] = fmt.Sprintf("%s...+%d more bytes", line[:at], len(line)-at)
				break
			}
		}
	}
	return strings.Join(lines, "\n")
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
