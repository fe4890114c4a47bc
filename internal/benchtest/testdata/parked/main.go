// Command parked panics while many goroutines wait. Its arguments are their number and
// the file for the dump. It prints how many nanoseconds it took from the panic to the
// finished file, and how many a traceback of all goroutines takes, compressed and written
// to a file beside it.
package main

import (
	"compress/gzip"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"coredumpy"
)

type job struct {
	id   int
	name string
}

type server struct {
	ready sync.WaitGroup
	jobs  chan *job
}

//go:noinline
func (s *server) next(worker int) *job {
	s.ready.Done()
	return <-s.jobs
}

//go:noinline
func (s *server) work(worker int, name string) {
	for {
		j := s.next(worker)
		j.name += name
	}
}

func main() {
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	s := &server{jobs: make(chan *job)}
	s.ready.Add(n)
	name := "worker"
	for i := range n {
		go s.work(i, name)
	}
	s.ready.Wait()
	time.Sleep(50 * time.Millisecond) // until the last one waits
	crash := timed(func() {
		defer func() { recover() }()
		fail(s)
	})
	traceback := timed(func() { writeTraceback(os.Args[2]+".txt.gz", 1<<20+n<<10) })
	fmt.Println(crash.Nanoseconds(), traceback.Nanoseconds())
}

func fail(s *server) {
	defer coredumpy.OnPanic(coredumpy.Path(os.Args[2]))
	var j *job
	j.name = "none"
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func writeTraceback(path string, size int) {
	buf := make([]byte, size)
	buf = buf[:runtime.Stack(buf, true)]
	f, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed)
	z.Write(buf)
	if z.Close() != nil || f.Close() != nil {
		panic("not written")
	}
}
