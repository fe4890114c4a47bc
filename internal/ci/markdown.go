// Package ci writes what CI systems show of a dump: Markdown for the page of a job, and the
// lines of a log that become an annotation or an attachment. A dump is untrusted, and these
// are read by programs: nothing in it becomes markup or a command.
package ci

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
	"coredumpy/internal/repl"
	"coredumpy/internal/summary"
)

// GitHub refuses a step's summary of more than 1 MiB, and a step may write other text, too.
const (
	maxPage    = 900_000 // bytes
	maxSection = 48_000  // bytes, escaped
	maxLine    = 2000    // bytes
	maxTitle   = 200     // bytes
	maxNote    = 200     // bytes: what the end of the page says
)

// Markdown writes a page about the dumps that paths stand for, newest first, see
// [summary.Read]. It returns how many could be read, and what was wrong with the others. An
// error of w ends it.
func Markdown(w io.Writer, paths []string) (read int, err error) {
	summaries, errs := summary.Read(paths, false)
	if len(summaries) == 0 && len(errs) == 0 {
		quoted := make([]string, len(paths))
		for i, path := range paths {
			quoted[i] = strconv.Quote(path)
		}
		return 0, fmt.Errorf("peek: no dumps in %s", strings.Join(quoted, ", "))
	}
	left := maxPage - maxNote
	for i, s := range summaries {
		text, err := page(&s)
		if err != nil {
			errs = append(errs, err)
		}
		if left -= len(text); left < 0 {
			text = fmt.Sprintf("The page is full: %s not shown.\n", printable.Count(len(summaries)-i, "more dump"))
		}
		if _, err := io.WriteString(w, text); err != nil {
			return i, errors.Join(append(errs, fmt.Errorf("peek: write: %w", err))...)
		}
		if left < 0 {
			break
		}
	}
	return len(summaries), errors.Join(errs...)
}

// sections are what the page shows of a dump below its summary, by the prompt's commands.
var sections = []struct {
	title    string
	commands []string
}{
	{"Stack", []string{"bt"}},
	{"Source", []string{"list"}},
	{"Arguments and locals of that frame", []string{"args", "locals"}},
}

// page returns what the page shows of a dump. With an error that is its summary alone. All
// text of the dump is in HTML elements, where no Markdown is read.
func page(s *summary.Summary) (text string, err error) {
	var out strings.Builder
	section := func(title, text string) {
		fmt.Fprintf(&out, "%s\n\n<pre>\n%s\n</pre>\n\n", title, clipped(escape(shortened(text, maxLine)), maxSection))
	}
	head, _, err := corefile.OpenHead(s.Path)
	if err != nil {
		return "", err // it was there a moment ago
	}
	fmt.Fprintf(&out, "<h3><code>%s</code></h3>\n\n", title(&head))
	section("Summary", s.Text)
	core, err := dump.Open(s.Path)
	if err == nil {
		if why := core.Missing(); why != "" {
			section("Damaged", why)
		}
		inside(core, section)
	}
	section("Open it with", "coredumpy load "+printable.Argument(s.Path))
	return out.String(), err
}

// title returns the first line of the reason, escaped.
func title(h *corefile.Head) string {
	line, _, more := strings.Cut(strings.TrimSpace(summary.Reason(h)), "\n")
	line = shortened(line, maxTitle)
	if more {
		line += "..."
	}
	return escape(line)
}

// inside calls section for what the prompt's commands print about the goroutine that a dump
// is about. One that has nothing to print, as list without the source, has no section.
func inside(core *dump.Core, section func(title, text string)) {
	in, err := inspector.New(core)
	if err != nil {
		section("Stack", err.Error())
		return
	}
	var out bytes.Buffer
	console := repl.Console(in, repl.Options{Out: &out, Err: io.Discard})
	for _, s := range sections {
		out.Reset()
		for _, command := range s.commands {
			if console.Do(command) != nil {
				break
			}
		}
		if out.Len() > 0 {
			section(s.title, out.String())
		}
	}
}
