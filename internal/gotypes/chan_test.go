package gotypes

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"coredumpy/internal/unsafely"
)

// readChan reads a channel as memory.
func readChan[T any](t *testing.T, p *Process, c chan T) (*Chan, []T) {
	t.Helper()
	var v any = c
	typ, addr := unsafely.Words(&v)
	ct, err := p.RuntimeType(typ)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Chan(ct, addr)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	var vals []T
	for i := range got.Len {
		vals = append(vals, fromBytes[T](bytesAt(p, got.Slot(i), int(ct.Elem().Size))))
	}
	return got, vals
}

func checkChan[T any](t *testing.T, p *Process, c chan T, closed bool, want ...T) {
	t.Helper()
	got, vals := readChan(t, p, c)
	if got.Len != int64(len(c)) || got.Cap != int64(cap(c)) || got.Closed != closed {
		t.Errorf("%T: got length %d, capacity %d, closed %v, want %d, %d, %v", c, got.Len, got.Cap, got.Closed, len(c), cap(c), closed)
	}
	if !reflect.DeepEqual(vals, want) {
		t.Errorf("%T: got %v, want %v", c, vals, want)
	}
}

func TestChan(t *testing.T) {
	p := self(t)
	checkChan(t, p, make(chan int), false)
	checkChan(t, p, make(chan [300]byte, 3), false)
	checkChan(t, p, make(chan struct{}, 1<<40), false)

	// Try every rotation of the buffer.
	c := make(chan string, 5)
	for i := range 12 {
		c <- text(i)
		c <- text(i + 1)
		checkChan(t, p, c, false, text(i), text(i+1))
		<-c
		<-c
	}
	for i := range 5 {
		c <- text(i)
	}
	close(c)
	checkChan(t, p, c, true, text(0), text(1), text(2), text(3), text(4))

	none := make(chan struct{}, 3)
	none <- struct{}{}
	none <- struct{}{}
	checkChan(t, p, none, false, struct{}{}, struct{}{})
}

func TestChanWaiting(t *testing.T) {
	p := self(t)
	in, both := make(chan int), make(chan int)
	for range 3 {
		go func() { in <- 1 }()
		go func() { <-both }()
	}
	go func() {
		select {
		case in <- 2:
		case <-both:
		}
	}()
	for _, want := range []struct {
		name       string
		c          chan int
		recv, send int
	}{{"in", in, 0, 4}, {"both", both, 4, 0}} {
		var recv, send int
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
			c, _ := readChan(t, p, want.c)
			if recv, send = p.Waiting(c); recv == want.recv && send == want.send {
				break
			}
		}
		if recv != want.recv || send != want.send {
			t.Errorf("%s: got %d receivers and %d senders, want %d and %d", want.name, recv, send, want.recv, want.send)
		}
	}
	// Let all of them go.
	for range 4 {
		<-in
	}
	for range 3 {
		both <- 0
	}
}

// Memory that isn't a channel gives an error, or no more values than there is memory.
func FuzzChan(f *testing.F) {
	l := newChanLayout()
	f.Add(make([]byte, chanHeader), uint16(8))
	good := make([]byte, chanHeader+64)
	good[l.count], good[l.cap], good[l.elemSize], good[l.recvx] = 3, 8, 8, 7
	f.Add(good, uint16(8))
	ring := make([]byte, chanHeader)
	ring[l.cap], ring[l.recvq+2], ring[l.next+2] = 1, 1, 1 // a waiter that is its own successor
	f.Add(ring, uint16(0))
	waiting := bytes.Clone(good) // two waiters, the last of which isn't in memory
	waiting[l.recvq+2], waiting[l.sendq+2], waiting[l.sendq] = 1, 1, 72
	waiting[l.next+2], waiting[72+l.next+2] = 1, 2
	f.Add(waiting, uint16(8))
	f.Add(waiting, uint16(4)) // of another element type
	none := bytes.Clone(good)
	none[l.count] = 9
	f.Add(none, uint16(8))
	none[l.count+7] = 0x80
	f.Add(none, uint16(8))
	f.Fuzz(func(t *testing.T, data []byte, size uint16) {
		m := &fakeMemory{data: data}
		p := New(m)
		typ := &Type{Name: "chan", Kind: reflect.Chan, Size: 8, elem: &Type{Size: int64(size)}}
		c, err := p.Chan(typ, fakeBase)
		if err != nil {
			return
		}
		if c.Len > c.Cap || c.Len < 0 {
			t.Errorf("got length %d of %d", c.Len, c.Cap)
		}
		for i := range min(c.Len, 100) {
			if slot := c.Slot(i); c.Cap > 0 && (slot-c.buf)/max(c.elem, 1) >= uint64(c.Cap) {
				t.Errorf("got slot %d at %#x, beyond %d of %d bytes at %#x", i, slot, c.Cap, c.elem, c.buf)
			}
		}
		if recv, send := p.Waiting(c); recv > maxWaiters || send > maxWaiters {
			t.Errorf("got %d and %d waiting", recv, send)
		}
	})
}
