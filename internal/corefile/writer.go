package corefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Writer writes a dump, record by record: the head first, the rest in any order, Close at
// the end. For a record that can't be encoded it writes nothing and returns the error; after
// an error of the underlying writer every call fails with that error. A Writer is for one
// goroutine.
type Writer struct {
	parts   *partWriter
	records int
	line    bytes.Buffer // the record being encoded
	encoder *json.Encoder
	scratch []byte // for an object's line
	closed  bool
	hidden  []Hidden
	kept    []int
	frames  frames // of a goroutine

	objects int    // how many have begun
	typ     int    // of the object that was begun last
	addr    uint64 // of the last object that has an address
	run     int    // bytes in the run of objects; -1 if there is none
}

// NewWriter returns a Writer to w. If compress is set, it writes gzip, at the fastest level
// and on all processors: the values of a dump compress well at any level, and the program
// that crashed is waiting.
func NewWriter(w io.Writer, compress bool) *Writer {
	writer := &Writer{parts: newPartWriter(w, compress), run: -1}
	writer.encoder = json.NewEncoder(&writer.line)
	writer.encoder.SetEscapeHTML(false) // <nil> should stay readable with zcat
	return writer
}

// Head writes the head, which must come first. Its version is always Version. Head flushes
// what was written so far, so that even the beginning of a file says what it is about.
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

// flush passes on what was written so far.
func (w *Writer) flush(doing string) error {
	if err := w.parts.flush(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// Type writes a type.
func (w *Writer) Type(t *Type) error { return w.numbered(kindType, int64(t.ID), t) }

// Goroutine writes a goroutine. Its variables' values must be JSON on one line.
func (w *Writer) Goroutine(g *Goroutine) error {
	if err := w.check(kindGoroutine, g.ID); err != nil {
		return err
	}
	rec := *g
	rec.Frames, rec.More = nil, 0 // the last members
	if err := w.encode(kindGoroutine, &rec); err != nil {
		return err
	}
	w.line.Truncate(w.line.Len() - len("}"))
	f := &w.frames
	f.dst = f.dst[:0]
	if len(g.Frames) > 0 {
		f.dst = append(f.dst, `,"frames":`...)
		f.appendFrames(g.Frames)
	}
	f.number("more", int64(g.More))
	w.line.Write(f.dst)
	w.line.WriteByte('}')
	return w.endRecord(kindGoroutine)
}

// Global writes a package-level variable.
func (w *Writer) Global(v *Variable) error { return w.numbered(kindGlobal, int64(v.ID), v) }

// Constant writes a package-level constant of an integer type: its name, type and value.
func (w *Writer) Constant(v *Variable) error { return w.numbered(kindConstant, int64(v.ID), v) }

// Source writes a source file.
func (w *Writer) Source(s *Source) error { return w.numbered(kindSource, int64(s.ID), s) }

// BeginObject begins the next object. ObjectValue then writes its value, part by part, and
// EndObject the rest. There may be millions of objects, so these methods don't reflect or
// allocate, and trust that the value is JSON on one line.
func (w *Writer) BeginObject(typ int) error {
	if err := w.check(kindObject, int64(typ)); err != nil {
		return err
	}
	if w.run < 0 || w.run > runSize || w.parts.fresh() {
		w.beginRun()
		w.run = 0
	}
	w.objects++
	w.typ = typ
	w.parts.object(w.objects)
	w.scratch = append(strconv.AppendInt(append(w.scratch[:0], '['), int64(typ), 10), ',')
	w.ObjectValue(w.scratch)
	return nil
}

// beginRun writes the record that has the id of the next object, and the address that its
// difference is to. It also ends a run, if there is one.
func (w *Writer) beginRun() {
	p := strconv.AppendInt(append(w.scratch[:0], `{"objects":{"id":`...), int64(w.objects+1), 10)
	if w.addr != 0 {
		p = strconv.AppendUint(append(p, `,"addr":`...), w.addr, 10)
	}
	w.scratch = append(p, "}}\n"...)
	w.parts.write(w.scratch)
	w.records++
}

// ObjectValue writes a part of the current object's value.
func (w *Writer) ObjectValue(part []byte) {
	w.parts.write(part)
	w.run += len(part)
}

// EndObject ends the current object. Its error may be one of writing the value.
func (w *Writer) EndObject(addr uint64) error {
	p := w.scratch[:0]
	if addr != 0 {
		p = strconv.AppendInt(append(p, ','), int64(addr-w.addr), 10)
		w.addr = addr
	}
	w.scratch = append(p, "]\n"...)
	w.ObjectValue(w.scratch)
	w.records++
	if err := w.parts.endLine(); err != nil {
		return fmt.Errorf("write object %d: %w", w.objects, err)
	}
	return nil
}

// Hidden says what the end record has about secrets.
func (w *Writer) Hidden(hidden []Hidden, kept []int) { w.hidden, w.kept = hidden, kept }

// Close writes the end record and what is still buffered. It doesn't close the
// underlying writer.
func (w *Writer) Close() error {
	if w.records == 0 {
		return errors.New("close: a dump has a head, and none was written")
	}
	if w.closed {
		return errors.New("close: the dump is closed")
	}
	w.endRun()
	if len(w.parts.text) > smallPart { // see message.go
		w.parts.end()
	}
	if err := w.record(kindEnd, &End{Records: w.records, Hidden: w.hidden, Kept: w.kept}); err != nil {
		return err
	}
	w.closed = true
	return w.flush("close")
}

// endRun ends the run of objects, if there is one, so that a reader can check it.
func (w *Writer) endRun() {
	if w.run >= 0 {
		w.beginRun()
		w.run = -1
	}
}

// numbered writes a record that has an id.
func (w *Writer) numbered(k kind, id int64, v any) error {
	if err := w.check(k, id); err != nil {
		return err
	}
	return w.record(k, v)
}

// check returns why a record with this id, or an object of the type with this id, must not
// be written now.
func (w *Writer) check(k kind, id int64) error {
	switch {
	case w.closed:
		return fmt.Errorf("write %s %d: the dump is closed", k, id)
	case w.records == 0:
		return fmt.Errorf("write %s %d: the head must be the first record", k, id)
	case id < 1 && k != kindObject:
		return fmt.Errorf("write %s %d: ids count from 1", k, id)
	}
	return nil
}

// record encodes v on its own line. It writes nothing if v can't be encoded, so no line is
// ever half a record.
func (w *Writer) record(k kind, v any) error {
	if err := w.encode(k, v); err != nil {
		return err
	}
	return w.endRecord(k)
}

// encode encodes v as the beginning of a line.
func (w *Writer) encode(k kind, v any) error {
	w.line.Reset()
	w.line.WriteString(k.prefix())
	if err := w.encoder.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", k, err)
	}
	w.line.Truncate(w.line.Len() - len("\n")) // the encoder's
	return nil
}

// endRecord ends the line of a record, and writes it.
func (w *Writer) endRecord(k kind) error {
	w.line.WriteString("}\n")
	if k != kindEnd {
		w.endRun()
	}
	w.parts.write(w.line.Bytes())
	w.records++
	if err := w.parts.endLine(); err != nil {
		return fmt.Errorf("write %s: %w", k, err)
	}
	if w.line.Cap() > partSize { // don't keep the memory of a huge source file
		w.line = bytes.Buffer{}
	}
	return nil
}
