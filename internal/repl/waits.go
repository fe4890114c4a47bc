package repl

import (
	"fmt"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/waits"
)

const waitsHelp = `First what looks like the reason of a hang: goroutines that wait for each other in a
circle, nil channels, locks that nobody unlocks, channels that nobody else refers to.
Then who waits for what, and how to print it.
Go doesn't record who has locked a mutex. "Probably locked by" says that the source of a
function on that goroutine's stack calls Lock before the current line, and not Unlock.
-v prints all there is, not only the beginning.`

// These bound what waits prints without -v.
const (
	shownFindings = 12
	shownWaits    = 20
	shownLinks    = 8 // of a cycle
)

// report returns who waits for what, computed once; nil after an interrupt.
func (s *session) report() *waits.Report {
	if s.waiting == nil {
		s.compute(func(p dump.Progress) { s.waiting = waits.New(s.in, p) })
	}
	return s.waiting
}

// waits is the command waits.
func (s *session) waits(args string) error {
	if args != "" && args != "-v" {
		return fmt.Errorf("waits: unexpected argument %q: -v prints all", args)
	}
	r := s.report()
	if r == nil {
		return nil
	}
	w := waitsWriter{s, r, waits.Words{Report: r, Name: name}, args == "-v"}
	w.findings()
	w.rows()
	w.others()
	return r.Failed
}

// channelWaiters returns who waits to receive from a channel or to send to it: ": 7, 8".
func (s *session) channelWaiters(v dump.Value, op waits.Op) string {
	r := s.report()
	if r == nil {
		return ""
	}
	var found []int64
	for _, w := range r.Waiting(v.Pointer()) {
		receive, send, _ := v.Waiting()
		if w.Op == op || w.Op == waits.Select && min(receive, send) == 0 { // a select's direction isn't known
			found = append(found, w.ID)
		}
	}
	if len(found) == 0 {
		return ""
	}
	return ": " + idList(found, false)
}

// waitsWriter writes a report.
type waitsWriter struct {
	*session
	r     *waits.Report
	words waits.Words
	all   bool
}

func (w waitsWriter) findings() {
	if len(w.r.Findings) == 0 {
		w.out.Printf("no sign of a deadlock\n")
	}
	for i := range w.r.Findings {
		if i == shownFindings && !w.all {
			w.out.Printf("(%d more like these: waits -v)\n", len(w.r.Findings)-i)
			break
		}
		if w.out.Err() != nil {
			return
		}
		w.finding(&w.r.Findings[i])
	}
	if why := w.r.Unknown(); why != "" {
		w.out.Printf("(%s)\n", why)
	}
}

func (w waitsWriter) finding(f *waits.Finding) {
	title, text := w.words.Finding(f)
	w.out.Bold(title)
	w.out.Printf(": %s", text)
	switch f.Cause {
	case waits.Cycle:
		w.out.Printf("\n")
		w.circle(f.Cycle)
	case waits.Nil:
		w.out.Printf(": %s\n", w.places(f.Nil))
	default:
		w.out.Printf("\n")
		w.waiters(f.Thing.Waiters)
	}
}

// circle writes who waits for whom in a cycle.
func (w waitsWriter) circle(links []waits.Link) {
	for i := range links {
		if i == shownLinks && !w.all {
			w.out.Printf("      (%d more: waits -v)\n", len(links)-i)
			return
		}
		w.out.Printf("      goroutine %d %s\n", links[i].ID, w.words.Link(links, i))
		w.out.Printf("        at %s\n", place(links[i].Waiter.Place))
	}
}

// rows writes who waits for what.
func (w waitsWriter) rows() {
	rows := w.r.Rows()
	for i := range rows {
		if i == shownWaits && !w.all {
			w.out.Printf("(%d more: waits -v)\n", len(rows)-i)
			return
		}
		if w.out.Err() != nil {
			return
		}
		w.row(&rows[i])
	}
}

