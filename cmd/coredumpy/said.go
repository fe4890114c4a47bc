package main

import (
	"time"

	"coredumpy/internal/capture"
)

// What a panic value's own method says is known only after the dump was made: the
// runtime calls it then, to print it. The dump is told of once that is known, or after
// a while: the method may hang, or end the program.

// panicked is a panic in a process.
type panicked struct {
	pid       int
	goroutine int64
	value     [2]uint64
}

// untold is a dump that hasn't been told of, or of which the message may change.
type untold struct {
	lines  string // see watcher.tell
	teller *capture.Teller
	told   bool
	timer  *time.Timer
}

// sayPatience is how long a dump isn't told of while a method runs.
const sayPatience = time.Second

// wait has a dump told of when it is known what the panic says, or after a while.
func (w *watcher) wait(key panicked, lines string, teller *capture.Teller) {
	u := &untold{lines: lines, teller: teller}
	u.timer = time.AfterFunc(sayPatience, func() { w.tellOnce(u) })
	w.mu.Lock()
	before := w.waiting[key]
	if w.waiting == nil {
		w.waiting = map[panicked]*untold{}
	}
	w.waiting[key] = u
	w.mu.Unlock()
	if before != nil { // a fuzz worker's panic was made a failure
		before.timer.Stop()
		w.tellOnce(before)
	}
}

// tellOnce tells of a dump unless that has been done.
func (w *watcher) tellOnce(u *untold) {
	w.mu.Lock()
	told := u.told
	u.told = true
	w.mu.Unlock()
	if !told {
		w.tell(u.lines)
	}
}

// tellAll tells of the dumps of panics that will say nothing any more.
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

// said puts what a panic says into its dump.
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
		_, _ = u.teller.Tell(said) // on an error the dump is as it was
	}
	w.tellOnce(u)
}
