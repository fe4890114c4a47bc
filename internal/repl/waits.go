package repl

import (
	"fmt"
	"path"
	"slices"
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
	w := waitsWriter{s, r, args == "-v"}
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
	r   *waits.Report
	all bool
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
	switch {
	case w.r.Blind > 0:
		w.out.Printf("(what %s could wake isn't known: some of the variables have no value)\n",
			counted(w.r.Blind, "goroutine"))
	case w.r.Hidden:
		w.out.Printf("(who could be woken by a function that a timer, a finalizer or a handler of package http " +
			"calls isn't known)\n")
	}
}

func (w waitsWriter) finding(f *waits.Finding) {
	switch f.Cause {
	case waits.Cycle:
		w.circle(f.Cycle)
		return
	case waits.Nil:
		w.out.Bold("nil channel")
		w.out.Printf(": %s that nobody can wake: %s\n", waiterGroups(f.Nil, "wait"), w.places(f.Nil))
		return
	}
	t := f.Thing
	switch f.Cause {
	case waits.NotUnlocked:
		w.out.Bold("probably never unlocked")
	case waits.Exhausted:
		w.out.Bold("probably exhausted")
	case waits.Behind:
		w.out.Bold("stuck behind others")
	default:
		w.out.Bold("probably stuck")
	}
	w.out.Printf(": %s %s", waiterGroups(t.Waiters, verbFor(t)), w.named(t))
	switch f.Cause {
	case waits.NotUnlocked:
		w.out.Printf("; it is locked, and no call on a stack has locked it")
		for _, k := range f.Kept[:min(len(f.Kept), 3)] {
			w.out.Printf("; %s locks one so called on line %d and may return without unlocking it",
				printable.Line(k.Func), k.Line)
		}
	case waits.Exhausted:
		w.out.Printf(", and nobody else is seen to use one: Rows, a Tx or a Conn was probably not closed")
	case waits.NotCanceled:
		w.out.Printf(", and %s", w.nobody("can cancel it"))
	case waits.Behind:
		h := t.Holders[0]
		w.out.Printf(", probably locked by goroutine %d, which can't go on either", h.ID)
	case waits.Alone:
		if state := w.state(t); state != "" {
			w.out.Printf(" (%s)", state)
		}
		w.out.Printf(", and %s", w.nobody("refers to it"))
	}
	w.out.Printf("\n")
	w.waiters(t.Waiters)
}

// nobody says that no goroutine that can go on does something, as far as is known.
func (w waitsWriter) nobody(does string) string {
	if w.r.Partial {
		return "no other goroutine in this dump that can go on " + does
	}
	return "no other goroutine that can go on " + does
}

// circle writes who waits for whom in a cycle.
func (w waitsWriter) circle(links []waits.Link) {
	w.out.Bold("possible deadlock")
	if len(links) == 1 {
		w.out.Printf(": a goroutine waits for itself\n")
	} else {
		w.out.Printf(": %d goroutines wait for each other\n", len(links))
	}
	for i := range links {
		if i == shownLinks && !w.all {
			w.out.Printf("      (%d more: waits -v)\n", len(links)-i)
			return
		}
		link := &links[i]
		next := links[(i+1)%len(links)].ID
		w.out.Printf("      goroutine %d %s %s",
			link.ID, verbOf(link.Thing, link.Waiter.Op), w.name(link.Thing, link.ID))
		if state := w.state(link.Thing); link.By == nil && state != "" {
			w.out.Printf(" (%s)", state)
		}
		switch {
		case link.By != nil && len(links) == 1:
			w.out.Printf(", which it has probably locked itself: %s\n", holderCall(link.By))
		case link.By != nil:
			w.out.Printf(", probably locked by goroutine %d: %s\n", next, holderCall(link.By))
		case link.Thing.Kind == waits.RWMutex:
			w.out.Printf(", behind goroutine %d, which waits to write\n", next)
		default:
			w.out.Printf(", which goroutine %d refers to\n", next)
		}
		w.out.Printf("        at %s\n", place(link.Waiter.Place))
	}
}

