package corefile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// writeBuffer gathers lines before they are compressed: most are far shorter
// than what pays for a call into the compressor.
const writeBuffer = 64 << 10

// Writer writes a dump, record by record: the head first, the rest in any
// order, Close at the end. A record that can't be encoded isn't written and
// its error returned; after an error of the underlying writer everything fails
// with that error. A Writer is for one goroutine.
type Writer struct {
	out     *bufio.Writer
	gz      *compressor // nil for a plain file
	records int
	line    bytes.Buffer // the record being encoded
	encoder *json.Encoder
	object  int    // id of the one that was begun last
	scratch []byte // for an object's line
	closed  bool
}

// NewWriter returns a Writer to w. With compress the bytes are gzip, at its
// fastest level and on all processors: the values of a dump shrink a lot at any
// level, and the program that crashed is waiting.
func NewWriter(w io.Writer, compress bool) *Writer {
	writer := &Writer{}
	if compress {
		writer.gz = newCompressor(w)
		w = writer.gz
	}
	writer.out = bufio.NewWriterSize(w, writeBuffer)
	writer.encoder = json.NewEncoder(&writer.line)
	writer.encoder.SetEscapeHTML(false) // <nil> shall stay readable with zcat
	return writer
}

// Head writes the head, which must come first. Its version is always Version.
// What was written so far is flushed, so that even the beginning of a file says
// what it is about.
func (w *Writer) Head(h *Head) error {
	if w.records != 0 {
		return errors.New("write head: it must be the first record")
	}
	head := *h
	head.Version = Version
	if err := w.record(kindHead, &head); err != nil {
		return err
	}
	return w.flush("write head")
}

// Type writes a type.
func (w *Writer) Type(t *Type) error { return w.numbered(kindType, int64(t.ID), t) }

// Goroutine writes a goroutine.
func (w *Writer) Goroutine(g *Goroutine) error { return w.numbered(kindGoroutine, g.ID, g) }

// Global writes a package-level variable.
func (w *Writer) Global(v *Variable) error { return w.numbered(kindGlobal, int64(v.ID), v) }

// Source writes a source file.
func (w *Writer) Source(s *Source) error { return w.numbered(kindSource, int64(s.ID), s) }

// Object writes the object with the given id; value is JSON on one line, addr 0
// if the object's address is in what refers to it, as [Object] says.
func (w *Writer) Object(id, typ int, addr uint64, value []byte) error {
	if bytes.IndexByte(value, '\n') >= 0 {
		return fmt.Errorf("write object %d: the value %.40q holds a newline", id, value)
	}
	if err := w.BeginObject(id, typ); err != nil {
		return err
	}
	w.ObjectValue(value)
	return w.EndObject(addr)
}

// BeginObject begins an object, of which ObjectValue writes the value, part by
// part, and EndObject the rest. There may be millions of objects, so these neither
// reflect nor allocate, and trust that the value is JSON on one line.
func (w *Writer) BeginObject(id, typ int) error {
	if err := w.check(kindObject, int64(id)); err != nil {
		return err
	}
	w.object = id
	p := strconv.AppendInt(append(w.scratch[:0], '['), int64(id), 10)
	p = strconv.AppendInt(append(p, ','), int64(typ), 10)
	w.scratch = append(p, ',')
	w.out.Write(w.scratch) // a bufio.Writer keeps its error for the last Write
	return nil
}

// ObjectValue writes a part of the value of the object that was begun.
func (w *Writer) ObjectValue(part []byte) { w.out.Write(part) }

// EndObject ends the object that was begun. Its error is one of its value as well.
func (w *Writer) EndObject(addr uint64) error {
	p := w.scratch[:0]
	if addr != 0 {
		p = strconv.AppendUint(append(p, ','), addr, 10)
	}
	w.scratch = append(p, "]\n"...)
	if _, err := w.out.Write(w.scratch); err != nil {
		return fmt.Errorf("write object %d: %w", w.object, err)
	}
	w.records++
	return nil
}

// Close writes the end record and what is still buffered. It doesn't close the
// underlying writer.
func (w *Writer) Close() error {
	if w.records == 0 {
		return errors.New("close: a dump has a head, and none was written")
	}
	if err := w.record(kindEnd, &End{Records: w.records}); err != nil {
		return err
	}
	w.closed = true
	return w.flush("close")
}

// numbered writes a record that has an id.
func (w *Writer) numbered(k kind, id int64, v any) error {
	if err := w.check(k, id); err != nil {
		return err
	}
	return w.record(k, v)
}

// check reports what forbids to write a record with this id now.
func (w *Writer) check(k kind, id int64) error {
	switch {
	case w.closed:
		return fmt.Errorf("write %s %d: the dump is closed", k, id)
	case w.records == 0:
		return fmt.Errorf("write %s %d: the head must be the first record", k, id)
	case id < 1:
		return fmt.Errorf("write %s %d: ids count from 1", k, id)
	}
	return nil
}

// record encodes v on a line of its own. Nothing is written if v can't be
// encoded, so that no line is ever half a record.
func (w *Writer) record(k kind, v any) error {
	if w.closed {
		return fmt.Errorf("write %s: the dump is closed", k)
	}
	w.line.Reset()
	w.line.WriteString(k.prefix())
	if err := w.encoder.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", k, err)
	}
	w.line.Truncate(w.line.Len() - 1) // the encoder's newline
	w.line.WriteString("}\n")
	if _, err := w.out.Write(w.line.Bytes()); err != nil {
		return fmt.Errorf("write %s: %w", k, err)
	}
	if w.line.Cap() > 16*writeBuffer { // don't keep a huge source file's room
		w.line = bytes.Buffer{}
	}
	w.records++
	return nil
}
