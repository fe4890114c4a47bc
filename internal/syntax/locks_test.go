package syntax

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const locksText = `package p

func (s *store) early(key string) error {
	s.mu.Lock()
	if key == "" {
		s.mu.Unlock()
		return nil // early
	}
	s.items++ // locked
	s.mu.Unlock()
	return nil // unlocked
}

func (s *store) forgets(key string) error {
	s.mu.Lock()
	if key == "" {
		return nil // forgotten
	}
	s.mu.Unlock()
	return nil
}

func (s *store) deferred() int {
	s.rw.RLock()
	defer s.rw.RUnlock()
	return s.n // deferred
}

func (s *store) deferredFunction() int {
	s.mu.Lock()
	defer func() {
		s.mu.Unlock()
	}()
	return s.n
}

func (s *store) lock() { s.mu.Lock() }

func (s *store) unlock() { s.mu.Unlock() }

func cases(n int, a, b *store) {
	switch n {
	case 0:
		a.mu.Lock()
		work() // first case
		a.mu.Unlock()
	case 1:
		b.rw.RLock()
		work() // second case
		b.rw.RUnlock()
	}
	work() // after cases
}

func both(a, b *store) {
	a.mu.Lock()
	b.mu.Lock() // second
	go func() {
		work() // another goroutine
	}()
	func() {
		shards[i].mu.Lock()
		work() // inner
	}()
	(*p).mu.Lock()
	get().mu.Lock()
	try(a.mu.Lock)
	work() // both
	for range 3 {
		if n == 2 {
			b.mu.Unlock()
			break
		}
		b.mu.Unlock()
	}
	work() // one
}

func ranges(c chan int) {
	s.jobs <- <-c // sends
	for range c { // loops
		work() // named
	}
	for range numbers() {
		work() // unnamed
	}
	for _, s := range stores() {
		s.once.Do(work) // two
	}
}
`

// lockLine returns the line of a comment.
func lockLine(t *testing.T, comment string) int {
	before, _, ok := strings.Cut(locksText, "// "+comment+"\n")
	if !ok {
		t.Fatalf("no comment %q", comment)
	}
	return strings.Count(before, "\n") + 1
}

func TestHeld(t *testing.T) {
	f := Parse(locksText)
	for comment, want := range map[string][]string{
		"early": nil, "locked": {"s.mu"}, "unlocked": nil, "forgotten": {"s.mu"}, "deferred": {"s.rw read"},
		"first case": {"a.mu"}, "second case": {"b.rw read"}, "after cases": nil,
		"second": {"a.mu"}, "another goroutine": nil, "inner": {"shards[i].mu"},
		"both": {"a.mu", "b.mu", "(*p).mu"}, "one": {"a.mu", "(*p).mu"},
	} {
		var got []string
		for _, l := range f.Held(lockLine(t, comment)) {
			text := l.Of
			if l.Read {
				text += " read"
			}
			got = append(got, text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, want %q", comment, got, want)
		}
	}
	if got := (*File)(nil).Held(1); got != nil {
		t.Errorf("without source: got %v, want none", got)
	}
}

func TestKeepsLocked(t *testing.T) {
	var got []string
	for _, k := range Parse(locksText).KeepsLocked() {
		got = append(got, fmt.Sprint(k.Func, " ", k.Of, " ", k.Forgets))
	}
	want := []string{"forgets s.mu true", "lock s.mu false", "both a.mu false", "both (*p).mu false"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCalls(t *testing.T) {
	f := Parse(locksText)
	for comment, want := range map[string]bool{"named": false, "unnamed": true, "two": false} {
		if got := f.RangesOverCall(lockLine(t, comment)); got != want {
			t.Errorf("%s: got that it ranges over a call: %v, want %v", comment, got, want)
		}
	}
	if got, want := f.Receivers(lockLine(t, "two"), "Do"), []string{"s.once"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for comment, want := range map[string][]string{"both": nil, "named": nil, "sends": {"s.jobs", "c"}, "loops": {"c"}} {
		if got := f.Channels(lockLine(t, comment)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got channels %q, want %q", comment, got, want)
		}
	}
	for name, want := range map[string]bool{"try": true, "numbers": false, "get": true} {
		if got := f.CalledBefore(lockLine(t, "both"), name); got != want {
			t.Errorf("%s: got that it is called before: %v, want %v", name, got, want)
		}
	}
}
