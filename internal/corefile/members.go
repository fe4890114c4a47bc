package corefile

import (
	"bytes"
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
// the length of what follows (4), the member's length.
const (
	memberSize    = 256 << 10 // before compression
	extraID       = "cd"
	extraLength   = len(extraID) + 2 + 4
	memberLength  = 10 + 2 + len(extraID) + 2 // where in a member its length is
	memberHeader  = memberLength + 4
	memberTrailer = 8 // CRC32, ISIZE
	gzipExtra     = 1 << 2

	// maxAtOnce bounds how many members are compressed at a time: each takes
	// about a megabyte.
	maxAtOnce = 8
)

// A compressor writes members. What is written to it is compressed on other
// goroutines; it is passed on in the caller's own.
type compressor struct {
	w      io.Writer
	filled *member   // being filled; nil until something is written
	busy   []*member // being compressed, the oldest first
	free   []*member
	atOnce int
	err    error
}

// A member is one gzip member on its way.
type member struct {
	raw  []byte
	out  bytes.Buffer
	gz   *gzip.Writer
	err  error
	done chan struct{}
}

func newCompressor(w io.Writer) *compressor {
	return &compressor{w: w, atOnce: min(runtime.GOMAXPROCS(0), maxAtOnce)}
}

func (c *compressor) Write(p []byte) (n int, err error) {
	for n < len(p) && c.err == nil {
		if c.filled == nil {
			c.filled = c.take()
		}
		m := c.filled
		k := min(len(p)-n, memberSize-len(m.raw))
		m.raw = append(m.raw, p[n:n+k]...)
		n += k
		if len(m.raw) == memberSize {
			c.start()
		}
	}
	return n, c.err
}

// Flush ends the member being filled, and passes on all there are.
func (c *compressor) Flush() error {
	if c.filled != nil {
		c.start()
	}
	for len(c.busy) > 0 {
		c.finish()
	}
	return c.err
}

// take returns an empty member.
func (c *compressor) take() *member {
	if n := len(c.free); n > 0 {
		m := c.free[n-1]
		c.free = c.free[:n-1]
		return m
	}
	m := newMember()
	m.raw = make([]byte, 0, memberSize)
	return m
}

func newMember() *member {
	m := &member{done: make(chan struct{}, 1)}
	m.gz, _ = gzip.NewWriterLevel(&m.out, gzip.BestSpeed) // fails for unknown levels only
	return m
}

// start has the member that was filled compressed.
func (c *compressor) start() {
	if len(c.busy) == c.atOnce {
		c.finish()
	}
	m := c.filled
	c.filled = nil
	c.busy = append(c.busy, m)
	go m.compress()
}

// finish waits for the oldest member and passes it on.
func (c *compressor) finish() {
	m := c.busy[0]
	c.busy = append(c.busy[:0], c.busy[1:]...)
	<-m.done
	if c.err == nil {
		c.err = m.err
	}
	if c.err == nil {
		_, c.err = c.w.Write(m.out.Bytes())
	}
	m.raw = m.raw[:0]
	c.free = append(c.free, m)
}

func (m *member) compress() {
	m.out.Reset()
	m.gz.Reset(&m.out)
	m.gz.Extra = append([]byte(extraID), 4, 0, 0, 0, 0, 0)
	if _, m.err = m.gz.Write(m.raw); m.err == nil {
		m.err = m.gz.Close()
	}
	if m.err == nil {
		binary.LittleEndian.PutUint32(m.out.Bytes()[memberLength:], uint32(m.out.Len()))
	}
	m.done <- struct{}{}
}

// splitMembers returns the members at the start of a file that say how long they
// are, and what follows: nothing, if the file is whole and ours. A member after
// which comes something else, as its length has it, is part of the rest.
func splitMembers(file []byte) (members [][]byte, rest []byte) {
	for startsMember(file) {
		n := uint64(binary.LittleEndian.Uint32(file[memberLength:]))
		if n < uint64(memberHeader+memberTrailer) || n > uint64(len(file)) || n < uint64(len(file)) && !couldBeMember(file[n:]) {
			break
		}
		members, file = append(members, file[:n]), file[n:]
	}
	return members, file
}

// couldBeMember reports whether a member with its length begins there, of which not
// even the header may be whole.
func couldBeMember(file []byte) bool {
	if len(file) >= memberHeader {
		return startsMember(file)
	}
	for i, b := range storedMember(nil)[:min(len(file), memberLength)] {
		if b != file[i] && i != 8 && i != 9 { // the level and the system
			return false
		}
	}
	return true
}

// startsMember reports whether a member with its length begins there.
func startsMember(file []byte) bool {
	return len(file) >= memberHeader && string(file[:2]) == gzipMagic && file[3] == gzipExtra &&
		binary.LittleEndian.Uint16(file[10:]) == uint16(extraLength) && string(file[12:][:len(extraID)]) == extraID
}

// claimedSize returns what a member says about the size of what it holds.
func claimedSize(member []byte) int64 {
	return int64(binary.LittleEndian.Uint32(member[len(member)-4:]))
}

// errPart is wrapped by the error for a member that is damaged while there may
// be whole ones after it.
var errPart = errors.New("damaged part")

// decompressMembers returns what members hold, which is size bytes by their own
// word. With an error comes what can be had: of a damaged member nothing, as nobody
// knows where the damage begins.
func decompressMembers(members [][]byte, size int64) ([]byte, error) {
	data := make([]byte, size)
	parts := make([][]byte, len(members))
	at := int64(0)
	for i, m := range members {
		end := at + claimedSize(m)
		parts[i] = data[at:end:end]
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
				parts[i], errs[i] = decompressMember(&z, parts[i], members[i])
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return bytes.Join(parts, nil), fmt.Errorf("%w: %w", errPart, err)
		}
	}
	return data, nil
}

// decompressMember decompresses a member into data, which is as long as it says,
// and returns what it holds: if that isn't what was compressed, an empty line, as
// what stands before the damage must not go on with what stands behind it.
func decompressMember(z *gzip.Reader, data, member []byte) ([]byte, error) {
	if err := z.Reset(bytes.NewReader(member)); err != nil {
		return []byte("\n"), err
	}
	z.Multistream(false)
	if _, err := io.ReadFull(z, data); err != nil {
		return []byte("\n"), endOf(err)
	}
	var more [1]byte
	n, err := z.Read(more[:])
	switch {
	case n > 0: // more than it says
		return []byte("\n"), gzip.ErrChecksum
	case errors.Is(err, io.EOF):
		return data, nil
	}
	return []byte("\n"), endOf(err)
}
