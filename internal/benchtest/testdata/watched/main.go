// Command watched makes dumps of itself, in turns by itself and by its watcher. Its
// arguments are the number of records on the heap, and the number of dumps of each kind.
// It prints, in nanoseconds and for both kinds, the medians of how long a dump takes, and
// of how long in total another goroutine was kept from computing meanwhile; then the
// median of how long the process stood still; and last the number of bytes on the heap.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	"coredumpy"
)

type record struct {
	ID    int
	Name  string
	Total float64
	Tags  []string
}

// clerk computes, and notes when it couldn't.
type clerk struct {
	stop, done chan struct{}
	lost       time.Duration
}

func (c *clerk) work() {
	const unusual = 50 * time.Microsecond
	last := time.Now()
	for {
		select {
		case <-c.stop:
			close(c.done)
			return
		default:
		}
		now := time.Now()
		if d := now.Sub(last); d > unusual {
			c.lost += d
		}
		last = now
	}
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	rounds, _ := strconv.Atoi(os.Args[2])
	records := make([]*record, n)
	for i := range records {
		records[i] = &record{i, "customer " + strconv.Itoa(i), float64(i) / 4, []string{"a" + strconv.Itoa(i%1000)}}
	}
	if err := coredumpy.Monitor(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	coredumpy.Config.MaxElements = n
	filter := coredumpy.Config.EnvironFilter
	var took, lost [2][]time.Duration
	var paused []time.Duration
	for i := range 2 * (rounds + 1) {
		kind := i % 2
		coredumpy.Config.EnvironFilter = filter
		if kind == 0 { // a function can't be passed to the watcher
			coredumpy.Config.EnvironFilter = func(value string) bool { return filter(value) }
		}
		c := &clerk{stop: make(chan struct{}), done: make(chan struct{})}
		go c.work()
		start := time.Now()
		var file bytes.Buffer
		if err := coredumpy.DumpTo(&file, coredumpy.Var("records", records)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		d := time.Since(start)
		close(c.stop)
		<-c.done
		if i < 2 {
			continue // the first ones bring code into memory
		}
		took[kind], lost[kind] = append(took[kind], d), append(lost[kind], c.lost)
		core, err := coredumpy.Read(&file)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		if d, err := time.ParseDuration(core.Head().Paused); err == nil {
			paused = append(paused, d)
		}
	}
	if len(paused) != rounds {
		fmt.Println("the watcher made", len(paused), "dumps")
		os.Exit(1)
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for kind := range 2 {
		fmt.Print(median(took[kind]), " ", median(lost[kind]), " ")
	}
	fmt.Println(median(paused), m.HeapAlloc)
	runtime.KeepAlive(records)
}

func median(d []time.Duration) int64 {
	slices.Sort(d)
	return int64(d[len(d)/2])
}
