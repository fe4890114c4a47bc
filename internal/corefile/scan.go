package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// line returns the line at offset, without its newline.
func (f *File) line(offset int) []byte {
	rest := f.data[offset:]
	if end := bytes.IndexByte(rest, '\n'); end >= 0 {
		return rest[:end]
	}
	return rest
}

// tally is what scan finds out about the file as a whole.
type tally struct {
	records int    // whole lines
	partial bool   // the last line is cut
	ended   bool   // there is an end record
	lost    int    // records that the end record counted and the file doesn't hold; negative: it holds more
	strange int    // lines that aren't records
	first   int    // the number of the first strange one
	unsure  int    // objects that are there, and of which the ids aren't known
	end     marked // the first end record
	message marked // the message, if it is the last record
}

// marked is a line that is decoded when all others have been seen: a forged file may have
// millions of its kind.
type marked struct {
	line   []byte // nil if there is none
	number int
}

// notRecord notes that the line of a number isn't a record.
func (t *tally) notRecord(number int) {
	t.strange++
	if t.first == 0 || number < t.first {
		t.first = number
	}
}

// scan decodes the head and indexes the other records by where their lines start. readErr is
// why there is no more data, nil at the end of the file.
func (f *File) scan(parts []part, readErr error) error {
	line := f.line(0)
	if len(line) > maxHeadLine {
		return longHead()
	}
	if len(line) == len(f.data) && (!json.Valid(line) || errors.Is(readErr, errZeros)) {
		return damaged("ends before its head does (%v)", endOf(readErr))
	}
	head, err := decodeHead(line)
	if err != nil {
		return err
	}
	f.Head = head
	for _, name := range head.More {
		f.unknown.add(string(kindHead), name)
	}
	if f.Old() {
		f.objects.expect(head.Objects, len(f.data))
	}
	t := tally{records: 1}
	if len(parts) == 0 {
		parts = []part{{}}
	}
	offset := len(line) + 1
	for i, p := range parts {
		end := len(f.data)
		if i+1 < len(parts) {
			end = parts[i+1].start
		}
		f.runs.open = nil
		first := len(f.runs.all)
		offset = f.scanLines(max(offset, p.start), end, &t)
		if p.indexed && p.index.first != onGoing {
			f.runs.check(first, p.index)
		}
	}
	for _, x := range []*index{&f.types, &f.goroutines, &f.globals, &f.constants, &f.objects, &f.sources} {
		x.seal()
	}
	f.runs.seal()
	f.noteMarked(&t)
	t.unsure = f.runs.lost
	f.missing = t.missing(readErr)
	return nil
}

// scanLines indexes the lines that begin at offset or later, up to end, and returns where
// the next line begins.
func (f *File) scanLines(offset, end int, t *tally) int {
	for offset < end {
		line := f.line(offset)
		start := offset
		offset += len(line) + 1
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if offset > len(f.data) && !json.Valid(line) {
			t.partial = true
			if line[0] == '[' && !f.Old() {
				f.runs.object(start) // the index of its part counts it, too
			}
			return len(f.data)
		}
		t.records++
		t.message.line = nil
		if !f.note(line, start, t) {
			t.notRecord(t.records)
		}
	}
	return offset
}

// note indexes one line, and reports whether it is a record. A line of an unknown kind is
// one: later writers may add kinds.
func (f *File) note(line []byte, offset int, t *tally) bool {
	var x *index
	k := lineKind(line)
	switch {
	case line[0] == '[' && !f.Old():
		f.runs.object(offset)
		return true
	case k == kindObjects && !f.Old():
		return f.noteRun(line, offset+len(line)+1)
	}
	f.runs.open = nil
	switch k {
	case kindObject:
		x = &f.objects
	case kindType:
		x = &f.types
	case kindGoroutine:
		x = &f.goroutines
	case kindGlobal:
		x = &f.globals
	case kindConstant:
		x = &f.constants
	case kindSource:
		x = &f.sources
	case kindHead: // the first one is the file's
		return true
	case kindEnd:
		if t.end.line == nil {
			t.end = marked{line, t.records}
		}
		return true
	case kindMessage:
		t.message = marked{line, t.records}
		return true
	default:
		if k != "" {
			f.unknown.add("", string(k))
		}
		return k != ""
	}
	id, ok := recordID(line, k)
	if !ok {
		return false
	}
	x.add(id, offset)
	if k == kindGoroutine {
		f.order = append(f.order, entry{id, offset})
	}
	return true
}

