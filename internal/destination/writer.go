package destination

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"coredumpy/internal/clock"
	"coredumpy/internal/guard"
)

// toWriter writes to the writer that the program's function returns.
func (c *Chosen) toWriter(name string, write writing) (*Delivered, error) {
	const what = "the function given to Create"
	end := clock.Now().Add(c.Limit)
	w, err := guard.Apart(what, c.Limit, func() (w io.WriteCloser, err error) {
		if failed := guard.Call(what, func() { w, err = c.Create(name) }); failed != nil {
			return nil, failed
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", what, err)
		case w == nil:
			return nil, errors.New(what + " returned no writer")
		}
		return w, nil
	})
	if err != nil {
		return nil, err
	}
	r := &receiver{w: w, limit: c.Limit, end: end}
	if err = write(r, true); err == nil {
		err = r.finish("Close of the writer from Create", w.Close)
	} else {
		r.abandon(err)
	}
	if err != nil {
		return nil, err
	}
	return &Delivered{Path: name, Full: name}, nil
}

// receiver passes a dump on to a writer of the program. Each call is made on another
// goroutine, as it may never return.
type receiver struct {
	w     io.WriteCloser
	limit time.Duration
	end   time.Time // when the limit is reached
	err   error     // the first one
}

// Write keeps failing once it has failed: the writer may still be busy.
func (r *receiver) Write(b []byte) (n int, err error) {
	const what = "the writer from Create"
	if r.err == nil {
		own := bytes.Clone(b) // a late writer may go on using it
		r.err = r.apart(what, func() error {
			_, err := guard.Writer{What: what, W: r.w}.Write(own)
			return err
		})
	}
	if r.err != nil {
		return 0, r.err
	}
	return len(b), nil
}

// apart calls a method of the writer, if there is time left.
func (r *receiver) apart(what string, f func() error) error {
	left := r.end.Sub(clock.Now())
	if left <= 0 {
		return &overdue{what, r.limit, nil}
	}
	_, err := guard.Apart(what, left, func() (struct{}, error) { return struct{}{}, f() })
	if errors.Is(err, guard.ErrLate) {
		err = &overdue{what, r.limit, err}
	}
	return err
}

// finish closes the writer.
func (r *receiver) finish(what string, f func() error) error {
	return r.apart(what, func() (err error) {
		if failed := guard.Call(what, func() { err = f() }); failed != nil {
			return failed
		}
		if err != nil {
			err = fmt.Errorf("%s: %w", what, err)
		}
		return err
	})
}

// abandon closes the writer after an error, unless a call of it hasn't returned: the
// writer needn't allow two calls at once. One like [io.PipeWriter] gets the error, so
// that its reader doesn't take a part for the whole.
func (r *receiver) abandon(err error) {
	if errors.Is(r.err, guard.ErrLate) {
		return
	}
	r.end = clock.Now().Add(guard.Patience)
	closing := r.w.Close
	if p, ok := r.w.(interface{ CloseWithError(error) error }); ok {
		closing = func() error { return p.CloseWithError(err) }
	}
	_ = r.finish("Close", closing) // the first error counts
}

// overdue says that a writer has used up its time.
type overdue struct {
	what  string
	limit time.Duration
	err   error // guard.ErrLate if it is still busy
}

func (e *overdue) Error() string { return fmt.Sprintf("%s isn't done after %v", e.what, e.limit) }

func (e *overdue) Unwrap() error { return e.err }
