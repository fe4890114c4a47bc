package corefile

import (
	"io"
	"math"
)

// The text of a dump is written in parts, which are gzip members in a compressed file. A
// part ends at the end of a line: the first line that ends beyond fullPart is its last one.
// A line that doesn't fit into a part continues in others, which hold nothing else.
const (
	partSize = 256 << 10
	fullPart = partSize * 3 / 4

	// runSize bounds the length of a run of objects, which is within one part: readers
	// search a run to find an object, and damage to one of its addresses affects only the
	// others in it.
	runSize = 64 << 10
)

// partIndex says what is in a part.
type partIndex struct {
	count uint32 // of objects; of a part that continues a line, its number among that line's parts, from 1
	first uint64 // id of the first object; onGoing if the part continues a line
}

const onGoing = math.MaxUint64

// A partWriter divides text into parts, and passes them on to be written.
type partWriter struct {
	out   io.Writer
	gz    *compressor // nil for a plain file
	text  []byte      // of the part being filled
	index partIndex
	err   error
}

func newPartWriter(out io.Writer, compress bool) *partWriter {
	p := &partWriter{out: out}
	if compress {
		p.gz = newCompressor(out)
	}
	return p
}

// fresh reports whether the part is empty.
func (p *partWriter) fresh() bool { return len(p.text) == 0 }

// object notes that an object begins.
func (p *partWriter) object(id int) {
	if p.index.count == 0 {
		p.index.first = uint64(id)
	}
	p.index.count++
}

// write writes a piece of a line.
func (p *partWriter) write(piece []byte) {
	if p.text == nil {
		p.text = make([]byte, 0, partSize)
	}
	for {
		n := min(len(piece), partSize-len(p.text))
		p.text = append(p.text, piece[:n]...)
		if piece = piece[n:]; len(piece) == 0 {
			return
		}
		next := partIndex{count: 1, first: onGoing}
		if p.index.first == onGoing {
			next.count = p.index.count + 1
		}
		p.end()
		p.index = next
	}
}

// endLine is called after the end of a line.
func (p *partWriter) endLine() error {
	if len(p.text) >= fullPart || p.index.first == onGoing {
		p.end()
	}
	return p.err
}

// end ends the part.
func (p *partWriter) end() {
	if len(p.text) == 0 {
		return
	}
	switch {
	case p.err != nil:
		p.text = p.text[:0]
	case p.gz != nil:
		p.text, p.err = p.gz.compress(p.text, p.index)
	default:
		_, p.err = p.out.Write(p.text)
		p.text = p.text[:0]
	}
	p.index = partIndex{}
}

// flush ends the part, and passes on all parts.
func (p *partWriter) flush() error {
	p.end()
	if p.gz != nil && p.err == nil {
		p.err = p.gz.flush()
	}
	return p.err
}
