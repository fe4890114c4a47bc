package repl

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/summary"
)

// labelWidth is the width of the column of labels.
const labelWidth = 13

// greet writes in a few lines what a dump is about.
func greet(w io.Writer, h *dump.Head, missing string, unknown []string) {
	io.WriteString(w, printable.Line(h.Reason))
	for _, text := range []string{h.Test, h.Message} {
		if text != "" {
			fmt.Fprintf(w, ": %s", strings.TrimLeft(printable.Block(text, "    "), " "))
		}
	}
	if h.Value != "" {
		fmt.Fprintf(w, "\nvalue: %s", printable.Line(h.Value))
	}
	fmt.Fprintf(w, "\n%s, %s %s/%s, %d goroutines\n", h.Time.Local().Format("2006-01-02 15:04:05 MST"),
		printable.Line(h.GoVersion), printable.Line(h.OS), printable.Line(h.Arch), h.Goroutines)
	for _, note := range h.Notes {
		fmt.Fprintf(w, "note: %s\n", printable.Line(note))
	}
	if missing != "" {
		fmt.Fprintf(w, "damaged: %s\n", printable.Line(missing))
	}
	for _, line := range unknown {
		fmt.Fprintf(w, "unknown: %s\n", printable.Line(line))
	}
}

// writeHead writes all that a dump says about itself, one field per line.
func writeHead(w io.Writer, core *dump.Core) {
	h := core.Head()
	field := func(label, value string) {
		if value == "" {
			return
		}
		value = printable.Block(value, strings.Repeat(" ", labelWidth))
		fmt.Fprintf(w, "%-*s%s\n", labelWidth, label+":", strings.TrimLeft(value, " "))
	}
	list := func(label string, values []string) { field(label, strings.Join(values, "\n")) }

	field("reason", h.Reason)
	field("message", h.Message)
	field("value", h.Value)
	field("test", h.Test)
	if h.Description != h.Message {
		field("description", h.Description)
	}
	field("time", summary.Made(h))
	if h.Top != nil {
		field("at", fmt.Sprintf("%s (%s:%d)", h.Top.Func, h.Top.File, h.Top.Line))
	}
	field("goroutine", fmt.Sprintf("%d (%d in all)", h.Goroutine, h.Goroutines))
	field("objects", strconv.Itoa(h.Objects))
	for _, fact := range summary.Process(h) {
		field(fact.Label, fact.Text)
	}
	list("build", summary.Build(h.Build))
	field("took", h.Duration)
	field("paused", h.Paused)
	list("notes", h.Notes)
	field("cut", summary.Cuts(h))
	list("hidden", hidden(core.Hidden()))
	field("missing", core.Missing())
	list("unknown", core.Unknown())
}

// hidden says how many secrets which rule has hidden, the most first.
func hidden(rules map[string]int) []string {
	if len(rules) == 0 {
		return nil
	}
	names := summary.Rules(rules)
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, rules[name])
	}
	const more = "-show RULE turns a rule off for the next dump: see coredumpy help secrets"
	return []string{strings.Join(names, ", "), more}
}

// info is the command info.
func (s *session) info() error {
	g, err := s.in.Selected()
	writeHead(s.out, s.in.Core)
	if err != nil || g.Panic == nil {
		return nil
	}
	s.onLine("panic value: ", g.PanicValue(), s.show.columns())
	s.out.Printf("\n")
	for _, v := range g.EarlierPanics() {
		s.onLine("earlier panic: ", &v, s.show.columns())
		s.out.Printf("\n")
	}
	return nil
}
