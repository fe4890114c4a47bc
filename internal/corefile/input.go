package corefile

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const (
	// Bounds on the decompressed size of a file. Dumps compress 30:1, those of many
	// goroutines in the same place up to 200:1; how much memory a hostile file can take
	// is in proportion to its own size.
	freeSize = 256 << 20 // always allowed
	maxRatio = 256       // decompressed bytes per byte in the file beyond that
	maxSize  = 16 << 30  // never more, plain files included

	// hintRatio is how far a file's claim about its decompressed size is trusted when
	// memory is reserved before reading.
	hintRatio = 64

	sniffLen    = 4096 // enough for every format that foreign knows
	inputBuffer = 32 << 10
)

// gzipMagic starts a gzip member (RFC 1952, section 2.3.1).
const gzipMagic = "\x1f\x8b"

// input reads and decompresses a dump's bytes, and checks that they are a dump's at all.
type input struct {
	lines *bufio.Reader
	raw   *counter
	at    io.ReaderAt // the compressed file; nil if it can't be read out of order
	size  int64       // of the file; 0 if not known
	hint  int64       // what the file says about its decompressed size; 0 if not known
	free  int64       // freeSize, less in tests

	indexed bool          // the first member has an index: the file isn't of format 1
	members *memberReader // of the lines, nil in a plain file
}

// gunzip returns what has decompressed the lines, to be used again when no more of them are
// read. It is nil for a plain file.
func (in *input) gunzip() *gzip.Reader {
	if in.members == nil {
		return nil
	}
	return in.members.z
}

// counter counts the bytes read from r.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// newInput tells gzip from plain by the first bytes, not by a name, and refuses what isn't a
// dump before it reads more: a core file may be as large as the machine's memory.
func newInput(r io.Reader) (*input, error) {
	in := &input{raw: &counter{r: r}, free: freeSize}
	atStart := false
	if s, ok := r.(io.Seeker); ok {
		pos, err := s.Seek(0, io.SeekCurrent)
		atStart = pos == 0 && err == nil
	}
	in.lines = bufio.NewReaderSize(in.raw, inputBuffer)
	magic, _ := in.lines.Peek(len(gzipMagic))
	compressed := string(magic) == gzipMagic
	if compressed {
		var err error
		if in.members, err = newMemberReader(in.lines, in.raw, false); err != nil {
			return nil, damaged("is not a whole gzip file (%v)", err)
		}
		in.indexed = in.members.indexed
		in.lines = bufio.NewReaderSize(in.members, inputBuffer)
	}
	in.measure(r, compressed)
	if at, ok := r.(io.ReaderAt); ok && atStart && compressed {
		in.at = at
	}
	start, err := in.lines.Peek(len(kindHead.prefix()))
	if string(start) != kindHead.prefix() {
		start, err = in.lines.Peek(sniffLen) // not at once: what follows the head isn't decompressed yet
	}
	if err := checkStart(start, err, compressed); err != nil {
		return nil, err
	}
	return in, nil
}

// checkStart reports what is wrong with a file that starts with these (decompressed) bytes;
// err is why there are no more.
func checkStart(start []byte, err error, compressed bool) error {
	prefix := []byte(kindHead.prefix())
	switch {
	case bytes.HasPrefix(start, prefix):
		return nil
	case err == nil || errors.Is(err, io.EOF) && len(start) > 0 && !bytes.HasPrefix(prefix, start):
		return foreignError(start, compressed)
	case errors.Is(err, io.EOF) && len(start) == 0 && compressed:
		return damaged("is a gzip file of nothing")
	case errors.Is(err, io.EOF) && len(start) == 0:
		return &FormatError{Problem: "is empty", Err: ErrNotDump}
	case bytes.HasPrefix(prefix, start):
		return damaged("ends before its head does (%v)", endOf(err))
	}
	return foreignError(start, compressed)
}

func damaged(format string, args ...any) error {
	problem := fmt.Sprintf(format, args...)
	// Where package time quotes a time that it can't parse, a DEL may remain.
	return &FormatError{Problem: strings.ReplaceAll(problem, "\x7f", `\x7f`), Err: ErrDamaged}
}

