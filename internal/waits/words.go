package waits

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"coredumpy/internal/printable"
)

// Words says in words what a report holds. Name makes a name from the dump fit to be shown;
// it may cut a long one.
type Words struct {
	*Report
	Name func(string) string
}

// Named returns the name of a thing, with its type and address.
func (w Words) Named(t *Thing) string {
	text := w.KindOf(t)
	if t.Addr != 0 {
		text += fmt.Sprintf(" %#x", t.Addr)
	}
	if p, ok := w.Path(t); ok && t.Role != Pool {
		return fmt.Sprintf("%s (%s)", w.expr(p, IDs(t.Waiters)), text)
	}
	return text
}

// nameFor returns the shortest name of a thing for a goroutine that waits for it.
func (w Words) nameFor(t *Thing, id int64) string {
	p, ok := w.pathFrom(t, id)
	if !ok {
		return w.Named(t)
	}
	return fmt.Sprintf("%s (%s %#x)", w.expr(p, []int64{id}), w.KindOf(t), t.Addr)
}

// expr returns the expression of a path, with its goroutine unless that is one of those that
// the text is about.
func (w Words) expr(p Path, of []int64) string {
	if p.Goroutine == 0 || slices.Contains(of, p.Goroutine) {
		return w.Name(p.Expr)
	}
	return fmt.Sprintf("%s of goroutine %d", w.Name(p.Expr), p.Goroutine)
}

// KindOf returns the type of a thing, or its kind if the type isn't known.
func (w Words) KindOf(t *Thing) string {
	switch t.Role {
	case Timer:
		return "a timer's channel"
	case Signal:
		return "a channel of signals"
	case ContextDone:
		return "Done of a context"
	case Pipe:
		return "an io.Pipe"
	case Pool:
		return "a connection of database/sql"
	}
	if t.Type != "" {
		return w.Name(t.Type)
	}
	return map[Kind]string{Unknown: "a semaphore", Channel: "a channel",
		Mutex: "a sync.Mutex", RWMutex: "a sync.RWMutex", WaitGroup: "a sync.WaitGroup",
		Cond: "a sync.Cond", Once: "a sync.Once"}[t.Kind]
}

// Verb returns what the goroutines in a row do: "wait to send to".
func (r *Row) Verb() string {
	if len(r.Things) == 0 {
		return "wait for"
	}
	return verbOf(r.Things[0], r.Waiters)
}

// Verb returns what the waiters for a thing do: "wait to send to".
func (t *Thing) Verb() string { return verbOf(t, t.Waiters) }

func verbOf(t *Thing, waiters []Waiter) string {
	op := waiters[0].Op
	if slices.ContainsFunc(waiters, func(o Waiter) bool { return o.Op != op }) {
		return "wait for"
	}
	return "wait" + strings.TrimPrefix(t.verbFor(op), "waits")
}

// verbFor returns what a waiter for a thing does: "waits to send to".
func (t *Thing) verbFor(op Op) string {
	switch {
	case t.Role != Plain || t.Kind != Channel && t.Kind != RWMutex:
		return "waits for"
	case op == Send:
		return "waits to send to"
	case op == Receive:
		return "waits to receive from"
	case op == Select:
		return "waits in a select for"
	case op == Read:
		return "waits to read-lock"
	case op == Write:
		return "waits to lock"
	}
	return "waits for"
}

// Counted returns how many wait: "1 goroutine waits", "3 goroutines wait".
func Counted(all []Waiter, verb string) string {
	if rest, ok := strings.CutPrefix(verb, "wait"); ok && len(all) == 1 {
		return "1 goroutine waits" + rest
	}
	return printable.Count(len(all), "goroutine") + " " + verb
}

// StateOf returns the state of a thing in words, "" if there is nothing to say about it.
func (w Words) StateOf(t *Thing) string {
	s := w.look.state(t)
	if !s.Known {
		return ""
	}
	switch t.Kind {
	case Channel:
		switch {
		case t.Role != Plain:
			return ""
		case s.Closed:
			return "closed"
		case s.Cap == 0:
			return "unbuffered"
		}
		return fmt.Sprintf("%d of %d in it", s.Len, s.Cap)
	case Mutex, RWMutex:
		switch {
		case s.Locked:
			return "locked"
		case s.Readers > 0:
			return "locked by " + printable.Count(int(s.Readers), "reader")
		}
		return "not locked"
	case WaitGroup:
		return fmt.Sprintf("counter %d", s.Counter)
	}
	return ""
}

// Does says what a goroutine does besides waiting for another one; one that isn't asleep in
// any way waits, too.
func (w Words) Does(id int64) string {
	switch w.Report.Kind(id) {
	case Running:
		return "runs"
	case Sleep:
		return "sleeps"
	case IO:
		return "waits for IO"
	case Syscall:
		return "is in a system call"
	}
	return "waits, too"
}

// Call says where a goroutine has locked a thing: "s.mu.Lock() at shop.go:57".
func (w Words) Call(h *Holder) string {
	if strings.HasPrefix(h.Place.Func, "sync.") {
		return "in the function that it calls"
	}
	method := "Lock"
	if h.Read {
		method = "RLock"
	}
	return fmt.Sprintf("%s.%s() at %s:%d", w.Name(h.Of), method, w.Name(path.Base(h.Place.File)), h.Place.Line)
}
