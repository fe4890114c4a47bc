package repl

import (
	"fmt"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
	"coredumpy/internal/waits"
)

// This file names the things that goroutines wait for, and groups goroutines into rows.

// waitsRow holds goroutines that wait at one place, for one thing or each for its own.
type waitsRow struct {
	waiters []waits.Waiter
	things  []*waits.Thing // of the first goroutine
	own     []bool         // the others wait for different ones
}

// waitsRows groups goroutines into rows, the largest first. Goroutines that share a thing
// with others aren't in one row with those that wait for another thing.
func waitsRows(blocked []waits.Blocked) (rows []waitsRow) {
	type key struct {
		op     waits.Op
		place  dump.Place
		shared *waits.Thing
		types  string
	}
	index := map[key]int{}
	for _, b := range blocked {
		k := key{op: b.Op, place: b.Place}
		if len(b.Things) == 1 && len(b.Things[0].Waiters) > 1 {
			k.shared = b.Things[0]
			k.place, k.op = dump.Place{}, 0
		}
		for _, t := range b.Things {
			k.types += fmt.Sprintf("%d %d %s;", t.Kind, t.Role, t.Type)
		}
		i, ok := index[k]
		if !ok {
			i = len(rows)
			index[k] = i
			rows = append(rows, waitsRow{things: b.Things, own: make([]bool, len(b.Things))})
		}
		r := &rows[i]
		r.waiters = append(r.waiters, b.Waiter)
		for j, t := range b.Things {
			r.own[j] = r.own[j] || t != r.things[j]
		}
	}
	slices.SortStableFunc(rows, func(a, b waitsRow) int { return len(b.waiters) - len(a.waiters) })
	return rows
}

// verb returns what the goroutines in a row do: "wait to send to".
func (r *waitsRow) verb() string {
	op := r.waiters[0].Op
	if len(r.things) == 0 || slices.ContainsFunc(r.waiters, func(w waits.Waiter) bool { return w.Op != op }) {
		return "wait for"
	}
	return "wait" + strings.TrimPrefix(verbOf(r.things[0], op), "waits")
}

// pasteable returns a command that prints a thing.
func pasteable(p waits.Path) string {
	if p.Goroutine == 0 {
		return "p " + printable.Line(p.Expr)
	}
	return fmt.Sprintf("goroutine %d frame %d p %s", p.Goroutine, p.Frame, printable.Line(p.Expr))
}

// named returns the name of a thing, with its type and address.
func (w waitsWriter) named(t *waits.Thing) string {
	text := kindName(t)
	if t.Addr != 0 {
		text += fmt.Sprintf(" %#x", t.Addr)
	}
	if p, ok := w.r.Path(t); ok && t.Role != waits.Pool {
		return fmt.Sprintf("%s (%s)", pathName(p, ids(t.Waiters)), text)
	}
	return text
}

// name returns the shortest name of a thing.
func (w waitsWriter) name(t *waits.Thing, id int64) string {
	p, ok := w.r.PathFrom(t, id)
	if !ok {
		return w.named(t)
	}
	return fmt.Sprintf("%s (%s %#x)", pathName(p, []int64{id}), kindName(t), t.Addr)
}

// pathName returns the expression of a path, with its goroutine unless that is one of
// those that the text is about.
func pathName(p waits.Path, of []int64) string {
	if p.Goroutine == 0 || slices.Contains(of, p.Goroutine) {
		return name(p.Expr)
	}
	return fmt.Sprintf("%s of goroutine %d", name(p.Expr), p.Goroutine)
}

// kindName returns the type of a thing, or its kind if the type isn't known.
func kindName(t *waits.Thing) string {
	switch t.Role {
	case waits.Timer:
		return "a timer's channel"
	case waits.Signal:
		return "a channel of signals"
	case waits.ContextDone:
		return "Done of a context"
	case waits.Pipe:
		return "an io.Pipe"
	case waits.Pool:
		return "a connection of database/sql"
	}
	if t.Type != "" {
		return name(t.Type)
	}
	return map[waits.Kind]string{waits.Unknown: "a semaphore", waits.Channel: "a channel",
		waits.Mutex: "a sync.Mutex", waits.RWMutex: "a sync.RWMutex", waits.WaitGroup: "a sync.WaitGroup",
		waits.Cond: "a sync.Cond", waits.Once: "a sync.Once"}[t.Kind]
}

// verbFor returns what the waiters for a thing do: "wait to send to".
func verbFor(t *waits.Thing) string {
	same := !slices.ContainsFunc(t.Waiters, func(o waits.Waiter) bool { return o.Op != t.Waiters[0].Op })
	if !same {
		return "wait for"
	}
	return "wait" + strings.TrimPrefix(verbOf(t, t.Waiters[0].Op), "waits")
}

func verbOf(t *waits.Thing, op waits.Op) string {
	switch {
	case t.Role != waits.Plain || t.Kind != waits.Channel && t.Kind != waits.RWMutex:
		return "waits for"
	case op == waits.Send:
		return "waits to send to"
	case op == waits.Receive:
		return "waits to receive from"
	case op == waits.Select:
		return "waits in a select for"
	case op == waits.Read:
		return "waits to read-lock"
	case op == waits.Write:
		return "waits to lock"
	}
	return "waits for"
}

// waiterGroups returns how many wait: "1 goroutine waits", "3 goroutines wait".
func waiterGroups(all []waits.Waiter, verb string) string {
	if rest, ok := strings.CutPrefix(verb, "wait"); ok && len(all) == 1 {
		verb = "waits" + rest
	}
	return counted(len(all), "goroutine") + " " + verb
}

// state returns the state of a thing.
func (w waitsWriter) state(t *waits.Thing) string {
	s := w.r.State(t)
	if !s.Known {
		return ""
	}
	switch t.Kind {
	case waits.Channel:
		switch {
		case t.Role != waits.Plain:
			return ""
		case s.Closed:
			return "closed"
		case s.Cap == 0:
			return "unbuffered"
		}
		return fmt.Sprintf("%d of %d in it", s.Len, s.Cap)
	case waits.Mutex, waits.RWMutex:
		switch {
		case s.Locked:
			return "locked"
		case s.Readers > 0:
			return fmt.Sprintf("locked by %s", counted(int(s.Readers), "reader"))
		}
		return "not locked"
	case waits.WaitGroup:
		return fmt.Sprintf("counter %d", s.Counter)
	}
	return ""
}
