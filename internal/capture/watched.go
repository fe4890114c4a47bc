package capture

// If another process watches this one, see package monitor, that process makes its dumps:
// this one stands still only while its memory is copied, not while the copy is read. The
// dump comes back ready to be written; this process decides where to. If anything prevents
// that, the process makes the dump itself, as if nobody watched.

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

// There says where values are in a process that has asked for its dump.
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

// testAddr returns the address of what OnFailure was given, 0 if it was given nothing.
func (r *Request) testAddr() uint64 {
	switch {
	case r.Test != nil:
		return unsafely.AddrOf(r.Test)
	case r.There != nil:
		return r.There.Test
	}
	return 0
}

// question is what a process asks the watcher for, see package monitor.
type question struct {
	Request  Request
	Settings json.RawMessage // how to redact
}

// answer is what the watcher returns besides the dump.
type answer struct {
	Head, Written, Origin corefile.Head
	Top                   *corefile.Place // without redaction
	Hint                  string
	Open                  bool // see Dump
}

// Through makes the watcher make the dump. settings say how to redact. It returns nil if
// there is no watcher, or if that can't make the dump. It must run on its own goroutine,
// as Own must.
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
		return nil // text that isn't UTF-8 would be changed on the way
	}
	quiet := hush() // as in Own: a stack must not shrink before it is copied
	defer quiet.restore()
	quiet.allow() // but the program mustn't grow forever
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
			turn.keep() // while waiting, main must not get its turns, see Hold
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

// read reads what the watcher returns besides the dump.
func (m *made) read() error {
	b := make([]byte, m.file.Lengths[1])
	if _, err := m.file.File.ReadAt(b, m.file.Lengths[0]); err != nil {
		return err
	}
	return json.Unmarshal(b, &m.answer)
}

// write writes the dump, which arrives compressed.
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

// sayWithin limits how long redacting a message may take.
const sayWithin = 10 * time.Second

// said makes the watcher, which knows the dump's secrets, remove them from a text that the
// panic value's method has returned.
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
