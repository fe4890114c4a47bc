package repl

import (
	"fmt"
	"io"
	"time"

	"coredumpy/internal/dump"
)

const (
	progressAfter = time.Second // a command that takes longer shows how far it is
	progressEvery = 200 * time.Millisecond
)

// working shows on a terminal how far a command is.
type working struct {
	w     io.Writer // nil if nobody looks
	stop  func() bool
	now   func() time.Time
	start time.Time
	shown time.Time // when something was shown last
}

// step is a dump.Progress.
func (p *working) step(done, all int) (stop bool) {
	if p.stop() {
		return true
	}
	if p.w == nil {
		return false
	}
	if now := p.now(); now.Sub(p.start) >= progressAfter && now.Sub(p.shown) >= progressEvery {
		p.shown = now
		fmt.Fprintf(p.w, "\r%d %%, Ctrl-C stops it\x1b[K", 100*int64(done)/int64(max(all, 1)))
	}
	return false
}

// end removes what was shown.
func (p *working) end() {
	if !p.shown.IsZero() {
		io.WriteString(p.w, "\r\x1b[K")
	}
}

// compute runs what may take long before a command prints something.
func (s *session) compute(f func(dump.Progress)) {
	w := s.progress
	if s.out.Paging() {
		w = nil // it has the screen
	}
	p := &working{w: w, stop: func() bool { return s.out.Err() != nil }, now: time.Now, start: time.Now()}
	f(p.step)
	p.end()
}

// eachGoroutine calls visit for each goroutine that can be read, unless an interrupt ends it. The
// error says why the last of the others can't.
func (s *session) eachGoroutine(p dump.Progress, visit func(*dump.Goroutine)) (failed error) {
	ids, done := len(s.in.Goroutines()), 0
	for g, err := range s.in.AllGoroutines() {
		if done++; p(done, ids) {
			return nil
		}
		if err != nil {
			failed = err
			continue
		}
		visit(g)
	}
	return failed
}
