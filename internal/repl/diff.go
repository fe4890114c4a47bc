package repl

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"coredumpy/internal/compare"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

const diffHelp = `What is said is what changes from this dump to FILE: goroutines with the same status and
stack, package-level variables, and the variables of the selected frame, if FILE has one like
it: in the goroutine that it is about, or in one with the same stack.
Ids of goroutines and addresses don't count. What a dump lacks or hides, and variables with
doubts, aren't compared.`

// shownGroups is how many groups diff shows.
const shownGroups = 20

// diff is the command diff.
func (s *session) diff(args string) error {
	if args == "" {
		return errors.New("diff: name another dump")
	}
	core, err := dump.Open(args)
	if err != nil {
		return fmt.Errorf("diff: %s", strings.TrimPrefix(err.Error(), "coredumpy: "))
	}
	other, err := inspector.New(core)
	if err != nil {
		return fmt.Errorf("diff: %s: %w", args, err)
	}
	var r *compare.Report
	s.compute(func(p dump.Progress) { r = compare.Dumps(s.in, other, p) })
	if r == nil {
		return nil
	}
	w := diffWriter{s, other, name(filepath.Base(args))}
	w.heads()
	w.groups(r)
	w.variables("package-level variables", r.Globals, r.Same)
	if f := r.Frame; f != nil {
		w.variables(fmt.Sprintf("%s, goroutine %d frame %d, there goroutine %d frame %d",
			name(f.Func), f.Goroutines[0], f.Frames[0], f.Goroutines[1], f.Frames[1]), f.Variables, f.Same)
	} else {
		s.out.Printf("%s has no frame like the selected one\n", w.file)
	}
	if r.Unknown > 0 {
		s.out.Printf("(%s can't be compared: missing, hidden or doubtful in a dump)\n",
			printable.Count(r.Unknown, "value"))
	}
	if r.Partial {
		s.out.Printf("(there are too many values to compare all)\n")
	}
	w.cut()
	return errors.Join(r.Failed[:]...)
}

// diffWriter writes how a dump differs from another one.
type diffWriter struct {
	*session
	other *inspector.Inspector
	file  string
}

// heads writes what the dumps say about themselves, if that differs.
func (w diffWriter) heads() {
	a, b := w.in.Head(), w.other.Head()
	if took := b.Time.Sub(a.Time); took != 0 && !a.Time.IsZero() && !b.Time.IsZero() {
		when := "later"
		if took < 0 {
			when, took = "earlier", -took
		}
		if took > time.Minute {
			took = took.Truncate(time.Second)
		}
		w.out.Printf("%s was made %v %s\n", w.file, took, when)
	}
	version := func(h *dump.Head) string {
		if h.Build == nil {
			return ""
		}
		return strings.TrimSpace(h.Build.Main + " " + h.Build.Version)
	}
	for _, f := range []struct{ label, a, b string }{
		{"reason", a.Reason, b.Reason}, {"message", a.Message, b.Message}, {"go", a.GoVersion, b.GoVersion},
		{"module", version(a), version(b)},
	} {
		if f.a != f.b {
			w.out.Printf("%s: %s → %s\n", f.label, orNone(printable.Line(f.a)), orNone(printable.Line(f.b)))
		}
	}
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// cut says which dump lacks values, by a limit or by damage: what isn't in it isn't compared.
func (w diffWriter) cut() {
	for i, in := range []*inspector.Inspector{w.in, w.other} {
		if len(in.Head().Cut) > 0 || in.Missing() != "" {
			w.out.Printf("(%s lacks some values, by a limit or by damage: they aren't compared)\n",
				[]string{"this dump", w.file}[i])
		}
	}
}

// groups writes the groups of which one dump has more goroutines.
func (w diffWriter) groups(r *compare.Report) {
	if len(r.Groups) == 0 {
		w.out.Printf("%s, the same there\n", printable.Count(r.Goroutines[0], "goroutine"))
		return
	}
	w.out.Printf("%s → %d\n", printable.Count(r.Goroutines[0], "goroutine"), r.Goroutines[1])
	for i := range r.Groups {
		if i == shownGroups {
			w.out.Printf("  (%s more)\n", printable.Count(len(r.Groups)-i, "group"))
			return
		}
		g := &r.Groups[i]
		in, there := w.in, ""
		if g.Of == 1 {
			in, there = w.other, " there"
		}
		first, err := in.Goroutine(g.First)
		if err != nil {
			continue
		}
		w.out.Printf("  %d → %d [%s]", len(g.IDs[0]), len(g.IDs[1]), printable.Line(first.Status))
		if len(first.Frames) > 0 {
			w.out.Printf(" %s", place(first.Frames[in.UserFrame(first)].Place))
		}
		w.out.Printf("%s: %s\n", there, idList(g.IDs[g.Of], false))
	}
}

func (w diffWriter) variables(of string, differ []compare.Variable, same int) {
	switch {
	case len(differ) == 0 && same == 0:
		w.out.Printf("%s: none to compare\n", of)
		return
	case len(differ) == 0:
		w.out.Printf("%s: %d, the same there\n", of, same)
		return
	}
	w.out.Printf("%s: %d of %d differ\n", of, len(differ), len(differ)+same)
	for i := range differ {
		v := &differ[i]
		for j := range v.Differences {
			if w.out.Err() != nil {
				return
			}
			d := &v.Differences[j]
			w.out.Printf("  %s", name(v.Name+d.Path))
			w.difference(d)
			w.out.Printf("\n")
		}
		if v.More > 0 {
			w.out.Printf("  (%s more of %s)\n", printable.Count(v.More, "difference"), name(v.Name))
		}
	}
}

func (w diffWriter) difference(d *compare.Difference) {
	switch d.What {
	case compare.Changed:
		w.out.Printf(" ")
		w.show.line(d.A)
		w.out.Printf(" → ")
		w.show.line(d.B)
	case compare.Length:
		w.out.Printf(" length %d → %d", d.N[0], d.N[1])
	case compare.KeysLost:
		w.out.Printf(" - %s", keys(d.N[0], d.Keys))
	case compare.KeysNew:
		w.out.Printf(" + %s", keys(d.N[1], d.Keys))
	case compare.Closed:
		before := map[bool]string{true: "closed → open", false: "open → closed"}
		_, _, closed := d.A.Waiting()
		w.out.Printf(" %s", before[closed])
	case compare.Gone:
		w.out.Printf(" isn't in %s", w.file)
	case compare.New:
		w.out.Printf(" is only in %s", w.file)
	}
}

// keys lists the first of n keys.
func keys(n int64, first []string) string {
	text := name(strings.Join(first, ", "))
	if rest := n - int64(len(first)); rest > 0 {
		text += fmt.Sprintf(", ...+%d more", rest)
	}
	return fmt.Sprintf("%s: %s", printable.Count(int(n), "key"), text)
}
