package waits

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"coredumpy/internal/dump"
)

// fill fills a report with the results.
func (r *Report) fill() {
	l := r.look
	for i := range l.gs {
		if g := &l.gs[i]; !g.system {
			r.count(g)
		}
	}
	slices.SortStableFunc(l.things, func(a, b *Thing) int { return cmp.Compare(len(b.Waiters), len(a.Waiters)) })
	r.Hidden = l.hidden || l.handsOver()
	blind := r.Blind > 0 || r.Hidden
	told := r.addCycles(blind)
	if nils := l.nils(); len(nils) > 0 {
		r.Findings = append(r.Findings, Finding{Cause: Nil, Nil: nils})
	}
	var rest []Finding
	for _, t := range l.things {
		if f, ok := l.finding(t, blind); ok && !told[t] {
			rest = append(rest, f)
		}
	}
	slices.SortStableFunc(rest, func(a, b Finding) int { return cmp.Compare(a.Cause, b.Cause) })
	r.Findings = append(r.Findings, rest...)
}

// count counts a goroutine of the program, and lists what it waits for.
func (r *Report) count(g *goroutine) {
	r.Goroutines++
	if g.live && g.unknown {
		r.Blind++
	}
	if g.op() {
		r.Blocked = append(r.Blocked, Blocked{g.Waiter, g.things})
	} else {
		r.Asleep[g.kind] = append(r.Asleep[g.kind], g.Waiter)
	}
}

// addCycles adds the cycles, and returns the things in them. If something isn't known, only
// those through locks are certain.
func (r *Report) addCycles(blind bool) (told map[*Thing]bool) {
	told = map[*Thing]bool{}
	for _, locksOnly := range []bool{true, false} {
		if blind && !locksOnly {
			break
		}
		for _, c := range r.look.cycles(locksOnly, told) {
			r.Findings = append(r.Findings, Finding{Cause: Cycle, Thing: c[0].Thing, Cycle: c})
		}
	}
	return told
}

// handing matches calls that pass functions to code whose variables aren't in a dump:
// timers, the collector, and the standard library.
var handing = regexp.MustCompile(
	`\b(AfterFunc|SetFinalizer|AddCleanup|http\.Handle(Func)?|rpc\.(Register|Handle)\w*|expvar\.\w+)\(`)

// handsOver reports whether a source file of a goroutine's functions has such calls, which a dump
// has even if it has the file only in part.
func (l *look) handsOver() bool {
	return slices.ContainsFunc(l.in.Sources(), func(file string) bool {
		text, ok := l.in.Source(file)
		return ok && l.files[file] && handing.MatchString(text)
	})
}

// nils returns the goroutines that wait for nil channels.
func (l *look) nils() (nils []Waiter) {
	for i := range l.gs {
		if g := &l.gs[i]; g.kind == NilChannel && !g.system {
			nils = append(nils, g.Waiter)
		}
	}
	return nils
}

// finding says why the goroutines that wait for a thing can't go on, if they can't.
func (l *look) finding(t *Thing, blind bool) (f Finding, ok bool) {
	f.Thing = t
	if !slices.ContainsFunc(t.Waiters, func(w Waiter) bool { return l.gs[l.byID[w.ID]].user }) {
		return f, false // the standard library waits for its own things
	}
	stuck := t.Stuck && slices.ContainsFunc(t.Waiters, func(w Waiter) bool { return !l.gs[l.byID[w.ID]].live })
	switch {
	case (t.Kind == Mutex || t.Kind == RWMutex) && len(t.Holders) == 0:
		if f.Kept, ok = l.notUnlocked(t, blind); ok {
			f.Cause = NotUnlocked
			return f, true
		}
	case len(t.Holders) > 0 && stuck && !blind:
		f.Cause = Behind
		return f, true
	case t.Role == Pool && stuck:
		f.Cause = Exhausted
		return f, true
	case t.Role == ContextDone && stuck && !blind:
		f.Cause = NotCanceled
		return f, true
	}
	f.Cause = Alone
	return f, stuck && !blind
}