// noteRun notes the record before a run of objects whose first line is at offset.
func (f *File) noteRun(line []byte, offset int) bool {
	rec, ok := parseRun(line)
	if !ok {
		rec, ok = f.otherRun(line)
	}
	if !ok {
		f.runs.open = nil
		return false
	}
	return f.runs.begin(rec, offset)
}

// parseRun reads the record before a run of objects as this version writes it. There may be
// millions in a forged file: package json would take minutes.
func parseRun(line []byte) (rec Run, ok bool) {
	first, rest, ok := number(bytes.TrimPrefix(line, []byte(`{"objects":{"id":`)))
	if addr, given := bytes.CutPrefix(rest, []byte(`,"addr":`)); ok && given {
		rec.Addr, rest, ok = number(addr)
	}
	rec.First = int64(min(first, maxID+1))
	return rec, ok && string(rest) == "}}"
}

// number returns the number with which b begins, and what follows.
func number(b []byte) (n uint64, rest []byte, ok bool) {
	digits := 0
	for digits < len(b) && '0' <= b[digits] && b[digits] <= '9' {
		digits++
	}
	n, err := strconv.ParseUint(string(b[:digits]), 10, 64)
	return n, b[digits:], err == nil
}

// maxOtherRuns bounds how many records before runs are searched for members that aren't
// known.
const maxOtherRuns = 1000

// otherRun decodes the record before a run of objects that has other members, too.
func (f *File) otherRun(line []byte) (rec Run, ok bool) {
	payload, ok := kindObjects.payload(line)
	if !ok {
		return rec, false
	}
	if f.runs.others++; f.runs.others > maxOtherRuns {
		return rec, json.Unmarshal(payload, &rec) == nil
	}
	return rec, f.unmarshal(kindObjects, payload, &rec) == nil
}

// noteMarked decodes the lines that were marked.
func (f *File) noteMarked(t *tally) {
	if t.end.line != nil {
		payload, ok := kindEnd.payload(t.end.line)
		end := End{}
		if t.ended = ok && f.unmarshal(kindEnd, payload, &end) == nil; t.ended {
			t.lost = end.Records - (t.end.number - 1)
			f.hidden, f.kept = end.Hidden[:min(len(end.Hidden), maxHidden)], end.Kept[:min(len(end.Kept), maxHidden)]
		} else {
			t.notRecord(t.end.number)
		}
	}
	if t.message.line != nil {
		if text, ok := message(t.message.line); ok {
			f.Head.Message = text
		} else {
			t.notRecord(t.message.number)
		}
	}
}

// lineKind returns the name of the line's only member, "" if there is none.
func lineKind(line []byte) kind {
	const maxName = 32
	if line[0] == '[' {
		return kindObject
	}
	name, ok := bytes.CutPrefix(line, []byte(`{"`))
	if !ok {
		return ""
	}
	end := bytes.Index(name[:min(len(name), maxName)], []byte(`":{`))
	if end < 0 {
		return ""
	}
	return kind(name[:end])
}

// missing says in words what is wrong with the file, "" if nothing is.
func (t *tally) missing(readErr error) string {
	var what []string
	switch {
	case errors.Is(readErr, errPart):
		what = append(what, fmt.Sprintf("a part of the file is damaged and left out (%v)", readErr))
	case isDamage(readErr):
		what = append(what, fmt.Sprintf("the file is damaged, some of its records may be wrong (%v)", readErr))
	case t.ended && readErr != nil && !errors.Is(readErr, gzip.ErrHeader): // ErrHeader is for bytes after the dump
		what = append(what, fmt.Sprintf("the file's checksum is missing (%v)", readErr))
	case t.ended:
	case t.partial || readErr != nil:
		what = append(what, fmt.Sprintf("the file ends after record %d (%v)", t.records, endOf(readErr)))
	default:
		what = append(what, fmt.Sprintf("the file ends after record %d (no end record)", t.records))
	}
	if t.lost > 0 {
		what = append(what, fmt.Sprintf("%d records are missing", t.lost))
	}
	if t.lost < 0 {
		what = append(what, fmt.Sprintf("%d records are more than the end record counts", -t.lost))
	}
	if t.unsure > 0 {
		what = append(what, fmt.Sprintf("%d objects can't be read: what counts them is damaged or missing", t.unsure))
	}
	if t.strange > 0 {
		what = append(what, fmt.Sprintf("%d lines are not records (the first is line %d)", t.strange, t.first))
	}
	return strings.Join(what, "; ")
}
