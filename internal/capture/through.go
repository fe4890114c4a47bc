package capture

// A process that another one watches, see package monitor, has that one make its dumps:
// it stands still for as long as it takes to copy its memory, and not while the copy is
// read. The dump comes back as it is to be written; where it goes to is the matter of the
// process itself. If anything is in the way, that makes the dump as if nobody watched.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"time"

	"coredumpy/internal/corefile"
	"coredumpy/internal/monitor"
	"coredumpy/internal/unsafely"
)

// There is where things are in a process that has asked for its dump.
type There struct {
	Panic, Test uint64    // addresses of interfaces, 0 for none
	Value       [2]uint64 // the panic value's two words
	Helper      int64     // id of the goroutine that waits for the dump
	Environ     int       // how many entries the environment has
}

// panicAddr returns the address of the panic value, 0 if there is none.
func (r *Request) panicAddr() uint64 {
	switch {
	case r.Panic != nil:
		return unsafely.AddrOf(r.Panic)
	case r.There != nil:
		return r.There.Panic
	}
	return 0
}

// panicValue returns its two words.
func (r *Request) panicValue() [2]uint64 {
	if r.Panic != nil {
		return unsafely.ValueID(r.Panic)
	}
	return r.There.Value
}

// testAddr returns the address of what OnFailure was given, 0 if that is nothing.
func (r *Request) testAddr() uint64 {
	switch {
	case r.Test != nil:
		return unsafely.AddrOf(r.Test)
	case r.There != nil:
		return r.There.Test
	}
	return 0
}

// question is what the watcher is asked for, see package monitor.
type question struct {
	Request  Request
	Settings json.RawMessage // how to redact
}

// answer is what there is besides the dump.
type answer struct {
	Head, Written, Origin corefile.Head
	Top                   *corefile.Place // as it isn't written
	Hint                  string
	Open                  bool // see Dump
}

// Through has the watcher make the dump. settings say how to redact. It returns nil if
// there is no watcher, or it can't make the dump. It must run on a goroutine of its own, as Own
// does.
func Through(req *Request, settings []byte) *Dump {
	if !monitor.Asks() || len(settings) == 0 || req.Limits.Timeout <= 0 {
		return nil
	}
	q := &question{*req, settings}
	there := There{Test: req.testAddr(), Helper: ownID(), Environ: len(os.Environ())}
	if req.Panic != nil {
		there.Panic, there.Value = req.panicAddr(), req.panicValue()
	}
	q.Request.There, q.Request.Given = &there, nil
	for _, g := range req.Given {
		q.Request.Given = append(q.Request.Given, Given{Name: g.Name, Addr: unsafely.AddrOf(g.Value)})
	}
	text, err := json.Marshal(q)
	if err != nil || bytes.Contains(text, []byte(`\ufffd`)) {
		return nil // text that isn't UTF-8 doesn't arrive as it is
	}
	quiet := hush() // as in Own: a stack must not shrink before it is copied
	defer quiet.restore()
	quiet.allow() // but the program mustn't grow for ever
	var turn turn
	defer turn.finish()
	turn.begin()
	a, err := monitor.Ask(&monitor.Question{
		Kind: monitor.Dump, Text: text, Limit: 2 * min(req.Limits.Timeout, math.MaxInt64/2), // to read, and to write
		Copied: quiet.restore,
		Busy: func() bool {
			if !holds.guarded.Load() {
				return false
			}
			turn.keep() // who waits must not let main have its turns, see Hold
			return true
		},
	})
	if err != nil {
		return nil
	}
	d := &Dump{made: &made{file: a}, release: func() { a.File.Close() }}
	if d.made.read() != nil {
		d.Release()
		return nil
	}
	d.head, d.hint, d.open, d.written = d.made.Head, d.made.Hint, d.made.Open, d.made.Written
	d.head.Top = d.made.Top
	return d
}

// made is a dump that the watcher has made.
type made struct {
	answer
	file *monitor.Answer
}

// read reads what there is besides the dump.
func (m *made) read() error {
	b := make([]byte, m.file.Lengths[1])
	if _, err := m.file.File.ReadAt(b, m.file.Lengths[0]); err != nil {
		return err
	}
	return json.Unmarshal(b, &m.answer)
}

// write writes the dump, which is compressed.
func (m *made) write(w io.Writer, compress bool) error {
	var r io.Reader = io.NewSectionReader(m.file.File, 0, m.file.Lengths[0])
	if !compress {
		z, err := gzip.NewReader(bufio.NewReader(r))
		if err != nil {
			return err
		}
		r = z
	}
	_, err := io.Copy(w, r)
	return err
}

// sayWithin is how long it may take to have a message redacted.
const sayWithin = 10 * time.Second

// said has the watcher remove secrets from a text that the panic value's method has
// returned: it knows the dump's secrets.
func (m *made) said(said *Said) (string, error) {
	text := append(binary.NativeEndian.AppendUint64(nil, said.more), said.text...)
	a, err := monitor.Ask(&monitor.Question{Kind: monitor.Say, Of: m.file.Number, Text: text, Limit: sayWithin})
	if err != nil {
		return "", err
	}
	defer a.File.Close()
	b := make([]byte, a.Lengths[0])
	_, err = a.File.ReadAt(b, 0)
	return string(b), err
}
