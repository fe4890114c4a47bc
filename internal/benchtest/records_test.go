package benchtest

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"coredumpy"
)

// record is a value of a kind that services hold many of.
type record struct {
	ID    int
	Name  string
	Score float64
	Tags  []string
	Attrs map[string]any
}

func records(n int) []record {
	list := make([]record, n)
	for i := range list {
		list[i] = record{
			ID: i, Name: fmt.Sprint("record ", i), Score: float64(i) / 7,
			Tags:  []string{fmt.Sprint("tag ", i%10), "common"},
			Attrs: map[string]any{"index": i, "label": fmt.Sprint("label ", i%100)},
		}
	}
	return list
}

const manyRecords = 100_000

// BenchmarkCapture captures records and writes the dump; the peer marshals them and
// compresses the result at the fastest level.
func BenchmarkCapture(b *testing.B) {
	unlimited(b)
	list := records(manyRecords)
	var size, peerSize int64
	against(b, "json", func() { size = dumpTo(b, list) }, func() { peerSize = marshal(b, list) })
	b.ReportMetric(float64(size)/1e6, "MB-file")
	b.ReportMetric(float64(peerSize)/1e6, "MB-json.gz")
}

func marshal(tb testing.TB, v any) int64 {
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	var size counter
	z, err := gzip.NewWriterLevel(&size, gzip.BestSpeed)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return int64(size)
}

// BenchmarkOpen opens a dump of records and starts a session, up to its first prompt; the
// peer unmarshals the records' JSON, which isn't compressed.
func BenchmarkOpen(b *testing.B) {
	unlimited(b)
	list := records(manyRecords)
	path := dumpFile(b, "records.dump", list)
	text, err := json.Marshal(list)
	if err != nil {
		b.Fatal(err)
	}
	list = nil
	against(b, "json", func() {
		core, err := coredumpy.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		err = coredumpy.Load(core,
			coredumpy.LoadOptions{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard, Prompt: true})
		if err != nil {
			b.Fatal(err)
		}
	}, func() {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			b.Fatal(err)
		}
	})
}

func init() { children["memory"] = printMemory }

// printMemory prints how much memory a dump of records takes in addition to the
// program's: the most at a time, and all that was allocated.
func printMemory() {
	coredumpy.Config.MaxElements = 1 << 30
	list := records(manyRecords)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // resets VmHWM, proc(5)
		fail(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	resident := status("VmRSS")
	if _, err := coredumpy.Dump(coredumpy.Path(os.Args[1]), coredumpy.Var("v", list)); err != nil {
		fail(err)
	}
	peak := status("VmHWM")
	runtime.ReadMemStats(&after)
	fmt.Println(peak-resident, after.TotalAlloc-before.TotalAlloc)
	runtime.KeepAlive(list)
}

// status returns a number of bytes in /proc/self/status.
func status(name string) (size int64) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fail(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n"+name+":")
	if _, err := fmt.Sscan(rest, &size); err != nil {
		fail(err)
	}
	return size << 10
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// BenchmarkMemory measures the memory that a capture needs, as a multiple of the dump
// before compression: the most at a time, and all that was allocated.
func BenchmarkMemory(b *testing.B) {
	var peak, allocated, size int64
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "records.json") // not compressed
		used, _ := runChild(b, "memory", 2, path)
		peak, allocated, size = used[0], used[1], fileSize(b, path)
	}
	b.ReportMetric(float64(peak)/float64(size), "x-dump-peak")
	b.ReportMetric(float64(allocated)/float64(size), "x-dump-allocated")
	b.ReportMetric(float64(size)/1e6, "MB-dump")
	b.ReportMetric(0, "ns/op")
}

type node struct {
	ID   int
	Next *node
}

// BenchmarkObjects dumps growing numbers of objects: the time for each should not grow.
func BenchmarkObjects(b *testing.B) {
	unlimited(b)
	for n := 1000; n <= 1_000_000; n *= 10 {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			list := make([]*node, n)
			for i := range list {
				list[i] = &node{ID: i}
				list[i].Next = list[i/2]
			}
			var size int64
			var dumps, cpus []time.Duration
			for b.Loop() {
				took, cpu := timed(func() { size = dumpTo(b, list) })
				dumps, cpus = append(dumps, took), append(cpus, cpu)
			}
			b.ReportMetric(float64(median(dumps).Nanoseconds())/float64(n), "ns/object")
			b.ReportMetric(float64(median(cpus).Nanoseconds())/float64(n), "ns-cpu/object")
			b.ReportMetric(float64(size)/float64(n), "B/object")
		})
	}
}
