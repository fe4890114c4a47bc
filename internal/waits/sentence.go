package waits

import (
	"fmt"

	"coredumpy/internal/printable"
)

// Finding says what kind of reason a finding is, and its sentence without that: the first may
// be in bold. Of a cycle the links tell the rest, see [Words.Link]; of nil channels, where the
// goroutines are.
func (w Words) Finding(f *Finding) (title, text string) {
	switch f.Cause {
	case Cycle:
		if len(f.Cycle) == 1 {
			return "possible deadlock", "a goroutine waits for itself"
		}
		return "possible deadlock", fmt.Sprintf("%d goroutines wait for each other", len(f.Cycle))
	case Nil:
		return "nil channel", Counted(f.Nil, "wait") + " that nobody can wake"
	case NotUnlocked:
		title = "probably never unlocked"
	case Exhausted:
		title = "probably exhausted"
	case Behind:
		title = "stuck behind others"
	default:
		title = "probably stuck"
	}
	t := f.Thing
	return title, Counted(t.Waiters, t.Verb()) + " " + w.Named(t) + w.because(f)
}

// because says why the waiters for the thing of a finding can't go on.
func (w Words) because(f *Finding) string {
	const most = 3 // functions
	switch f.Cause {
	case NotUnlocked:
		text := "; it is locked, and no call on a stack has locked it"
		for _, k := range f.Kept[:min(len(f.Kept), most)] {
			text += fmt.Sprintf("; %s locks one so called on line %d and may return without unlocking it",
				w.Name(k.Func), k.Line)
		}
		return text
	case Exhausted:
		return ", and nobody else is seen to use one: Rows, a Tx or a Conn was probably not closed"
	case NotCanceled:
		return ", and " + w.nobody("can cancel it")
	case Behind:
		return fmt.Sprintf(", probably locked by goroutine %d, which can't go on either", f.Thing.Holders[0].ID)
	}
	text := ", and " + w.nobody("refers to it")
	if state := w.StateOf(f.Thing); state != "" {
		text = " (" + state + ")" + text
	}
	return text
}

// nobody says that no goroutine that can go on does something, as far as is known.
func (w Words) nobody(does string) string {
	if w.Partial {
		return "no other goroutine in this dump that can go on " + does
	}
	return "no other goroutine that can go on " + does
}

// Link says what goroutine i of a cycle waits for, and what the next one has to do with it.
func (w Words) Link(links []Link, i int) string {
	link, next := &links[i], links[(i+1)%len(links)].ID
	text := fmt.Sprintf("%s %s", link.Thing.verbFor(link.Waiter.Op), w.nameFor(link.Thing, link.ID))
	if state := w.StateOf(link.Thing); link.By == nil && state != "" {
		text += " (" + state + ")"
	}
	switch {
	case link.By != nil && len(links) == 1:
		return text + ", which it has probably locked itself: " + w.Call(link.By)
	case link.By != nil:
		return text + fmt.Sprintf(", probably locked by goroutine %d: %s", next, w.Call(link.By))
	case link.Thing.Kind == RWMutex:
		return text + fmt.Sprintf(", behind goroutine %d, which waits to write", next)
	}
	return text + fmt.Sprintf(", which goroutine %d refers to", next)
}

// Unknown says what isn't known about who could wake whom, "" if all is.
func (r *Report) Unknown() string {
	switch {
	case r.Blind > 0:
		return fmt.Sprintf("what %s could wake isn't known: some of the variables have no value",
			printable.Count(r.Blind, "goroutine"))
	case r.Hidden:
		return "who could be woken by a function that a timer, a finalizer or a handler of package http " +
			"calls isn't known"
	}
	return ""
}
