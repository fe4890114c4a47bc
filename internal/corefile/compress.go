package corefile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"runtime"
)

// maxAtOnce bounds how many members are compressed at a time: each takes about a megabyte.
const maxAtOnce = 8

// A compressor writes members. It compresses them on other goroutines, and passes them on
// in the caller's.
type compressor struct {
	w      io.Writer
	busy   []*member // being compressed, the oldest first
	free   []*member
	atOnce int
}

// A member is one gzip member, from compressing it to writing it.
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

// compress starts compressing a part, and returns memory for another one.
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

// flush passes on all members.
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
	m.gz, _ = gzip.NewWriterLevel(&m.out, gzip.BestSpeed) // fails only for unknown levels
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
	m.gz.Extra = appendIndex(nil, 0, m.index)
	if _, m.err = m.gz.Write(m.raw); m.err == nil {
		m.err = m.gz.Close()
	}
	if m.err == nil {
		binary.LittleEndian.PutUint32(m.out.Bytes()[memberLength:], uint32(m.out.Len()))
	}
	m.done <- struct{}{}
}