// notUnlocked reports whether a lock that nobody is seen to hold was probably not unlocked,
// and by which functions, as the source says.
func (l *look) notUnlocked(t *Thing, blind bool) (kept []KeptLock, ok bool) {
	const most = 100 // locks that are looked at
	if l.locks == nil {
		l.locks = l.findKept()
	}
	if l.locks.unseen || l.locks.asked == most {
		return nil, false
	}
	l.locks.asked++
	if s := l.state(t); !s.Known || !s.Locked && s.Readers <= 0 {
		return nil, false
	}
	field, forgotten := lastName(l.stepsOf(t)), false
	for _, k := range l.locks.kept {
		if name := lastName(k.of); name != field && field != "Mutex" && field != "RWMutex" {
			continue
		}
		if l.locks.called[k.Func] {
			return nil, false // the function may be meant to return with the lock held
		}
		kept = append(kept, k.KeptLock)
		forgotten = forgotten || k.forgets
	}
	return kept, forgotten || t.Stuck && !blind
}

// keptLocks says which functions may return with a lock held, according to the sources.
type keptLocks struct {
	kept []struct {
		KeptLock
		of      string // the lock: s.mu
		forgets bool   // it unlocks on another path
	}
	called map[string]bool // names of functions called by goroutines that can go on
	unseen bool            // a goroutine may hold an unknown lock
	asked  int
}

func (l *look) findKept() *keptLocks {
	k := &keptLocks{called: map[string]bool{}}
	for _, file := range l.in.Sources() {
		if !l.files[file] {
			continue
		}
		for _, lock := range l.in.Syntax(file).KeepsLocked() {
			k.kept = append(k.kept, struct {
				KeptLock
				of      string
				forgets bool
			}{KeptLock{lock.Func, file, lock.Line}, lock.Of, lock.Forgets})
		}
	}
	seen := map[dump.Place]bool{}
	for i := range l.gs {
		g := &l.gs[i]
		k.unseen = k.unseen || slices.ContainsFunc(g.claims, func(c claim) bool { return c.addr == 0 })
		for _, p := range g.places {
			if !g.live || seen[p] {
				continue
			}
			seen[p] = true
			s := l.in.Syntax(p.File)
			k.unseen = k.unseen || s == nil
			for _, lock := range k.kept {
				k.called[lock.Func] = k.called[lock.Func] || s.CalledBefore(p.Line, lock.Func)
			}
		}
	}
	return k
}

// stepsOf returns the expression from the object that contains a thing to the thing.
func (l *look) stepsOf(t *Thing) string {
	for _, a := range t.at {
		if a.Steps != "" {
			return a.Steps
		}
	}
	for _, a := range t.at {
		if root, ok := l.graph.Root(a.Node); ok {
			if v := l.variable(root); v != nil {
				return v.Name
			}
		}
	}
	return ""
}

// lastName returns the last name of an expression: mu of s.mu.
func lastName(expr string) string { return expr[strings.LastIndexByte(expr, '.')+1:] }

// edge says who a goroutine waits for, and why.
type edge struct {
	to    int // in gs
	thing *Thing
	by    *Holder
}

// cycles finds goroutines that wait for each other in a cycle, each in only one: through
// locks with known holders; or else also through references to what they wait for.
func (l *look) cycles(locksOnly bool, told map[*Thing]bool) (cycles [][]Link) {
	const (
		white = iota
		grey
		black
	)
	const most = 100_000 // edges
	colour := make([]uint8, len(l.gs))
	steps := 0
	var way []edge // the goroutine at way[i].to waits for way[i+1].thing
	var visit func(i int)
	visit = func(i int) {
		colour[i] = grey
		for _, e := range l.edges(i, locksOnly) {
			if steps++; steps > most || told[e.thing] {
				continue
			}
			switch colour[e.to] {
			case white:
				way = append(way, e)
				visit(e.to)
				way = way[:len(way)-1]
			case grey:
				if c := l.links(append(way, e)); c != nil {
					cycles = append(cycles, c)
					for _, link := range c {
						told[link.Thing] = true
					}
				}
			}
		}
		colour[i] = black
	}
	for i := range l.gs {
		if colour[i] == white && !l.gs[i].live && l.gs[i].op() {
			way = append(way[:0], edge{to: i})
			visit(i)
		}
	}
	return cycles
}

