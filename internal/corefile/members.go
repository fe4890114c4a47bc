package corefile

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// A compressed dump is a row of gzip members (RFC 1952, section 2.2), which any
// reader of gzip takes for one stream. They are independent of each other, so
// they are compressed and decompressed several at a time, and damage to one
// stays in it. The first, or the first two (see retell.go), are the head alone, for
// who reads nothing else.
//
// To be found without decompressing, a member has its own length in its header,
// in the extra field that section 2.3.1.1 provides for such things: two letters,
// the length of what follows, the member's length in four bytes. In format 2 its index
// follows: how many objects it holds, in four bytes, and the id of the first one, in eight.
const (
	extraID       = "cd"
	oldExtra      = 4
	extraLength   = oldExtra + 4 + 8
	memberLength  = 10 + 2 + len(extraID) + 2 // where in a member its length is
	oldHeader     = memberLength + oldExtra   // of format 1
	memberHeader  = memberLength + extraLength
	memberTrailer = 8 // CRC32, ISIZE
	gzipExtra     = 1 << 2

	// maxAtOnce bounds how many members are compressed at a time: each takes
	// about a megabyte.
	maxAtOnce = 8
)

// A compressor writes members. They are compressed on other goroutines, and passed on in
// the caller's own.
type compressor struct {
	w      io.Writer
	busy   []*member // being compressed, the oldest first
	free   []*member
	atOnce int
}

// A member is one gzip member on its way.
type member struct {
	raw   []byte
	index partIndex
	out   bytes.Buffer
	gz    *gzip.Writer
	err   error
	done  chan struct{}
}

func newCompressor(w io.Writer) *compressor {
	return &compressor{w: w, atOnce: min(runtime.GOMAXPROCS(0), maxAtOnce)}
}

// compress has a part compressed, and returns memory for another one.
func (c *compressor) compress(text []byte, index partIndex) (room []byte, err error) {
	if len(c.busy) == c.atOnce {
		err = c.finish()
	}
	m := c.take()
	room, m.raw, m.index = m.raw[:0], text, index
	c.busy = append(c.busy, m)
	go m.compress()
	return room, err
}

// flush passes on all there are.
func (c *compressor) flush() error {
	for len(c.busy) > 0 {
		if err := c.finish(); err != nil {
			return err
		}
	}
	return nil
}

// take returns a member that isn't in use.
func (c *compressor) take() *member {
	n := len(c.free)
	if n == 0 {
		return newMember()
	}
	m := c.free[n-1]
	c.free = c.free[:n-1]
	return m
}

func newMember() *member {
	m := &member{done: make(chan struct{}, 1)}
	m.gz, _ = gzip.NewWriterLevel(&m.out, gzip.BestSpeed) // fails for unknown levels only
	return m
}

// finish waits for the oldest member and passes it on.
func (c *compressor) finish() error {
	m := c.busy[0]
	c.busy = append(c.busy[:0], c.busy[1:]...)
	<-m.done
	c.free = append(c.free, m)
	if m.err != nil {
		return m.err
	}
	_, err := c.w.Write(m.out.Bytes())
	return err
}

func (m *member) compress() {
	m.out.Reset()
	m.gz.Reset(&m.out)
	m.gz.Extra = appendExtra(nil, 0, m.index)
	if _, m.err = m.gz.Write(m.raw); m.err == nil {
		m.err = m.gz.Close()
	}
	if m.err == nil {
		binary.LittleEndian.PutUint32(m.out.Bytes()[memberLength:], uint32(m.out.Len()))
	}
	m.done <- struct{}{}
}

// appendExtra appends the extra field of a member.
func appendExtra(dst []byte, length int, index partIndex) []byte {
	dst = append(append(dst, extraID...), byte(extraLength), 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(length))
	dst = binary.LittleEndian.AppendUint32(dst, index.count)
	return binary.LittleEndian.AppendUint64(dst, index.first)
}

