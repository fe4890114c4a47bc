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

// errPart is wrapped by the error for a damaged member that undamaged ones may follow.
var errPart = errors.New("damaged part")

// A part is a piece of a dump's text: the content of a member.
type part struct {
	start   int // in the text
	index   partIndex
	indexed bool
}

// decompressMembers returns the content of members, which is size bytes by their own claim,
// and where each begins. With an error it returns what it could, but nothing of a damaged
// member, as nobody knows where the damage begins.
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

// joinParts joins the texts of members, which follow each other in data. A line before
// something damaged or lost must not continue after it.
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

// errLost is the error for a part that continues a line that lacks a piece.
var errLost = errors.New("a part is missing before this one")

// decompressMember decompresses a member into data, whose length is the member's claim.
func decompressMember(z *gzip.Reader, data, member []byte) error {
	if err := z.Reset(bytes.NewReader(member)); err != nil {
		return endOf(err)
	}
	z.Multistream(false)
	if _, err := io.ReadFull(z, data); err != nil {
		return endOf(err)
	}
	var more [1]byte
	n, err := z.Read(more[:])
	switch {
	case n > 0: // more than it claims
		return gzip.ErrChecksum
	case errors.Is(err, io.EOF):
		return nil
	}
	return endOf(err)
}

// A sequence checks for parts, in their order, whether each continues where the one before
// it ends.
type sequence struct {
	begun uint32 // how many parts there are of a line that hasn't ended
}

// fits reports whether a part with that index may come next.
func (s *sequence) fits(index partIndex, indexed bool) bool {
	if !indexed {
		return true // of format 1
	}
	goesOn := index.first == onGoing
	return goesOn == (s.begun > 0) && (!goesOn || index.count == s.begun)
}

// add adds a part whose text ends with end. Lines of format 1 continue in any part.
func (s *sequence) add(end []byte, indexed bool) {
	switch {
	case !indexed || bytes.HasSuffix(end, []byte("\n")):
		s.begun = 0
	case len(end) > 0:
		s.begun++
	}
}

// memberReader reads members one after another.
type memberReader struct {
	count   *counter // of the bytes read into raw
	raw     *bufio.Reader
	z       *gzip.Reader
	start   int64 // of the member
	length  int64 // of the member, as it claims
	before  sequence
	indexed bool
	last    [1]byte // of the member's text, as far as it was read
	read    int64   // bytes of it
	whole   int64   // bytes of the members before it, whose checksums are right
	err     error   // why no more can be read
}

// newMemberReader returns a reader of the members in raw, into which count reads. If within
// is set, the first one may continue a line that began before it.
func newMemberReader(raw *bufio.Reader, count *counter, within bool) (*memberReader, error) {
	m := &memberReader{count: count, raw: raw, z: new(gzip.Reader)}
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
	if indexed {
		m.start = m.count.n - int64(m.raw.Buffered()) - int64(12+len(m.z.Extra))
		m.length = int64(binary.LittleEndian.Uint32(m.z.Extra[memberLength-12:]))
	}
	if !m.before.fits(index, indexed) {
		return fmt.Errorf("%w: %w", errPart, errLost)
	}
	return nil
}

func (m *memberReader) Read(p []byte) (n int, err error) {
	if m.err == nil {
		n, m.err = m.readOn(p)
	}
	return n, m.err
}

func (m *memberReader) readOn(p []byte) (int, error) {
	n, err := m.z.Read(p)
	if m.read += int64(n); n > 0 {
		m.last[0] = p[n-1]
	}
	if errors.Is(err, io.ErrUnexpectedEOF) && m.indexed && m.count.n >= m.start+m.length {
		return n, gzip.ErrChecksum // it isn't merely cut
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	m.before.add(m.last[:min(m.read, 1)], m.indexed)
	m.whole += m.read
	if err := m.z.Reset(m.raw); err != nil {
		return n, err
	}
	return n, m.begin()
}
