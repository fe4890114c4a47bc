// Live is a busy process that is dumped while everything in it changes, or that panics
// meanwhile. Its data is made so that a wrong value can be told from a right one.
//
// It announces a dump that was written to a file by printing its path to standard output.
// It takes the next one when a line comes on standard input; until then the process
// rests. The last line is a report, in JSON.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"coredumpy"
)

var (
	dir         = flag.String("dir", ".", "where dumps go")
	count       = flag.Int("dumps", 10, "how many to take")
	parked      = flag.Int("parked", 100, "goroutines that wait")
	cooperative = flag.Bool("cooperative", false, "loops let others run by themselves")
	rest        = flag.Duration("rest", 10*time.Microsecond, "between two bursts of work")
	panics      = flag.String("panic", "", "how to panic, instead of taking dumps")
	after       = flag.Duration("after", 0, "when to panic")
	plain       = flag.Bool("plain", false, "panic without coredumpy")
)

// report is what the process reports at its end.
type report struct {
	Dumps, Files, Failed int
	Errors               []string
	Quiet, Dumping       pauses // seen by another goroutine
	Leaked               leak
	PeakMB               int
}

func main() {
	flag.Parse()
	coredumpy.Config.MaxSource, coredumpy.Config.Timeout = 0, time.Hour
	debug.SetMemoryLimit(3 << 30)
	if *panics != "" {
		park(*parked)
		begin()
		fmt.Println("begun")
		time.Sleep(*after)
		crash(*panics)
	}
	r := &report{}
	r.run()
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}

func (r *report) run() {
	r.check(coredumpy.DumpTo(io.Discard)) // opens files that stay open
	before := holding()
	release := park(*parked)
	end := begin()
	p := watch()
	time.Sleep(300 * time.Millisecond)
	r.Quiet = p.reset()
	in := bufio.NewScanner(os.Stdin)
	for i := range *count {
		was := current()
		p.on.Store(true)
		path := r.take(i)
		p.on.Store(false)
		if is := current(); is != was {
			r.fail("settings are %+v after dump %d, were %+v", is, i, was)
		}
		if path == "" {
			continue
		}
		r.Files++
		held.Store(true)
		fmt.Println(path)
		if !in.Scan() {
			return
		}
		held.Store(false)
	}
	r.Dumping = p.reset()
	p.stop()
	r.Errors = append(r.Errors, end()...)
	release()
	r.Leaked = since(before)
	r.PeakMB = peak()
}

func (r *report) fail(format string, args ...any) {
	r.Errors = append(r.Errors, fmt.Sprintf(format, args...))
}

func (r *report) check(err error) {
	if err != nil {
		r.fail("%v", err)
	}
}

// take takes dump number i, and returns the path of its file.
func (r *report) take(i int) (path string) {
	var err error
	switch r.Dumps++; i % 8 {
	case 1:
		_, err = coredumpy.Dump(coredumpy.Path(filepath.Join(*dir, "no", "such")))
		err = r.wanted(err, os.ErrNotExist)
	case 3:
		err = coredumpy.DumpTo(io.Discard)
	case 5:
		err = r.wanted(coredumpy.DumpTo(&failing{left: 1000}), errFull)
	default:
		path, err = coredumpy.Dump(coredumpy.Path(filepath.Join(*dir, fmt.Sprint(i, ".dump"))))
	}
	r.check(err)
	return path
}

// wanted returns nil if err is the expected error.
func (r *report) wanted(err, want error) error {
	r.Failed++
	if !errors.Is(err, want) {
		return fmt.Errorf("got error %v, want %v", err, want)
	}
	return nil
}

var errFull = errors.New("full")

// failing fails after some bytes.
type failing struct{ left int }

func (w *failing) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}
