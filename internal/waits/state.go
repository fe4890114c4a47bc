package waits

import (
	"coredumpy/internal/dump"
)

// state is the state of a thing when the dump was made.
type state struct {
	Known   bool
	Locked  bool // for writing, if it is an RWMutex
	Readers int64
	Counter int64 // of a WaitGroup
	Len     int64 // of a channel, and its capacity
	Cap     int64
	Closed  bool
}

// Kind returns the kind of thing that a goroutine waits for.
func (r *Report) Kind(id int64) Kind {
	i, ok := r.look.byID[id]
	if !ok {
		return Running
	}
	return r.look.gs[i].kind
}

// Waiting returns the goroutines that wait for the channel or other thing at an address.
func (r *Report) Waiting(addr uint64) []Waiter {
	if t := r.look.at[addr]; t != nil {
		return t.Waiters
	}
	return nil
}

// state reads the fields of package sync of Go 1.24 to 1.27.
func (l *look) state(t *Thing) (s state) {
	v, ok := l.value(t)
	if !ok {
		return s
	}
	switch t.Kind {
	case Channel:
		_, _, closed := v.Waiting()
		return state{Known: true, Len: v.Len(), Cap: v.Cap(), Closed: closed}
	case Mutex:
		bits, ok := number(v, "mu", "state")
		if !ok {
			bits, ok = number(v, "state")
		}
		return state{Known: ok, Locked: bits&1 != 0}
	case RWMutex:
		count, ok := number(v, "readerCount", "v")
		waiting, ok2 := number(v, "readerWait", "v")
		locked, ok3 := number(v, "w", "mu", "state")
		s = state{Known: ok && ok2 && ok3, Readers: count}
		if count < 0 { // a writer waits or writes: rwmutexMaxReaders is subtracted
			s.Readers = waiting
		}
		s.Locked = count < 0 && waiting == 0 && locked&1 != 0
		return s
	case WaitGroup:
		bits, ok := number(v, "state", "v")
		return state{Known: ok, Counter: int64(int32(uint64(bits) >> 32))}
	}
	return s
}

// number returns the number in a nested field of a struct.
func number(v dump.Value, fields ...string) (n int64, ok bool) {
	for _, name := range fields {
		if v, ok = fieldOf(v, name); !ok {
			return 0, false
		}
	}
	if !v.Valid() {
		return 0, false
	}
	if n = v.Int(); n == 0 {
		n = int64(v.Uint())
	}
	return n, true
}

func fieldOf(v dump.Value, name string) (f dump.Value, ok bool) {
	for i := range v.Type().NumField() {
		if field, _, _ := v.Type().Field(i); field == name {
			return v.Field(i), true
		}
	}
	return f, false
}
