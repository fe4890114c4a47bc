package waits

import (
	"slices"

	"coredumpy/internal/dump"
)

// marking finds the goroutines that can go on: those that wait for nothing, and those that
// such a goroutine can wake. The holder of a lock unlocks it; any other thing can be woken
// by a goroutine with a variable that leads to it.
type marking struct {
	*look
	marked  []bool // nodes
	stack   []dump.Node
	by      map[dump.Node][]*Thing // things reached together with a node
	cancel  map[dump.Node][]*Thing // channels of contexts, by the closures that can cancel them
	globals bool                   // package-level variables have been reached
	holds   map[int64][]*Thing     // by their holders
	aside   map[dump.Node]bool

	// These have been applied to all things.
	mayHold map[bool]bool // for functions that a sync.Once calls, and for others
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
	for _, t := range m.sort(l.things) {
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

// sort takes down what can wake whoever waits for each thing. It returns those for which
// something outside the program can, or nobody knows.
func (m *marking) sort(things []*Thing) (awake []*Thing) {
	for _, t := range things {
		t.Stuck = true
		switch {
		case t.Role == Timer, t.Role == Signal, t.Kind == Unknown, len(t.at) == 0: // or if nothing is known about it
			awake = append(awake, t)
		case t.Role == ContextDone:
			closures, ends := m.cancelers(m.contexts(t))
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
	return awake
}

// wake lets the goroutines that wait for a thing go on.
func (m *marking) wake(t *Thing) {
	if !t.Stuck {
		return
	}
	t.Stuck = false
	for _, w := range t.Waiters {
		m.goOn(&m.gs[m.byID[w.ID]])
	}
}

// goOn records that a goroutine can go on.
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

// wakeAll lets the goroutines that wait for some things go on.
func (m *marking) wakeAll(which func(*Thing) bool) {
	for _, t := range m.things {
		if which(t) {
			m.wake(t)
		}
	}
}

// released reports whether the holders of a lock can go on: all of them, if they read.
func (m *marking) released(t *Thing) bool {
	return !slices.ContainsFunc(t.Holders, func(h Holder) bool { return h.Read && !m.gs[m.byID[h.ID]].live })
}

// run follows all references from the reached nodes.
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
			m.byRef = true // we don't know which lock it has captured
			m.wakeAll(func(t *Thing) bool { return t.Kind != Channel && len(t.Holders) == 0 })
		}
		m.stack = append(m.stack, m.graph.Refs(n)...)
	}
}
