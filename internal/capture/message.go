package capture

// The message of a dump is redacted and cut when the dump is written. It may be replaced
// afterwards, when the panic value's own method has been called.

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync/atomic"

	"coredumpy/internal/cause"
	"coredumpy/internal/corefile"
	"coredumpy/internal/destination"
	"coredumpy/internal/memory"
	"coredumpy/internal/ptrace"
	"coredumpy/internal/target"
	"coredumpy/internal/walk"
)

// clip returns a message as the dump has it.
func (d *Dump) clip(text string, m cause.Message) string {
	if d.strict.message {
		return m.Around[0] + d.hide(text) + m.Around[1]
	}
	text = walk.Clip(text, m.More, d.walker.StringLimit(), d.redact.Text)
	return d.redact.Text(m.Around[0]) + text + m.Around[1] // only now: a short secret is known if it is alone
}

// Teller replaces the message of a dump that was written. It keeps nothing else of the
// dump.
type Teller struct {
	file    *destination.File // nil if it can't be changed
	head    corefile.Head     // as it was written
	strings int
	redact  Redactor
	hidden  bool  // what the method returns isn't shown
	made    *made // if another process has made the dump
}

// Teller returns a Teller that puts the text of the panic value's method into the dump.
// file is where the dump was written, nil if that can't be changed. Teller returns nil if
// the text is already known.
func (d *Dump) Teller(file *destination.File) *Teller {
	if !d.open {
		return nil
	}
	if d.made != nil {
		return &Teller{file: file, head: d.written, made: d.made}
	}
	return &Teller{file: file, head: d.written, strings: d.walker.StringLimit(), redact: d.redact,
		hidden: d.strict.said}
}

// SaidIn reads from another process what the panic value's method has returned.
func SaidIn(pid int, addr, n uint64) (*Said, error) {
	mem, err := memory.OpenRemote(pid)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	b := make([]byte, min(n, cause.MaxMessage))
	if err := mem.Read(b, addr); err != nil {
		return nil, err
	}
	return &Said{string(b), n - uint64(len(b))}, nil
}

// SaidAt reads that from a traced process that is stopped at the beginning of
// cause.SaidFunction, given the event of the panic.
func SaidAt(hit *ptrace.Hit, event *Event) (*Said, error) {
	mem, err := memory.OpenRemote(hit.PID)
	if err != nil {
		return nil, err
	}
	defer mem.Close()
	p, err := target.Other(hit.PID, mem)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if p.Info == nil {
		return nil, p.InfoErr
	}
	crash, err := cause.Crashed(p, cause.SaidFunction, &hit.Threads[0])
	if err == nil && crash.Goroutine != event.Goroutine {
		err = fmt.Errorf("goroutine %d ends the process, not %d", crash.Goroutine, event.Goroutine)
	}
	if err != nil {
		return nil, err
	}
	text, err := cause.Said(p, &hit.Threads[0], event.Again)
	if err != nil {
		return nil, err
	}
	return SaidIn(hit.PID, text[0], text[1])
}

// Text returns what the method returned, cut if it is too long for a message.
func (s *Said) Text() string { return s.text }

// Tell puts a text into the dump, and returns the text as the dump has it, without
// secrets. On an error the dump is unchanged.
func (t *Teller) Tell(said *Said) (text string, err error) {
	if text, err = t.clip(said); err != nil || t.file == nil {
		return text, err
	}
	return text, t.file.Change(func(f *os.File, size int64) error { return corefile.Retell(f, size, &t.head, text) })
}

// clip returns a text as the dump has it: without secrets, and cut.
func (t *Teller) clip(said *Said) (string, error) {
	if t.made != nil {
		return t.made.said(said)
	}
	if t.hidden {
		return hide(t.redact, said.text), nil
	}
	t.redact.LearnMarked([]byte(said.text))
	return walk.Clip(said.text, said.more, t.strings, t.redact.Text), nil
}

// Drop removes the dump, if it is in a file.
func (t *Teller) Drop() error {
	if t.file == nil {
		return nil
	}
	return t.file.Remove()
}

// Said is what the method of a panic value has returned.
type Said struct {
	text string
	more uint64 // bytes missing at the end
}

// maxSaying bounds how many of these methods run, including those that hang: one may
// panic, which may be dumped in turn.
const maxSaying = 16

var saying atomic.Int32

// Say calls the method of a panic value that the runtime would call to print it
// (runtime/panic.go, preprintpanics). It is the program's code, which may do anything.
func Say(value any) (said *Said, err error) {
	defer saying.Add(-1)
	if saying.Add(1) > maxSaying {
		return nil, errors.New("too many methods of panic values run")
	}
	debug.SetPanicOnFault(true) // ends with this goroutine
	err = errors.New("the method of the panic value panicked")
	defer func() {
		if err != nil {
			recover()
		}
	}()
	text := ""
	switch v := value.(type) {
	case error:
		text = v.Error()
	case fmt.Stringer:
		text = v.String()
	default:
		return nil, errors.New("the panic value has no method that says what it is")
	}
	n := min(len(text), cause.MaxMessage)
	said = &Said{strings.Clone(text[:n]), uint64(len(text) - n)} // the text may have an invalid address
	return said, nil
}
