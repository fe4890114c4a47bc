// Package guard calls functions and writers of the program, which may do anything: panic,
// call runtime.Goexit, or never return because they wait for a lock that the panicking
// goroutine holds.
package guard

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"time"

	"coredumpy/internal/clock"
)

// Patience is the least time that a function of the program gets: where Config.Timeout
// bounds it, too, the longer of the two counts.
const Patience = time.Second

// ErrLate is wrapped by the error for a function that hasn't returned in time. It may
// still be running.
var ErrLate = errors.New("late")

type late struct {
	what  string
	limit time.Duration
}

func (e *late) Error() string { return fmt.Sprintf("%s hasn't returned for %v", e.what, e.limit) }

func (e *late) Is(err error) bool { return err == ErrLate }

// Apart calls f on a goroutine of its own, and waits for at most limit. f calls a
// function of the program, which may call runtime.Goexit. Errors name that function what.
func Apart[T any](what string, limit time.Duration, f func() (T, error)) (v T, err error) {
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		r := result{err: errors.New(what + " called runtime.Goexit")}
		defer func() { done <- r }()
		r.v, r.err = f()
	}()
	end := clock.Now().Add(limit)
	for wait := 10 * time.Microsecond; clock.Now().Before(end); wait = min(2*wait, 5*time.Millisecond) {
		select {
		case r := <-done:
			return r.v, r.err
		default:
			clock.Sleep(wait)
		}
	}
	return v, &late{what, limit}
}

// Call calls a function of the program; errors name it what. It doesn't return if the
// function calls runtime.Goexit.
func Call(what string, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Panicked{what, fmt.Sprint(r)}
		}
	}()
	f()
	return nil
}

// Panicked is the error for a function of the program that panicked: What, and with which
// value.
type Panicked struct{ What, Value string }

func (e *Panicked) Error() string { return e.WithoutValue() + ": " + e.Value }

// WithoutValue returns the error's text without the value, which is the program's.
func (e *Panicked) WithoutValue() string { return e.What + " panicked" }

// Writer is a writer of the program; errors name it What.
type Writer struct {
	What string
	W    io.Writer
}

// Write calls the program's Write, and returns an error if that panics or writes less
// than all.
func (g Writer) Write(b []byte) (n int, err error) {
	if failed := Call(g.What, func() { n, err = g.W.Write(b) }); failed != nil {
		return 0, failed
	}
	switch {
	case n < 0 || n > len(b):
		err = cmp.Or(err, fmt.Errorf("%s says that it wrote %d of %d bytes", g.What, n, len(b)))
		n = 0
	case n < len(b) && err == nil:
		err = fmt.Errorf("%s: %w", g.What, io.ErrShortWrite)
	}
	return n, err
}
