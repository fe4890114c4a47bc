package target

import (
	"fmt"
	"reflect"
)

// The layout of runtime.hchan (runtime/chan.go) and of runtime.sudog
// (runtime2.go), the same in Go 1.24 to 1.26. [Process.checkChans] tries it
// first.
const (
	chanCount    = 0
	chanCap      = 8
	chanBuf      = 16
	chanElemSize = 24
	chanClosed   = 28
	chanRecvX    = 56
	chanRecvQ    = 64 // waitq: first, last *sudog
	chanSendQ    = 80
	chanHeader   = 96
	sudogNext    = 8
	maxWaiters   = 1 << 16
)

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
	h := p.few(chanHeader)
	if err := p.Mem.Read(h, addr); err != nil {
		return nil, err
	}
	c := &Chan{
		Len: int64(le64(h[chanCount:])), Cap: int64(le64(h[chanCap:])), Closed: le32(h[chanClosed:]) != 0,
		buf: le64(h[chanBuf:]), recvx: le64(h[chanRecvX:]), elem: uint64(le16(h[chanElemSize:])),
	}
	if c.Cap < 0 || c.Len < 0 || c.Len > c.Cap || c.Cap > 0 && c.recvx >= uint64(c.Cap) {
		return nil, fmt.Errorf("no channel at %#x", addr)
	}
	if e := t.Elem(); e != nil && e.Size != int64(c.elem) {
		return nil, fmt.Errorf("no %s at %#x", t.Name, addr)
	}
	c.recvq, c.sendq = le64(h[chanRecvQ:]), le64(h[chanSendQ:])
	return c, nil
}

// Waiting counts the goroutines that wait to receive from and to send to a
// channel. Nothing tells where they are but the version of Go.
func (p *Process) Waiting(c *Chan) (recv, send int) {
	if p.versionErr != nil {
		return 0, 0
	}
	return p.waiters(c.recvq), p.waiters(c.sendq)
}

// Size returns how much memory the channel at addr takes there: a buffer of what
// has no pointers is allocated with it, behind the header (makechan), which is
// longer in some versions.
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
		next, err := p.readWord(sudog + sudogNext)
		if err != nil {
			break
		}
		sudog = next
	}
	return n
}

// checkChans reads a channel of our own.
func (p *Process) checkChans() error {
	c := make(chan uint32, 5) // neither full nor empty: the places to send and receive differ
	c <- 1
	c <- 2
	<-c
	c <- 3
	c <- 4
	close(c)
	var v any = c
	_, addr := words(&v)
	t := &Type{Name: "chan uint32", Kind: reflect.Chan, Size: word, elem: &Type{Name: "uint32", Kind: reflect.Uint32, Size: 4}}
	got, err := p.Chan(t, addr)
	if err == nil && got.Len == 3 && got.Cap == 5 && got.Closed {
		var vals [3]uint32
		for i := range vals {
			vals[i], _ = readUint32(p.Mem, got.Slot(int64(i)))
		}
		if vals == [3]uint32{2, 3, 4} {
			return nil
		}
	}
	return fmt.Errorf("channel layout not recognised")
}