// splitMembers returns the members at the start of a file that say how long they
// are, and what follows: nothing, if the file is whole and ours. A member after
// which comes something else, as its length has it, is part of the rest.
func splitMembers(file []byte) (members [][]byte, rest []byte) {
	for {
		header := headerLength(file)
		if header == 0 {
			return members, file
		}
		n := uint64(binary.LittleEndian.Uint32(file[memberLength:]))
		if n < uint64(header+memberTrailer) || n > uint64(len(file)) || n < uint64(len(file)) && !couldBeMember(file[n:]) {
			return members, file
		}
		members, file = append(members, file[:n]), file[n:]
	}
}

// couldBeMember reports whether a member with its length begins there, of which not
// even the header may be whole.
func couldBeMember(file []byte) bool {
	for i, b := range storedMember(nil, partIndex{})[:min(len(file), memberLength)] {
		switch i {
		case 2, 4, 5, 6, 7, 8, 9: // the method, a time, the level and the system
		case 10, 11, memberLength - 2, memberLength - 1: // the lengths in the extra field
		default:
			if b != file[i] {
				return false
			}
		}
	}
	return true
}

// headerLength returns the length of the header of the member with its length that begins
// there, 0 if none does. What is in the extra field behind what is known is for later
// versions.
func headerLength(file []byte) int {
	if len(file) < oldHeader || !couldBeMember(file) {
		return 0
	}
	extra, n := int(binary.LittleEndian.Uint16(file[10:])), ownExtra(file)
	if n != oldExtra && n < extraLength || extra < len(extraID)+2+n || len(file) < 12+extra {
		return 0
	}
	return 12 + extra
}

// ownExtra returns the length of what is in the extra field of a member behind the letters.
func ownExtra(member []byte) int { return int(binary.LittleEndian.Uint16(member[memberLength-2:])) }

// indexOf returns the index of a member, ok is false if it has none.
func indexOf(member []byte) (index partIndex, ok bool) {
	return indexIn(member[12:headerLength(member)])
}

// indexIn returns the index in an extra field.
func indexIn(extra []byte) (index partIndex, ok bool) {
	const before = len(extraID) + 2
	if len(extra) < before+extraLength || string(extra[:len(extraID)]) != extraID ||
		binary.LittleEndian.Uint16(extra[len(extraID):]) < extraLength {
		return partIndex{}, false
	}
	index.count = binary.LittleEndian.Uint32(extra[before+oldExtra:])
	index.first = binary.LittleEndian.Uint64(extra[before+oldExtra+4:])
	return index, true
}

// A sequence says of parts, one after the other, whether each goes on where the one before
// it ends.
type sequence struct {
	begun uint32 // how many parts there are of a line that hasn't ended
}

// fits reports whether a part with an index may come next.
func (s *sequence) fits(index partIndex, indexed bool) bool {
	if !indexed {
		return true // of format 1
	}
	goesOn := index.first == onGoing
	return goesOn == (s.begun > 0) && (!goesOn || index.count == s.begun)
}

// add adds a part with a text that ends so. Lines of format 1 go on in any part.
func (s *sequence) add(end []byte, indexed bool) {
	switch {
	case !indexed || bytes.HasSuffix(end, []byte("\n")):
		s.begun = 0
	case len(end) > 0:
		s.begun++
	}
}

// memberReader reads members one after the other.
type memberReader struct {
	raw     *bufio.Reader
	z       *gzip.Reader
	before  sequence
	indexed bool
	last    [1]byte // of the member's text, as far as it was read
	read    int64   // bytes of it
}

// newMemberReader returns a reader of members, of which the first one may go on with a line
// that began before it.
func newMemberReader(r io.Reader, within bool) (*memberReader, error) {
	raw, ok := r.(*bufio.Reader)
	if !ok {
		raw = bufio.NewReader(r)
	}
	m := &memberReader{raw: raw, z: new(gzip.Reader)}
	err := m.z.Reset(raw)
	if err != nil {
		return nil, err
	}
	if index, ok := indexIn(m.z.Extra); ok && within && index.first == onGoing {
		m.before.begun = index.count
	}
	return m, m.begin()
}

