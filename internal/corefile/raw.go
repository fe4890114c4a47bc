package corefile

import (
	"bytes"
	"sync"
)

// RawObject returns the type of an object, what follows the type on its line, and in a file
// of format 2 the object's address: in format 1 that follows the value, if there is one.
// RawObject doesn't check the value. It is for a few objects of many, see [File.Piece], and
// File.Object for a single one.
func (f *File) RawObject(id int) (typ int, rest []byte, addr uint64, ok bool) {
	line, addr, err := f.objectLine(id)
	if err != nil {
		return 0, nil, 0, false
	}
	typ, rest, ok = f.rawParts(line)
	return typ, rest, addr, ok
}

// rawParts splits the line of an object.
func (f *File) rawParts(line []byte) (typ int, rest []byte, ok bool) {
	i := 1
	if f.Old() {
		for ; i < len(line) && line[i] != ','; i++ { // the id
		}
		i++
	}
	for ; i < len(line) && '0' <= line[i] && line[i] <= '9'; i++ {
		typ = typ*10 + int(line[i]-'0')
	}
	if i >= len(line) || line[i] != ',' {
		return 0, nil, false
	}
	return typ, line[i+1:], true
}

// oldPiece is how many ids are a piece of a file of format 1.
const oldPiece = 1024

// Pieces returns in how many pieces [File.Piece] goes through the objects.
func (f *File) Pieces() int {
	if f.Old() {
		return (len(f.objects.dense) + oldPiece - 1) / oldPiece
	}
	return len(f.runs.all)
}

// Piece calls visit with each object in a piece that can be read, as [File.RawObject] returns
// it. Ids ascend within a piece and from one to the next. Several goroutines may read pieces
// at once.
func (f *File) Piece(i int, visit func(id, typ int, rest []byte, addr uint64)) {
	if f.Old() {
		for id := i*oldPiece + 1; id <= min((i+1)*oldPiece, len(f.objects.dense)); id++ {
			if typ, rest, addr, ok := f.RawObject(id); ok {
				visit(id, typ, rest, addr)
			}
		}
		return
	}
	r := f.runs.all[i]
	if r.bad != nil {
		return
	}
	text := f.data[r.offset:]
	reused := reusedLines.Get().(*runLines) // not kept in the run: a caller goes through all
	lines := r.find(text, reused)
	defer reusedLines.Put(lines)
	for n, offset := range lines.offsets {
		line := text[offset:]
		if end := bytes.IndexByte(line, '\n'); end >= 0 {
			line = line[:end]
		}
		if typ, rest, ok := f.rawParts(line); ok {
			visit(int(r.First)+n, typ, rest, lines.addrs[n])
		}
	}
}

// Text returns the decompressed file. It must not be changed.
func (f *File) Text() []byte { return f.data }

var reusedLines = sync.Pool{New: func() any { return &runLines{} }}

// MaxObject returns the largest id of an object, without the far too large ids that only a
// forged file has.
func (f *File) MaxObject() int {
	if f.Old() {
		return len(f.objects.dense)
	}
	last, count := int64(0), int64(0)
	for _, r := range f.runs.all {
		last, count = max(last, r.First+int64(r.count)-1), count+int64(r.count)
	}
	return int(min(last, 4*count+4096)) // as for the index of other records
}

// RawGoroutine returns the record of a goroutine as it is written. It is for going through the
// variables of all goroutines, and File.Goroutine for a single one.
func (f *File) RawGoroutine(id int64) (record []byte, ok bool) {
	offset, ok := f.goroutines.find(id)
	if !ok {
		return nil, false
	}
	return kindGoroutine.payload(f.line(offset))
}
