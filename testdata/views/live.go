package main

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unique"
	"weak"
)

// blocked waits until n goroutines wait in a function of package sync.
func blocked(waiting func() bool) {
	for !waiting() {
		runtime.Gosched()
		time.Sleep(time.Millisecond)
	}
}

func locks() {
	var free, taken sync.Mutex
	var unread, read, written sync.RWMutex
	var group, finished sync.WaitGroup
	var once, never sync.Once
	var pool = sync.Pool{New: func() any { return new(int) }}
	taken.Lock()
	for range 2 {
		go taken.Lock()
	}
	read.RLock()
	read.RLock()
	written.Lock()
	group.Add(3)
	go group.Wait()
	once.Do(func() {})
	cond := sync.NewCond(&free)
	free.Lock()
	for range 2 {
		go func() {
			free.Lock()
			cond.Wait()
		}()
	}
	free.Unlock()
	blocked(func() bool { return waiting("Mutex") == 2 && waiting("WaitGroup") == 1 && waiting("Cond") == 2 })
	var entries sync.Map
	entries.Store("k", 42)
	truth("free", &free, "unlocked")
	truth("taken", &taken, "locked, 2 waiting")
	truth("unread", &unread, "unlocked")
	truth("read", &read, "read by 2")
	truth("written", &written, "locked by a writer")
	truth("group", &group, "3 to go, 1 waiting")
	truth("finished", &finished, "0 to go")
	truth("once", &once, "done")
	truth("never", &never, "not done")
	truth("cond", cond, "2 waiting")
	truth("pool", &pool, "{New: main.locks.func1}")
	truth("entries", &entries, `["k": 42]`)
	atomics()
}

func atomics() {
	var yes atomic.Bool
	var i32 atomic.Int32
	var i64 atomic.Int64
	var u32 atomic.Uint32
	var u64 atomic.Uint64
	var word atomic.Uintptr
	var at atomic.Pointer[UUID]
	var nowhere atomic.Pointer[int]
	var any atomic.Value
	yes.Store(true)
	i32.Store(-7)
	i64.Store(1 << 40)
	u32.Store(7)
	u64.Store(1 << 63)
	word.Store(9)
	at.Store(&UUID{0xab})
	any.Store("stored")
	name := unique.Make("interned")
	five := 5
	pointer, gone := weak.Make(&five), weak.Pointer[int]{}
	truth("yes", &yes, "true")
	truth("i32", &i32, "-7")
	truth("i64", &i64, "1099511627776")
	truth("u32", &u32, "7")
	truth("u64", &u64, "9223372036854775808")
	truth("word", &word, "9")
	truth("at", &at, "*main.UUID ab000000-0000-0000-0000-000000000000")
	truth("nowhere", &nowhere, "*int nil")
	truth("any", &any, `"stored"`)
	truth("name", name, `*"interned"`)
	truth("pointer", pointer, "(unreadable not in the dump)")
	truth("gone", gone, "nil")
	contexts()
	runtime.KeepAlive(&five)
}

// waiting returns how many goroutines are parked in a function of a type of package sync.
func waiting(typ string) (n int) {
	text := make([]byte, 1<<20)
	text = text[:runtime.Stack(text, true)]
	return countStacks(string(text), "sync.(*"+typ+")")
}
