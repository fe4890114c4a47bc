package summary

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"coredumpy/internal/corefile"
)

// Fact is one thing that a dump says about itself, in words. Nothing of it is made safe to
// print.
type Fact struct{ Label, Text string }

// Made returns when a dump was made, "" if it doesn't say.
func Made(h *corefile.Head) string {
	if h.Time.IsZero() {
		return ""
	}
	return h.Time.Local().Format(time.RFC3339Nano)
}

// Process returns what a dump says about the process that it is of. A text is "" if it doesn't
// say that.
func Process(h *corefile.Head) []Fact {
	var args []string
	for _, arg := range h.Args {
		args = append(args, strconv.Quote(arg))
	}
	return []Fact{
		{"program", h.Program},
		{"arguments", strings.Join(args, " ")},
		{"directory", h.Directory},
		{"process", strconv.Itoa(h.PID)},
		{"host", h.Host},
		{"go", System(h)},
	}
}

// System returns the Go version and the system of a program: go1.26.8 linux/amd64.
func System(h *corefile.Head) string {
	return strings.TrimSpace(h.GoVersion + " " + h.OS + "/" + h.Arch)
}

// Program returns the name of a program and the number of its process, calc[4242], or "" if the
// dump doesn't name the program.
func Program(h *corefile.Head) string {
	if h.Program == "" {
		return ""
	}
	name := h.Program[strings.LastIndexAny(h.Program, `/\`)+1:] // the path may come from another system
	return fmt.Sprintf("%s[%d]", name, h.PID)
}

// Build returns how a program was built, as lines like those of go version -m.
func Build(b *corefile.Build) (lines []string) {
	if b == nil {
		return nil
	}
	add := func(label, text string) {
		if text = strings.TrimSpace(text); text != "" {
			lines = append(lines, label+text)
		}
	}
	add("package ", b.Path)
	add("module ", b.Main+" "+b.Version)
	for _, d := range b.Deps {
		add("dependency ", d[0]+" "+d[1])
	}
	for _, s := range b.Settings {
		add("", s[0]+"="+s[1])
	}
	return lines
}

// Cuts returns which limits left something out, and how often: depth 12, elements 3.
func Cuts(h *corefile.Head) string {
	var cuts []string
	for _, c := range h.Cut {
		cuts = append(cuts, fmt.Sprintf("%s %d", c.Limit, c.Count))
	}
	return strings.Join(cuts, ", ")
}

// Rules returns the rules that have hidden secrets, given how many each has: those with the most
// first.
func Rules(hidden map[string]int) []string {
	return slices.SortedFunc(maps.Keys(hidden), func(a, b string) int {
		return cmp.Or(hidden[b]-hidden[a], strings.Compare(a, b))
	})
}
