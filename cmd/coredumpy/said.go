package main

import (
	"time"

	"coredumpy/internal/capture"
)

// The text of a panic value's own method is known only after the dump was made, when the
// runtime calls the method to print the panic. The lines about the dump are printed once
// the text is known, or after a while, as the method may hang or end the program.

// panicked is a panic in a process.
type panicked struct {
	pid       int
	goroutine int64
	value     [2]uint64
}

// untold is a dump whose lines haven't been printed, or whose message may change.
type untold struct {
	made   made
	teller *capture.Teller
	told   bool
	timer  *time.Timer
}

// sayPatience is how long the lines about a dump wait while a method runs.
const sayPatience = time.Second

// wait has the lines about a dump printed when the panic's text is known, or after a while.
func (w *watcher) wait(key panicked, m made, teller *capture.Teller) {
	u := &untold{made: m, teller: teller}
	u.timer = time.AfterFunc(sayPatience, func() { w.tellOnce(u) })
	w.mu.Lock()
	before := w.waiting[key]
	if w.waiting == nil {
		w.waiting = map[panicked]*untold{}
	}
	w.waiting[key] = u
	w.mu.Unlock()
	if before != nil { // testing turned a fuzz worker's panic into a failure
		before.timer.Stop()
		w.tellOnce(before)
	}
}

// tellOnce prints the lines about a dump unless they have been printed.
func (w *watcher) tellOnce(u *untold) {
	w.mu.Lock()
	told := u.told
	u.told = true
	w.mu.Unlock()
	if !told {
		w.tell(u.made)
	}
}

// tellAll prints the lines about dumps of panics whose text won't come any more.
func (w *watcher) tellAll() {
	w.mu.Lock()
	waiting := w.waiting
	w.waiting = nil
	w.mu.Unlock()
	for _, u := range waiting {
		u.timer.Stop()
		w.tellOnce(u)
	}
}

// said puts the text of a panic into its dump.
func (w *watcher) said(key panicked, read func() (*capture.Said, error)) {
	w.mu.Lock()
	u := w.waiting[key]
	delete(w.waiting, key)
	w.mu.Unlock()
	if u == nil {
		return
	}
	u.timer.Stop()
	said, err := read()
	switch {
	case err != nil:
	case w.excluded(said.Text()) && u.teller.Drop() == nil:
		w.mu.Lock()
		w.dumps--
		u.told = true
		w.mu.Unlock()
	default:
		_, _ = u.teller.Tell(said) // on an error the dump stays as it was
	}
	w.tellOnce(u)
}