// links returns the cycle that the last edge of a way closes.
func (l *look) links(way []edge) (c []Link) {
	last := way[len(way)-1]
	start := slices.IndexFunc(way[:len(way)-1], func(e edge) bool { return e.to == last.to })
	if start < 0 {
		return nil
	}
	for i := start; i < len(way)-1; i++ {
		next := way[i+1]
		c = append(c, Link{Waiter: l.gs[way[i].to].Waiter, Thing: next.thing, By: next.by})
	}
	return c
}

// edges returns the goroutines that a stuck goroutine waits for.
func (l *look) edges(i int, locksOnly bool) (edges []edge) {
	g := &l.gs[i]
	if g.live {
		return nil
	}
	for _, t := range g.things {
		switch {
		case t.Kind == RWMutex && g.Op == Read && !t.heldForWriting():
			edges = append(edges, l.waitingWriters(t)...)
		case t.isLock() && len(t.Holders) > 0:
			for k := range t.Holders {
				edges = append(edges, edge{l.byID[t.Holders[k].ID], t, &t.Holders[k]})
			}
		case !locksOnly:
			edges = append(edges, l.liberators(t, i)...)
		}
	}
	return edges
}

// waitingWriters returns the writers that wait for a lock: they block readers that come later.
func (l *look) waitingWriters(t *Thing) (edges []edge) {
	for _, w := range t.Waiters {
		if w.Op == Write {
			edges = append(edges, edge{to: l.byID[w.ID], thing: t})
		}
	}
	return edges
}

// liberators returns the goroutines that have a variable through which they could do what the
// goroutine i waits for.
func (l *look) liberators(t *Thing, i int) (edges []edge) {
	const most = 16 // of each thing
	for _, ref := range l.nearbyOnce(t, most) {
		if l.canFree(ref, t, i) {
			edges = append(edges, edge{to: l.byID[ref.Goroutine], thing: t})
		}
	}
	return edges
}

// heldForWriting reports whether a known holder of a lock isn't a reader.
func (t *Thing) heldForWriting() bool {
	return slices.ContainsFunc(t.Holders, func(h Holder) bool { return !h.Read })
}

// canFree reports whether a reference to a thing is of another goroutine of the program that
// does what the goroutine i waits for.
func (l *look) canFree(ref dump.Root, t *Thing, i int) bool {
	j := l.byID[ref.Goroutine]
	return ref.Goroutine != 0 && j != i && l.gs[j].user && !l.sameSide(t, i, j)
}

// nearbyOnce is nearby, cached. After very many things it returns nothing.
func (l *look) nearbyOnce(t *Thing, most int) []dump.Root {
	const enough = 5000 // things
	refs, ok := l.near[t]
	if !ok && len(l.near) < enough {
		if l.near == nil {
			l.near = map[*Thing][]dump.Root{}
		}
		refs = l.nearby(t, most)
		l.near[t] = refs
	}
	return refs
}

// sameSide reports whether two goroutines wait for a thing in the same way, so that
// neither can wake the other.
func (l *look) sameSide(t *Thing, i, j int) bool {
	return slices.Contains(l.gs[j].things, t) && (l.gs[i].Op == l.gs[j].Op || t.Kind != Channel)
}

// nearby returns variables that lead to a thing in few steps, one of each goroutine.
func (l *look) nearby(t *Thing, most int) (refs []dump.Root) {
	const (
		deepest = 3
		enough  = 2000 // nodes
	)
	seen, of := map[dump.Node]bool{}, map[int64]bool{}
	level := make([]dump.Node, 0, len(t.nodes))
	for n := range t.nodes {
		level = append(level, n)
	}
	slices.Sort(level)
	for range deepest + 1 {
		var next []dump.Node
		for _, n := range level {
			if seen[n] || len(seen) > enough {
				continue
			}
			seen[n] = true
			if root, ok := l.graph.Root(n); ok {
				if !of[root.Goroutine] || root.Goroutine == 0 {
					of[root.Goroutine] = true
					if refs = append(refs, root); len(refs) == most {
						return refs
					}
				}
				continue
			}
			next = append(next, l.graph.Backs(n)...)
		}
		level = next
	}
	return refs
}