func holderCall(h *waits.Holder) string {
	if strings.HasPrefix(h.Place.Func, "sync.") {
		return "in the function that it calls"
	}
	method := "Lock"
	if h.Read {
		method = "RLock"
	}
	return fmt.Sprintf("%s.%s() at %s:%d", name(h.Of), method, printable.Line(path.Base(h.Place.File)), h.Place.Line)
}

// rows writes who waits for what.
func (w waitsWriter) rows() {
	rows := waitsRows(w.r.Blocked)
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

func (w waitsWriter) row(row *waitsRow) {
	const most = 3 // channels of a select
	if first := row.waiters[0]; len(row.things) == 0 {
		t := &waits.Thing{Kind: w.r.Kind(first.ID), Waiters: row.waiters}
		w.out.Printf("%s %s; which one isn't known\n", waiterGroups(row.waiters, verbFor(t)), kindName(t))
		w.waiters(row.waiters)
		return
	}
	w.out.Printf("%s ", waiterGroups(row.waiters, row.verb()))
	for i, t := range row.things {
		if i == most && !w.all {
			w.out.Printf(", and %d more", len(row.things)-i)
			break
		}
		if i > 0 {
			w.out.Printf(", ")
		}
		if row.own[i] {
			w.out.Printf("one of their own, such as ")
		}
		w.out.Printf("%s", w.named(t))
		if state := w.state(t); state != "" {
			w.out.Printf(" %s", state)
		}
	}
	w.out.Printf("\n")
	w.waiters(row.waiters)
	t := row.things[0]
	for i := range t.Holders[:min(len(t.Holders), 3)] {
		h := &t.Holders[i]
		w.out.Printf("      probably locked by goroutine %d, which %s: %s\n",
			h.ID, kindDoes[w.r.Kind(h.ID)], holderCall(h))
	}
	if refs := w.r.Others(t, 4); len(t.Holders) == 0 && len(refs) > 0 {
		w.out.Printf("      referred to by %s\n", strings.Join(refsText(refs), ", "))
	}
	if p, ok := w.r.Path(t); ok {
		w.out.Printf("      %s\n", pasteable(p))
	}
}

// kindDoes says what a goroutine does; one that isn't here waits.
var kindDoes = func() (does [waits.Syscall + 1]string) {
	for k := range does {
		does[k] = "waits, too"
	}
	does[waits.Running], does[waits.Sleep] = "runs", "sleeps"
	does[waits.IO], does[waits.Syscall] = "waits for IO", "is in a system call"
	return does
}()

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
	groups := byPlace(all)
	for i, g := range groups {
		if i == most && !w.all {
			w.out.Printf("      (at %d more places: waits -v)\n", len(groups)-i)
			return
		}
		w.out.Printf("      %s: %s\n", idList(ids(g), w.all), place(g[0].Place))
	}
}

func (w waitsWriter) places(all []waits.Waiter) string {
	const most = 3
	var texts []string
	groups := byPlace(all)
	for i, g := range groups {
		if i == most {
			texts = append(texts, fmt.Sprintf("and at %d more places", len(groups)-i))
			break
		}
		texts = append(texts, fmt.Sprintf("%s at %s", idList(ids(g), false), place(g[0].Place)))
	}
	return strings.Join(texts, "; ")
}

func ids(all []waits.Waiter) []int64 {
	var ids []int64
	for _, w := range all {
		ids = append(ids, w.ID)
	}
	return ids
}

func byPlace(all []waits.Waiter) (groups [][]waits.Waiter) {
	index := map[dump.Place]int{}
	for _, w := range all {
		i, ok := index[w.Place]
		if !ok {
			i = len(groups)
			index[w.Place] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], w)
	}
	slices.SortStableFunc(groups, func(a, b []waits.Waiter) int { return len(b) - len(a) })
	return groups
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
			texts = append(texts, fmt.Sprintf("%d %s: %s", len(all), k.does, idList(ids(all), w.all)))
		}
	}
	if len(texts) > 0 {
		w.out.Printf("others: %s\n", strings.Join(texts, "; "))
	}
}