// endOf returns the error for data that ends where it shouldn't.
func endOf(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// measure finds out what r says about the sizes to come.
func (in *input) measure(r io.Reader, compressed bool) {
	switch r := r.(type) {
	case *os.File:
		if stat, err := r.Stat(); err == nil && stat.Mode().IsRegular() {
			in.size = stat.Size()
		}
	case interface{ Size() int64 }: // bytes.Reader, strings.Reader, io.SectionReader
		in.size = r.Size()
	}
	if !compressed {
		in.hint = min(in.size, freeSize)
		return
	}
	at, ok := r.(io.ReaderAt)
	if !ok || in.size < 18 { // an empty gzip member
		return
	}
	// The last four bytes are the size modulo 2^32 (RFC 1952, section 2.3.1,
	// ISIZE), unless the file was cut.
	var b [4]byte
	if _, err := at.ReadAt(b[:], in.size-4); err == nil {
		in.hint = min(int64(binary.LittleEndian.Uint32(b[:])), hintRatio*in.size)
	}
}

// limit returns how many decompressed bytes are acceptable, given the file's size or, if
// that isn't known, how much of it was read so far.
func (in *input) limit() int64 {
	size := max(in.size, in.raw.n)
	if size > maxSize/maxRatio {
		return maxSize
	}
	return min(in.free+maxRatio*size, maxSize)
}

// readAll returns all bytes, and the parts they are in if those can be found. With an error
// it returns what it could read.
func (in *input) readAll() (data []byte, parts []part, err error) {
	data, parts, rest, err := in.readMembers()
	if data == nil {
		data, err = in.readOn(make([]byte, 0, max(in.hint+bytes.MinRead, 4096)))
		return data, nil, err
	}
	if len(rest) == 0 {
		return data, parts, err
	}
	// The file was cut, or something else follows.
	whole := len(data)
	parts = append(parts, part{start: whole})
	var restErr error
	count := &counter{r: bytes.NewReader(rest)}
	within := !bytes.HasSuffix(data, []byte("\n"))
	in.members, restErr = newMemberReader(bufio.NewReader(count), count, within)
	if restErr == nil {
		in.lines.Reset(in.members)
		if data, restErr = in.readOn(data); data == nil {
			return nil, nil, restErr
		}
	}
	if err == nil && errors.Is(restErr, io.ErrUnexpectedEOF) && couldBeMember(rest) && isEnd(data[:whole]) {
		return data[:whole], parts, nil // a message that wasn't completely written
	}
	if err == nil {
		err = restErr
	}
	return data, parts, err
}

// isEnd reports whether data ends with a dump's last record.
func isEnd(data []byte) bool {
	line, _ := lastLine(data)
	_, ok := kindEnd.payload(line)
	return ok
}

// readMembers decompresses the members at the start of the file that can be found without
// decompressing, and returns the rest of the file. It returns nil if there are none.
func (in *input) readMembers() (data []byte, parts []part, rest []byte, err error) {
	if in.at == nil {
		return nil, nil, nil, nil
	}
	members, rest := splitMembers(in.file())
	size := int64(0)
	for _, m := range members {
		size += claimedSize(m)
	}
	if size == 0 || size > min(maxRatio*in.size, maxSize) {
		return nil, nil, nil, nil
	}
	data, parts, err = decompressMembers(members, size)
	return data, parts, rest, err
}

// file returns the compressed file up to where only zeros follow.
func (in *input) file() []byte {
	const piece = 1 << 20 // no member has as many zeros in a row
	file := make([]byte, 0, min(in.size, freeSize))
	for in.size > int64(len(file)) {
		from := len(file)
		file = slices.Grow(file, int(min(piece, in.size-int64(from))))
		n, err := in.at.ReadAt(file[from:min(from+piece, cap(file))], int64(from))
		file = file[:from+n]
		if err != nil || bytes.Count(file[from:], []byte{0}) == piece {
			break
		}
	}
	return file
}

// withoutDamaged returns data without a member that isn't what was compressed, unless the
// file is of format 1. The beginning of a member that was merely cut is right.
func (in *input) withoutDamaged(data []byte, err error) ([]byte, error) {
	if in.members == nil || !in.indexed && !in.members.indexed || !isDamage(err) {
		return data, err
	}
	return data[:max(0, len(data)-int(in.members.read))], fmt.Errorf("%w: %w", errPart, err)
}

// isDamage reports whether a member isn't what was compressed.
func isDamage(err error) bool {
	return errors.Is(err, gzip.ErrChecksum) || errors.As(err, new(flate.CorruptInputError))
}

// errZeros is for a file that was preallocated, or whose last blocks were lost: JSON has no
// zero bytes.
var errZeros = errors.New("zeros follow")

// readOn appends all remaining bytes to data.
func (in *input) readOn(data []byte) ([]byte, error) {
	fromStart := len(data) == 0
	for {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := in.lines.Read(data[len(data):cap(data)])
		if zero := bytes.IndexByte(data[len(data):len(data)+n], 0); zero >= 0 {
			n, err = zero, errZeros
		}
		data = data[:len(data)+n]
		if fromStart && errors.Is(err, errZeros) {
			if damage := in.checkHead(bytes.IndexByte(data, '\n') + 1); damage != nil {
				return nil, damage // as ReadHead finds it
			}
		}
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return in.withoutDamaged(data, err)
		}
		if size := int64(len(data)); size > in.limit() {
			return nil, &FormatError{
				Problem: fmt.Sprintf("expands to more than %d MB from %d KB: not what coredumpy writes",
					size/1e6, in.raw.n/1e3),
				Err: ErrDamaged,
			}
		}
	}
}
