package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"sync/atomic"
	"time"
)

// settings are what a dump changes while it lasts.
type settings struct {
	Procs, GCPercent, MemoryLimit uint64
}

// current reads the settings without stopping anything.
func current() settings {
	s := []metrics.Sample{{Name: "/sched/gomaxprocs:threads"}, {Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(s)
	return settings{s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64()}
}

// leak is what the process holds, or holds in addition.
type leak struct {
	Goroutines, Files int
	HeapKB            int64
}

// holding returns what the process holds.
func holding() leak {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	l := leak{Goroutines: runtime.NumGoroutine(), HeapKB: int64(m.HeapAlloc >> 10)}
	if entries, err := os.ReadDir("/proc/self/fd"); err == nil {
		l.Files = len(entries)
	}
	return l
}

// since returns what the process holds beyond what it held before.
func since(before leak) leak {
	var now leak
	for range 100 { // goroutines that were told to end take a moment
		if now = holding(); now.Goroutines <= before.Goroutines && now.Files <= before.Files {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return leak{now.Goroutines - before.Goroutines, now.Files - before.Files, now.HeapKB - before.HeapKB}
}

// peak returns the most memory that the process has had, in MB; 0 if that isn't known.
func peak() (mb int) {
	text, _ := os.ReadFile("/proc/self/status")
	for len(text) > 0 {
		i := slices.Index(text, '\n')
		if i < 0 {
			break
		}
		var kb int
		if n, _ := fmt.Sscanf(string(text[:i]), "VmHWM: %d kB", &kb); n == 1 {
			return kb >> 10
		}
		text = text[i+1:]
	}
	return 0
}

// pauses is how long a goroutine that wants to run every 200 µs had to wait, in
// microseconds.
type pauses struct{ N, P50, P99, Max int }

type watcher struct {
	on    atomic.Bool // a dump is being taken
	ended atomic.Bool
	done  chan struct{}
	seen  chan []float64
	want  chan struct{}
}

// watch starts a goroutine that notes how late it is.
func watch() *watcher {
	w := &watcher{done: make(chan struct{}), seen: make(chan []float64), want: make(chan struct{})}
	go w.run()
	return w
}

const every = 200 * time.Microsecond

func (w *watcher) run() {
	defer close(w.done)
	var quiet, dumping []float64
	for !w.ended.Load() {
		during := w.on.Load()
		start := time.Now()
		time.Sleep(every)
		late := math.Max(0, float64((time.Since(start) - every).Microseconds()))
		if during || w.on.Load() {
			dumping = append(dumping, late)
		} else {
			quiet = append(quiet, late)
		}
		select {
		case <-w.want:
			w.seen <- quiet
			w.seen <- dumping
			quiet, dumping = nil, nil
		default:
		}
	}
}

// reset returns what was seen since the last call: while dumps were taken, or all of it
// if there were none.
func (w *watcher) reset() pauses {
	w.want <- struct{}{}
	quiet, dumping := <-w.seen, <-w.seen
	if len(dumping) == 0 {
		dumping = quiet
	}
	slices.Sort(dumping)
	at := func(p float64) int {
		if len(dumping) == 0 {
			return 0
		}
		return int(dumping[int(p*float64(len(dumping)-1))])
	}
	return pauses{len(dumping), at(0.5), at(0.99), at(1)}
}

func (w *watcher) stop() {
	w.ended.Store(true)
	<-w.done
}
