package waits

import (
	"cmp"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// findThings finds the things that the goroutines wait for, by address.
func (l *look) findThings() {
	for i := range l.gs {
		g := &l.gs[i]
		if !g.op() {
			continue
		}
		for _, addr := range g.addrs {
			t := l.thing(addr, g)
			if !slices.Contains(g.things, t) {
				g.things = append(g.things, t)
				t.Waiters = append(t.Waiters, g.Waiter)
			}
		}
		slices.SortStableFunc(g.things, func(a, b *Thing) int {
			return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Addr, b.Addr))
		})
	}
}

// thing returns the thing that g waits for at an address.
func (l *look) thing(addr uint64, g *goroutine) *Thing {
	if t := l.at[addr]; t != nil {
		t.Role = max(t.Role, g.role)
		return t
	}
	at := l.places[addr]
	best := at
	slices.SortStableFunc(best, func(a, b dump.At) int { return cmp.Compare(rank(b.Type), rank(a.Type)) })
	t := &Thing{Kind: g.kind, Role: g.role, Addr: addr, at: best, nodes: map[dump.Node]bool{}}
	if len(best) > 0 {
		t.Type = best[0].Type.String()
		if g.kind != Channel {
			t.Addr, t.Kind = best[0].Addr, cmp.Or(kindOf[t.Type], g.kind)
		}
	}
	if same := l.at[t.Addr]; same != nil && same.Kind == t.Kind { // another of its semaphores
		l.at[addr] = same
		l.addNodes(same, at)
		return same
	}
	l.at[addr], l.at[t.Addr] = t, t
	l.things = append(l.things, t)
	l.addNodes(t, at)
	if t.Kind == Channel && t.Role == Plain {
		t.Role = l.role(t)
	}
	return t
}

func (l *look) addNodes(t *Thing, at []dump.At) {
	for _, a := range at {
		t.nodes[a.Node] = true
	}
}

var kindOf = map[string]Kind{"sync.Mutex": Mutex, "internal/sync.Mutex": Mutex, "sync.RWMutex": RWMutex,
	"sync.WaitGroup": WaitGroup, "sync.Cond": Cond, "sync.Once": Once}

// rank ranks a struct before the structs that it contains.
func rank(t *dump.Type) int {
	switch t.String() {
	case "internal/sync.Mutex":
		return 0
	case "sync.Mutex":
		return 1
	}
	return 2
}

// role says what a channel is for, by its type and by what refers to it.
func (l *look) role(t *Thing) Role {
	elem := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(t.Type, "<-"), "chan"), "<-")
	switch strings.TrimSpace(elem) {
	case "time.Time":
		return Timer
	case "os.Signal":
		return Signal
	}
	if len(l.contexts(t)) > 0 {
		return ContextDone
	}
	return Plain
}

// contexts returns the contexts of package context that have a thing as Done channel.
func (l *look) contexts(t *Thing) (nodes []dump.Node) {
	for n := range t.nodes {
		for _, back := range l.graph.Backs(n) {
			if typ := l.graph.Type(back); typ == "context.cancelCtx" || typ == "context.timerCtx" {
				nodes = append(nodes, back)
			}
		}
	}
	slices.Sort(nodes)
	return slices.Compact(nodes)
}

// cancelers returns the closures that cancel one of some contexts or their ancestors.
func (l *look) cancelers(contexts []dump.Node) (closures []dump.Node, ends bool) {
	const most = 1000 // contexts
	seen := map[dump.Node]bool{}
	for len(contexts) > 0 && len(seen) < most {
		c := contexts[0]
		contexts = contexts[1:]
		if seen[c] {
			continue
		}
		seen[c] = true
		if l.graph.Type(c) == "context.timerCtx" {
			return closures, true
		}
		for _, back := range l.graph.Backs(c) {
			switch typ := l.graph.Type(back); {
			case symbol.IsCaptured(typ):
				closures = append(closures, back)
			case typ == "map[context.canceler]struct {}": // of a context's children
				contexts = append(contexts, l.graph.Backs(back)...)
			case typ == "context.timerCtx" || typ == "context.cancelCtx" || typ == "":
			case !strings.HasPrefix(typ, "context."): // a context derived from it, which may cancel
				closures = append(closures, back)
			}
		}
	}
	return closures, false
}

// findHolders finds the holders of the locks that goroutines wait for.
func (l *look) findHolders() {
	for i := range l.gs {
		g := &l.gs[i]
		for _, c := range g.claims {
			t := l.at[c.addr]
			if t == nil || c.addr == 0 || !t.isLock() {
				continue
			}
			if g.kind == Cond && c.Place.Func == g.Place.Func {
				continue // Wait has unlocked it
			}
			t.Holders = append(t.Holders, c.Holder)
		}
	}
}

func (t *Thing) isLock() bool { return t.Kind == Mutex || t.Kind == RWMutex || t.Kind == Once }
