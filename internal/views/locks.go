package views

import (
	"fmt"
	"reflect"

	"coredumpy/internal/dump"
)

// How package sync keeps the state of what goroutines wait for. Mutex: src/internal/sync/mutex.go,
// RWMutex: src/sync/rwmutex.go, WaitGroup: src/sync/waitgroup.go, Once: src/sync/once.go, Cond:
// src/sync/runtime.go, Go 1.24 to 1.27.
const (
	mutexLocked      = 1
	mutexStarving    = 4
	mutexWaiterShift = 3

	rwmutexMaxReaders = 1 << 30

	waitGroupBubble = 1 << 31 // since Go 1.25: of a synctest bubble
)

// ofMutex shows a sync.Mutex.
func ofMutex(_ *Reader, v dump.Value) (view View, ok bool) {
	state, ok := mutexState(v)
	if !ok {
		return view, false
	}
	text := "unlocked"
	if state&mutexLocked != 0 {
		text = "locked"
	}
	if n := state >> mutexWaiterShift; n > 0 {
		text += fmt.Sprintf(", %d waiting", n)
	}
	if state&mutexStarving != 0 {
		text += ", starving"
	}
	return View{Text: text}, true
}

// mutexState returns the state of a mutex.
func mutexState(v dump.Value) (state int64, ok bool) {
	if inner, ok := fieldOf(v, "mu"); ok {
		v = inner
	}
	field, ok := at(v, "state", reflect.Int32)
	return field.Int(), ok && field.Int() >= 0
}

// ofRWMutex shows a sync.RWMutex.
func ofRWMutex(_ *Reader, v dump.Value) (view View, ok bool) {
	w, ok1 := fieldOf(v, "w")
	count, ok2 := at(v, "readerCount.v", reflect.Int32)
	wait, ok3 := at(v, "readerWait.v", reflect.Int32)
	writers, ok4 := mutexState(w)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return view, false
	}
	readers, text := count.Int(), "unlocked"
	pending := readers < 0
	if pending {
		readers += rwmutexMaxReaders
	}
	switch {
	case pending && wait.Int() > 0:
		text = fmt.Sprintf("read by %d, a writer waits", wait.Int())
		readers -= wait.Int()
	case pending:
		text = "locked by a writer"
	case readers > 0:
		text, readers = fmt.Sprintf("read by %d", readers), 0
	}
	if readers > 0 {
		text += fmt.Sprintf(", %d readers wait", readers)
	}
	if n := writers >> mutexWaiterShift; n > 0 {
		text += fmt.Sprintf(", %d more writers wait", n)
	}
	return View{Text: text}, readers >= 0
}

// ofWaitGroup shows a sync.WaitGroup.
func ofWaitGroup(_ *Reader, v dump.Value) (view View, ok bool) {
	field, ok := at(v, "state.v", reflect.Uint64)
	if !ok {
		return view, false
	}
	count, waiters := int32(field.Uint()>>32), uint32(field.Uint())&^waitGroupBubble
	text := fmt.Sprintf("%d to go", count)
	if waiters > 0 {
		text += fmt.Sprintf(", %d waiting", waiters)
	}
	return View{Text: text}, true
}

// ofOnce shows a sync.Once.
func ofOnce(_ *Reader, v dump.Value) (view View, ok bool) {
	done, ok := fieldOf(v, "done")
	if ok {
		done, ok = fieldOf(done, "v") // of an atomic.Uint32, since Go 1.25 of an atomic.Bool
	}
	m, ok1 := fieldOf(v, "m")
	state, ok2 := mutexState(m)
	switch {
	case !ok || !ok1 || !ok2 || !done.Valid() || done.Kind() != reflect.Uint32:
		return view, false
	case done.Uint() != 0:
		return View{Text: "done"}, true
	case state&mutexLocked != 0:
		return View{Text: "running"}, true
	}
	return View{Text: "not done"}, true
}

// ofCond shows a sync.Cond.
func ofCond(_ *Reader, v dump.Value) (view View, ok bool) {
	wait, ok1 := at(v, "notify.wait", reflect.Uint32)
	notify, ok2 := at(v, "notify.notify", reflect.Uint32)
	locker, ok3 := fieldOf(v, "L")
	if !ok1 || !ok2 || !ok3 {
		return view, false
	}
	text := fmt.Sprintf("%d waiting", uint32(wait.Uint())-uint32(notify.Uint()))
	return named(text, []part{{"L", locker}}), true
}

// ofPool shows a sync.Pool. What it holds isn't in the dump: it may be gone any moment.
func ofPool(_ *Reader, v dump.Value) (view View, ok bool) {
	make, ok := fieldOf(v, "New")
	if _, is := fieldOf(v, "localSize"); !ok || !is {
		return view, false
	}
	return named("", []part{{"New", make}}), true
}

// ofAtomic shows an atomic.Int32 and the like.
func ofAtomic(_ *Reader, v dump.Value) (view View, ok bool) {
	field, ok := fieldOf(v, "v")
	switch k := field.Kind(); {
	case !ok || !field.Valid():
		return view, false
	case v.Type().String() == "sync/atomic.Bool" && k == reflect.Uint32:
		return View{Text: fmt.Sprint(field.Uint() != 0)}, true
	case k == reflect.Int32 || k == reflect.Int64:
		return View{Text: fmt.Sprint(field.Int())}, true
	case k == reflect.Uint32 || k == reflect.Uint64 || k == reflect.Uintptr:
		return View{Text: fmt.Sprint(field.Uint())}, true
	}
	return view, false
}

// ofHolder shows what an atomic.Pointer or atomic.Value holds.
func ofHolder(_ *Reader, v dump.Value) (view View, ok bool) {
	field, ok := fieldOf(v, "v")
	if k := field.Kind(); !ok || k != reflect.Pointer && k != reflect.Interface {
		return view, false
	}
	return inner(field, ".v"), true
}

// ofHandle shows what a unique.Handle stands for.
func ofHandle(_ *Reader, v dump.Value) (view View, ok bool) {
	p, ok := at(v, "value", reflect.Pointer)
	if !ok || p.IsNil() || !p.Elem().Valid() {
		return view, false
	}
	return inner(p, ".value"), true
}
