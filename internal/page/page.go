// Package page writes a dump as a page for a browser: one file that needs no network, no
// server and no other file.
//
// What the dump holds is in blocks, see [blocks]: compressed JSON in elements that a browser
// neither shows nor runs. The page's script, in web/, unpacks a block when somebody looks at
// what it holds, and makes nothing but text of it. So no dump can become markup or code: its
// text never is any, and the page's policy allows only this script.
package page

import (
	"errors"
	"io"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/views"
	"coredumpy/internal/waits"
)

// Options say what to write.
type Options struct {
	Dump     string        // the name of the dump's file, for commands that the page shows
	Progress dump.Progress // called now and then; nil is allowed
}

// ErrStopped is the error of Write if Options.Progress stops it.
var ErrStopped = errors.New("page: stopped")

// page is a page that is written.
type page struct {
	in      *inspector.Inspector
	out     *blocks
	values  *values
	sources *sources
	options Options
	reader  *views.Reader // of all views in the page
	left    []string      // what isn't in the page, as sentences
	waiting *waits.Report // nil before it is written
	stopped bool
}

// Write writes the page of a dump. The goroutine and the frame that the inspector has
// selected are those that it shows first.
func Write(w io.Writer, in *inspector.Inspector, o Options) error { return newPage(w, in, o).write() }

func newPage(w io.Writer, in *inspector.Inspector, o Options) *page {
	p := &page{in: in, out: &blocks{w: w}, options: o, reader: views.NewShared(maxLooks)}
	p.values = newValues(p)
	p.sources = newSources(p)
	return p
}

func (p *page) write() error {
	p.out.markup(before())
	for _, part := range []func(){
		p.head, p.goroutines, p.waits, p.globals, p.values.rest, p.sources.rest, p.end,
	} {
		if part(); p.stopped {
			return ErrStopped
		}
		if p.out.err != nil {
			return p.out.err
		}
	}
	p.out.markup(after)
	return p.out.err
}

// These are the parts of the work that take time, and how many percent each takes, about.
var (
	whileGrouping = phase{0, 10}
	whileListing  = phase{10, 35}
	whileWaiting  = phase{35, 60}
	whileValues   = phase{60, 95}
	whileSources  = phase{95, 100}
)

type phase struct{ from, to int }

// progress tells how much of a phase is done, and reports whether to stop.
func (p *page) progress(ph phase, done, all int) (stop bool) {
	if p.stopped || p.out.err != nil {
		return true
	}
	if p.options.Progress != nil {
		share := int(int64(ph.to-ph.from) * int64(min(done, all)) / int64(max(all, 1)))
		p.stopped = p.options.Progress(ph.from+share, 100)
	}
	return p.stopped
}

// text returns a value on a line.
func (p *page) text(v dump.Value, o pretty.Options) string {
	o.Reader = p.reader
	return pretty.String(v, o)
}

// leave notes what isn't in the page.
func (p *page) leave(sentence string) { p.left = append(p.left, sentence) }

// end writes the last block: what isn't in the page is known only now.
func (p *page) end() {
	p.out.write("end", 0, 1, struct {
		Left   []string `json:"left"`
		Values int      `json:"values"` // how many values have a row
	}{p.left, p.values.written})
}
