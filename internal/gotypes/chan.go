package gotypes

import (
	"fmt"
	"reflect"

	"coredumpy/internal/unsafely"
)

// chanLayout holds where the runtime keeps the fields that we read of a channel and of the
// goroutines waiting for it (runtime/chan.go and runtime2.go; the same from Go 1.24 to
// 1.27). [Process.checkChans] tests the first part.
type chanLayout struct {
	count, cap, buf, elemSize, closed, recvx uint64 // hchan
	end                                      uint64
	err                                      error

	recvq, sendq, queues uint64 // hchan
	first, next          uint64 // waitq and sudog
	waitersErr           error
}

func newChanLayout() chanLayout {
	return chanLayout{
		count: 0, cap: 8, buf: 16, elemSize: 24, closed: 28, recvx: 56,
		recvq: 64, sendq: 80, first: 0, next: 8,
	}
}

func (l *chanLayout) structs() []StructLayout {
	return []StructLayout{
		{Name: "runtime.hchan", end: &l.end, Err: &l.err, Fields: []FieldLayout{
			{"qcount", 8, &l.count}, {"dataqsiz", 8, &l.cap}, {"buf", 8, &l.buf},
			{"elemsize", 2, &l.elemSize}, {"closed", 4, &l.closed}, {"recvx", 8, &l.recvx},
		}},
		{Name: "runtime.hchan", end: &l.queues, Err: &l.waitersErr, Fields: []FieldLayout{
			{"recvq", 16, &l.recvq}, {"sendq", 16, &l.sendq},
		}},
		{Name: "runtime.waitq", Err: &l.waitersErr, Fields: []FieldLayout{{"first", 8, &l.first}}},
		{Name: "runtime.sudog", Err: &l.waitersErr, Fields: []FieldLayout{{"next", 8, &l.next}}},
	}
}

// The header of a channel is at least chanHeader bytes long, and at most twice as many.
const chanHeader = 96

// maxWaiters bounds how many waiting goroutines are counted.
const maxWaiters = 1 << 16

// Chan is the state of a channel.
type Chan struct {
	Len, Cap int64
	Closed   bool
	buf      uint64
	recvx    uint64
	elem     uint64
	recvq    uint64
	sendq    uint64
}

// Chan reads the channel at addr, whose type is t.
func (p *Process) Chan(t *Type, addr uint64) (*Chan, error) {
	if p.chansErr != nil {
		return nil, p.chansErr
	}
	l := &p.lay.chans
	h := p.few(max(l.end, l.queues))
	if err := p.Mem.Read(h, addr); err != nil {
		return nil, err
	}
	c := &Chan{
		Len: int64(le64(h[l.count:])), Cap: int64(le64(h[l.cap:])), Closed: le32(h[l.closed:]) != 0,
		buf: le64(h[l.buf:]), recvx: le64(h[l.recvx:]), elem: uint64(le16(h[l.elemSize:])),
	}
	if c.Cap < 0 || c.Len < 0 || c.Len > c.Cap || c.Cap > 0 && c.recvx >= uint64(c.Cap) {
		return nil, &NoneError{"channel", addr}
	}
	if e := t.Elem(); e != nil && e.Size != int64(c.elem) {
		return nil, &NoneError{t.Name, addr}
	}
	c.recvq, c.sendq = le64(h[l.recvq+l.first:]), le64(h[l.sendq+l.first:])
	return c, nil
}

// Waiting counts the goroutines that wait to receive from and to send to a channel; 0 if
// that isn't known.
func (p *Process) Waiting(c *Chan) (recv, send int) {
	if p.lay.chans.waitersErr != nil {
		return 0, 0
	}
	return p.waiters(c.recvq), p.waiters(c.sendq)
}

// Size returns how much memory the channel at addr takes there. If its elements have no
// pointers, makechan allocates the buffer together with the header, which is longer in
// some versions.
func (c *Chan) Size(addr uint64) uint64 {
	if header := c.buf - addr; c.Cap > 0 && header >= chanHeader && header <= 2*chanHeader {
		return header + uint64(c.Cap)*c.elem
	}
	return chanHeader
}

// Slot returns the address of the i-th buffered value in the order in which
// they will be received.
func (c *Chan) Slot(i int64) uint64 {
	return c.buf + (c.recvx+uint64(i))%uint64(c.Cap)*c.elem
}

func (p *Process) waiters(sudog uint64) int {
	n := 0
	for ; sudog != 0 && n < maxWaiters; n++ {
		next, err := p.ReadWord(sudog + p.lay.chans.next)
		if err != nil {
			break
		}
		sudog = next
	}
	return n
}

// checkChans reads a channel made here, and checks the result.
func (p *Process) checkChans() error {
	c := make(chan uint32, 5) // neither full nor empty: sendx and recvx differ
	c <- 1
	c <- 2
	<-c
	c <- 3
	c <- 4
	close(c)
	var v any = c
	_, addr := unsafely.Words(&v)
	elem := &Type{Name: "uint32", Kind: reflect.Uint32, Size: 4}
	t := &Type{Name: "chan uint32", Kind: reflect.Chan, Size: word, elem: elem}
	got, err := p.Chan(t, addr)
	if err == nil && got.Len == 3 && got.Cap == 5 && got.Closed {
		var vals [3]uint32
		for i := range vals {
			vals[i], _ = p.ReadUint32(got.Slot(int64(i)))
		}
		if vals == [3]uint32{2, 3, 4} {
			return nil
		}
	}
	return fmt.Errorf("channel layout not recognised")
}
