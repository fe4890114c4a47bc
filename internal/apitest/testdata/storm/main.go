// Storm is a server whose handlers panic and recover: nearly all at one place,
// every 250th at another. It handles as many requests without OnPanic and then
// as many with it, at a steady rate, dumps itself, and writes to standard output
// how long a handler took:
//
//	storm CONFIG REQUESTS PER-SECOND
//
// CONFIG are settings in JSON. At 0 a second there is no pause.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"coredumpy"
)

type order struct {
	ID    int
	Items []string
}

func (o *order) Error() string { return fmt.Sprint("order ", o.ID) }

//go:noinline
func common(o *order) {
	item := o.Items[o.ID%3+3]
	fmt.Println(item)
}

//go:noinline
func rare(o *order) { panic(o) }

func handle(o *order) {
	if o.ID%250 == 249 {
		rare(o)
	}
	common(o)
}

func plain(o *order) {
	defer func() { recover() }()
	handle(o)
}

func guarded(o *order) {
	defer func() { recover() }()
	defer coredumpy.OnPanic()
	handle(o)
}

// Times is how long handlers took.
type Times struct{ P50, P99, Max time.Duration }

// serve handles requests and returns their times.
func serve(requests, perSecond int, handler func(*order)) Times {
	took := make([]time.Duration, requests)
	workers := make(chan struct{}, 1000)
	var wait sync.WaitGroup
	start := time.Now()
	for i := range requests {
		if perSecond > 0 {
			time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(perSecond))))
		}
		o := &order{i, []string{"tea", "milk", "sugar"}}
		workers <- struct{}{}
		wait.Add(1)
		go func() {
			defer wait.Done()
			begun := time.Now()
			handler(o)
			took[i] = time.Since(begun)
			<-workers
		}()
	}
	wait.Wait()
	slices.Sort(took)
	return Times{took[requests/2], took[requests*99/100], took[requests-1]}
}

func main() {
	for range 100 {
		go func() { select {} }()
	}
	requests, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	perSecond, err := strconv.Atoi(os.Args[3])
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &coredumpy.Config); err != nil {
		panic(err)
	}
	var result struct{ Plain, Guarded, After Times }
	result.Plain = serve(requests, perSecond, plain)
	result.Guarded = serve(requests, perSecond, guarded)
	if _, err := coredumpy.Dump(coredumpy.Path("last.dump")); err != nil {
		panic(err)
	}
	result.After = serve(requests, perSecond, guarded)
	json.NewEncoder(os.Stdout).Encode(result)
}
