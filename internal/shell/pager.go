package shell

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// Pager shows output that is longer than the screen.
type Pager struct {
	// Size returns how many rows and columns the screen has.
	Size func() (rows, columns int)
	// Start starts a program that shows what is written, until it is closed.
	Start func() (io.WriteCloser, error)
}

// paged is the output of a command: the first screen of it is held back, and if there is more, a
// pager is started for all.
type paged struct {
	pager *Pager
	dst   io.Writer

	rows, columns int
	held          bytes.Buffer
	used          int // rows of what is held
	column        int // in the last row
	w             io.WriteCloser
	plain         bool // there is no pager: all goes to dst
}

func newPaged(p *Pager, dst io.Writer) *paged {
	w := &paged{pager: p, dst: dst}
	if w.rows, w.columns = p.Size(); w.rows < 2 {
		w.plain = true
	}
	return w
}

func (p *paged) Write(b []byte) (int, error) {
	switch {
	case p.plain:
		return p.dst.Write(b)
	case p.w != nil:
		return p.w.Write(b)
	}
	p.held.Write(b)
	if p.count(b); p.used < p.rows-1 { // the prompt needs one, too
		return len(b), nil
	}
	if w, err := p.pager.Start(); err == nil {
		p.w = &unlinked{WriteCloser: w} // less knows links only since version 566
		_, err = p.w.Write(p.held.Bytes())
		p.held.Reset()
		return len(b), err
	}
	p.plain = true
	return len(b), p.release()
}

// unlinked leaves out what makes links of a text.
type unlinked struct {
	io.WriteCloser
	state int // of the characters that were seen: none, an escape, a link's, an escape in that
}

func (u *unlinked) Write(b []byte) (int, error) {
	const none, escape, link, end = 0, 1, 2, 3
	text := make([]byte, 0, len(b)+1)
	for _, c := range b {
		switch {
		case u.state == none && c == '\x1b':
			u.state = escape
		case u.state == escape && c == ']':
			u.state = link
		case u.state == escape:
			text, u.state = append(text, '\x1b', c), none
		case u.state == link && c == '\x1b':
			u.state = end
		case u.state == end:
			u.state = none
		case u.state == none:
			text = append(text, c)
		}
	}
	if _, err := u.WriteCloser.Write(text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// count counts the rows that a text takes.
func (p *paged) count(b []byte) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\n':
			p.used, p.column = p.used+1, 0
		case bytes.HasPrefix(b, []byte(linkBegin)):
			if end := bytes.Index(b, []byte(linkEnd)); end > 0 {
				n = end + len(linkEnd)
			}
		case r == '\x1b': // a style
			if end := bytes.IndexByte(b, 'm'); end > 0 {
				n = end + 1
			}
		case p.columns > 0 && p.column == p.columns:
			p.used, p.column = p.used+1, 1
		default:
			p.column++
		}
		b = b[n:]
	}
}

// release writes what is held.
func (p *paged) release() error {
	_, err := p.dst.Write(p.held.Bytes())
	p.held.Reset()
	return err
}

// Close shows what is held, or waits for the end of the pager.
func (p *paged) Close() error {
	if p.w != nil {
		return p.w.Close()
	}
	return p.release()
}

// page has a pager for the output until unpage is called, if there is one.
func (o *Output) page(p *Pager) {
	if p == nil || o.Flush() != nil {
		return
	}
	o.paging = newPaged(p, o.dst)
	o.w.Reset(o.paging)
}

// unpage ends that. A pager that was left early is no error.
func (o *Output) unpage() {
	if o.paging == nil {
		return
	}
	p := o.paging
	err := o.Flush()
	o.paging = nil
	o.w.Reset(o.dst)
	if err == ErrInterrupted && p.w == nil {
		return // Loop says so
	}
	p.Close()
	o.drain() // the pager knows what to do with it
	if isBroken(err) {
		o.err = nil
	}
}

// Paging reports whether a pager shows the output at present.
func (o *Output) Paging() bool { return o.paging != nil && o.paging.w != nil }