func (w waitsWriter) row(row *waits.Row) {
	const most = 3 // channels of a select
	if first := row.Waiters[0]; len(row.Things) == 0 {
		t := &waits.Thing{Kind: w.r.Kind(first.ID), Waiters: row.Waiters}
		w.out.Printf("%s %s; which one isn't known\n", waits.Counted(row.Waiters, t.Verb()), w.words.KindOf(t))
		w.waiters(row.Waiters)
		return
	}
	w.out.Printf("%s ", waits.Counted(row.Waiters, row.Verb()))
	for i, t := range row.Things {
		if i == most && !w.all {
			w.out.Printf(", and %d more", len(row.Things)-i)
			break
		}
		if i > 0 {
			w.out.Printf(", ")
		}
		if row.Own[i] {
			w.out.Printf("one of their own, such as ")
		}
		w.out.Printf("%s", w.words.Named(t))
		if state := w.words.StateOf(t); state != "" {
			w.out.Printf(" %s", state)
		}
	}
	w.out.Printf("\n")
	w.waiters(row.Waiters)
	t := row.Things[0]
	for i := range t.Holders[:min(len(t.Holders), 3)] {
		h := &t.Holders[i]
		w.out.Printf("      probably locked by goroutine %d, which %s: %s\n",
			h.ID, w.words.Does(h.ID), w.words.Call(h))
	}
	if refs := w.r.Others(t, 4); len(t.Holders) == 0 && len(refs) > 0 {
		w.out.Printf("      referred to by %s\n", strings.Join(refsText(refs), ", "))
	}
	if p, ok := w.r.Path(t); ok {
		w.out.Printf("      %s\n", pasteable(p))
	}
}

// pasteable returns a command that prints a thing.
func pasteable(p waits.Path) string {
	if p.Goroutine == 0 {
		return "p " + printable.Line(p.Expr)
	}
	return fmt.Sprintf("goroutine %d frame %d p %s", p.Goroutine, p.Frame, printable.Line(p.Expr))
}

func refsText(refs []waits.Reference) (texts []string) {
	for _, r := range refs {
		if r.Goroutine == 0 {
			texts = append(texts, name(r.Name))
		} else {
			texts = append(texts, fmt.Sprintf("goroutine %d frame %d: %s", r.Goroutine, r.Frame, name(r.Name)))
		}
	}
	return texts
}

// waiters writes who waits, grouped by place.
func (w waitsWriter) waiters(all []waits.Waiter) {
	const most = 4 // places
	groups := waits.ByPlace(all)
	for i, g := range groups {
		if i == most && !w.all {
			w.out.Printf("      (at %d more places: waits -v)\n", len(groups)-i)
			return
		}
		w.out.Printf("      %s: %s\n", idList(waits.IDs(g), w.all), place(g[0].Place))
	}
}

func (w waitsWriter) places(all []waits.Waiter) string {
	const most = 3
	var texts []string
	groups := waits.ByPlace(all)
	for i, g := range groups {
		if i == most {
			texts = append(texts, fmt.Sprintf("and at %d more places", len(groups)-i))
			break
		}
		texts = append(texts, fmt.Sprintf("%s at %s", idList(waits.IDs(g), false), place(g[0].Place)))
	}
	return strings.Join(texts, "; ")
}

// place returns a function and its position.
func place(p dump.Place) string { return printable.Line(p.Func) + " at " + position(p) }

// others says what the goroutines do that don't wait for others.
func (w waitsWriter) others() {
	var texts []string
	for _, k := range []struct {
		kind waits.Kind
		does string
	}{{waits.Running, "running"}, {waits.Sleep, "asleep"}, {waits.IO, "waiting for IO"},
		{waits.Syscall, "in a system call"}, {waits.NoCases, "in a select without cases"}} {
		if all := w.r.Asleep[k.kind]; len(all) > 0 {
			texts = append(texts, fmt.Sprintf("%d %s: %s", len(all), k.does, idList(waits.IDs(all), w.all)))
		}
	}
	if len(texts) > 0 {
		w.out.Printf("others: %s\n", strings.Join(texts, "; "))
	}
}
