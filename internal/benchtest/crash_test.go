package benchtest

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkGoroutines crashes programs with many parked goroutines, up to the finished
// file; the peer is a traceback of all goroutines, compressed at the fastest level.
func BenchmarkGoroutines(b *testing.B) {
	exe := build(b, "parked")
	for n := 100; n <= 100_000; n *= 10 {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var crashes, tracebacks, programs []time.Duration
			var size int64
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "parked.dump")
				took, cpu := run(b, 2, exe, fmt.Sprint(n), path)
				crashes, tracebacks = append(crashes, time.Duration(took[0])),
					append(tracebacks, time.Duration(took[1]))
				programs = append(programs, cpu)
				size = fileSize(b, path)
			}
			crash := median(crashes)
			b.ReportMetric(crash.Seconds()*1000, "ms/crash")
			b.ReportMetric(float64(crash.Nanoseconds())/float64(n), "ns/goroutine")
			b.ReportMetric(float64(crash)/float64(median(tracebacks)), "x-traceback")
			b.ReportMetric(float64(size)/1e6, "MB-file")
			b.ReportMetric(median(programs).Seconds()*1000, "ms-program-cpu") // of the whole program
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkLargeBinary crashes a program of 20 MB with debug information, up to the
// finished file.
func BenchmarkLargeBinary(b *testing.B) {
	exe := build(b, "large")
	var crashes, programs []time.Duration
	for b.Loop() {
		took, cpu := run(b, 1, exe, filepath.Join(b.TempDir(), "large.dump"))
		crashes, programs = append(crashes, time.Duration(took[0])), append(programs, cpu)
	}
	b.ReportMetric(median(crashes).Seconds()*1000, "ms/crash")
	b.ReportMetric(median(programs).Seconds()*1000, "ms-program-cpu")
	b.ReportMetric(float64(fileSize(b, exe))/1e6, "MB-binary")
	b.ReportMetric(0, "ns/op")
}