// begin begins the member whose header was read.
func (m *memberReader) begin() error {
	m.z.Multistream(false)
	index, indexed := indexIn(m.z.Extra)
	m.indexed, m.read = indexed, 0
	if !m.before.fits(index, indexed) {
		return fmt.Errorf("%w: %w", errPart, errLost)
	}
	return nil
}

func (m *memberReader) Read(p []byte) (int, error) {
	n, err := m.z.Read(p)
	if m.read += int64(n); n > 0 {
		m.last[0] = p[n-1]
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	m.before.add(m.last[:min(m.read, 1)], m.indexed)
	if err := m.z.Reset(m.raw); err != nil {
		return n, err
	}
	return n, m.begin()
}

// claimedSize returns what a member says about the size of what it holds.
func claimedSize(member []byte) int64 {
	return int64(binary.LittleEndian.Uint32(member[len(member)-4:]))
}

// errPart is wrapped by the error for a member that is damaged while there may
// be whole ones after it.
var errPart = errors.New("damaged part")

// A part is a piece of a dump's text: what a member holds.
type part struct {
	start   int // in the text
	index   partIndex
	indexed bool
}

// decompressMembers returns what members hold, which is size bytes by their own
// word, and where each begins. With an error comes what can be had: of a damaged member
// nothing, as nobody knows where the damage begins.
func decompressMembers(members [][]byte, size int64) ([]byte, []part, error) {
	data := make([]byte, size)
	texts := make([][]byte, len(members))
	at := int64(0)
	for i, m := range members {
		end := at + claimedSize(m)
		texts[i] = data[at:end:end]
		at = end
	}
	errs := make([]error, len(members))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(members)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var z gzip.Reader
			for i := next.Add(1) - 1; i < int64(len(members)); i = next.Add(1) - 1 {
				errs[i] = decompressMember(&z, texts[i], members[i])
			}
		}()
	}
	wg.Wait()
	return joinParts(data, members, texts, errs)
}

// joinParts joins the texts of members, which stand in data one after the other. What
// stands before something damaged or lost must not go on with what stands behind it.
func joinParts(data []byte, members, texts [][]byte, errs []error) ([]byte, []part, error) {
	parts := make([]part, len(members))
	pieces := make([][]byte, 0, 2*len(members))
	var failed error
	size := 0
	add := func(text []byte) {
		pieces = append(pieces, text)
		size += len(text)
	}
	var before sequence
	for i, text := range texts {
		index, indexed := indexOf(members[i])
		err := errs[i]
		if err == nil && !before.fits(index, indexed) {
			err = errLost
		}
		if err != nil {
			failed = cmp.Or(failed, err)
			add([]byte("\n"))
			before.begun = 0
		}
		parts[i] = part{size, index, indexed}
		if errs[i] != nil || err != nil && index.first == onGoing {
			continue
		}
		add(text)
		before.add(text, indexed)
	}
	if failed == nil {
		return data, parts, nil
	}
	return bytes.Join(pieces, nil), parts, fmt.Errorf("%w: %w", errPart, failed)
}

// errLost is the error for a part that goes on with a line of which something is missing.
var errLost = errors.New("a part is missing before this one")

// decompressMember decompresses a member into data, which is as long as it says.
func decompressMember(z *gzip.Reader, data, member []byte) error {
	if err := z.Reset(bytes.NewReader(member)); err != nil {
		return err
	}
	z.Multistream(false)
	if _, err := io.ReadFull(z, data); err != nil {
		return endOf(err)
	}
	var more [1]byte
	n, err := z.Read(more[:])
	switch {
	case n > 0: // more than it says
		return gzip.ErrChecksum
	case errors.Is(err, io.EOF):
		return nil
	}
	return endOf(err)
}
