package waits

import (
	"slices"

	"coredumpy/internal/dump"
)

// marking finds the goroutines that can go on: those that wait for nothing, and those that
// one of these can wake. Whoever has locked a lock unlocks it; all else can be woken by who
// has a variable that leads to it.
type marking struct {
	*look
	marked  []bool // nodes
	stack   []dump.Node
	by      map[dump.Node][]*Thing // things that are reached with a node
	cancel  map[dump.Node][]*Thing // contexts' channels, by who can cancel them
	globals bool                   // they are reached
	holds   map[int64][]*Thing     // by who holds them
	aside   map[dump.Node]bool

	// What has been taken in once for all things.
	mayHold map[bool]bool // by whether it is the function that a sync.Once calls
	usesDB  bool
	byRef   bool
}

func (l *look) mark() {
	m := &marking{look: l, marked: make([]bool, l.graph.Nodes()), by: map[dump.Node][]*Thing{},
		cancel: map[dump.Node][]*Thing{}, holds: map[int64][]*Thing{},
		aside: map[dump.Node]bool{}, mayHold: map[bool]bool{}}
	for _, n := range l.graph.Aside {
		m.aside[n] = true
	}
	awake := []*Thing{}
	for _, t := range l.things {
		t.Stuck = true
		switch {
		case t.Role == Timer, t.Role == Signal, t.Kind == Unknown, len(t.at) == 0: // or nothing is known of it
			awake = append(awake, t)
		case t.Role == ContextDone:
			closures, ends := l.cancelers(l.contexts(t))
			if ends {
				awake = append(awake, t)
			}
			for _, n := range closures {
				m.cancel[n] = append(m.cancel[n], t)
			}
		case t.Role == Pool:
		case len(t.Holders) > 0:
			for _, h := range t.Holders {
				m.holds[h.ID] = append(m.holds[h.ID], t)
			}
		default:
			for n := range t.nodes {
				m.by[n] = append(m.by[n], t)
			}
		}
	}
	for _, t := range awake {
		m.wake(t)
	}
	for i := range l.gs {
		g := &l.gs[i]
		switch {
		case g.system:
		case g.noted, g.op() && len(g.addrs) == 0, !g.op() && g.kind != NilChannel && g.kind != NoCases:
			m.goOn(g)
		}
	}
	m.run()
}

// wake lets those go on that wait for a thing.
func (m *marking) wake(t *Thing) {
	if !t.Stuck {
		return
	}
	t.Stuck = false
	for _, w := range t.Waiters {
		m.goOn(&m.gs[m.byID[w.ID]])
	}
}

// goOn takes in that a goroutine can go on.
func (m *marking) goOn(g *goroutine) {
	if g.live {
		return
	}
	g.live = true
	m.stack = append(m.stack, g.nodes...)
	if g.user && !m.globals {
		m.globals = true
		m.graph.RootNodes(func(n dump.Node, r dump.Root) {
			if r.Goroutine == 0 {
				m.stack = append(m.stack, n)
			}
		})
	}
	for _, t := range m.holds[g.ID] {
		if m.released(t) {
			m.wake(t)
		}
	}
	for _, c := range g.claims {
		if c.addr == 0 && !m.mayHold[c.once] {
			m.mayHold[c.once] = true // it may be any lock whose holder isn't found otherwise
			m.wakeAll(func(t *Thing) bool { return t.isLock() && c.once == (t.Kind == Once) && len(t.Holders) == 0 })
		}
	}
	if g.usesDB && !m.usesDB {
		m.usesDB = true
		m.wakeAll(func(t *Thing) bool { return t.Role == Pool })
	}
}

// wakeAll lets those go on that wait for one of some things.
func (m *marking) wakeAll(which func(*Thing) bool) {
	for _, t := range m.things {
		if which(t) {
			m.wake(t)
		}
	}
}

// released reports whether those that hold a lock can go on: all, if they read.
func (m *marking) released(t *Thing) bool {
	return !slices.ContainsFunc(t.Holders, func(h Holder) bool { return h.Read && !m.gs[m.byID[h.ID]].live })
}

// run follows all references from what can be reached.
func (m *marking) run() {
	for len(m.stack) > 0 {
		n := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		if m.marked[n] {
			continue
		}
		m.marked[n] = true
		for _, t := range m.by[n] {
			m.wake(t)
		}
		for _, t := range m.cancel[n] {
			m.wake(t)
		}
		if m.aside[n] && !m.byRef {
			m.byRef = true // which one it has captured isn't known
			m.wakeAll(func(t *Thing) bool { return t.Kind != Channel && len(t.Holders) == 0 })
		}
		m.stack = append(m.stack, m.graph.Refs(n)...)
	}
}
