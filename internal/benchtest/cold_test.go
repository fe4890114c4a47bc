package benchtest

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// crowd returns a dump of a program with so many goroutines and objects.
func crowd(tb testing.TB, goroutines, objects int) (path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "crowd.dump")
	run(tb, 1, build(tb, "crowd"), fmt.Sprint(goroutines), fmt.Sprint(objects), path)
	return path
}

// runChild is run of the test binary, as the child of a name.
func runChild(tb testing.TB, child string, numbers int, args ...string) (out []int64, cpu time.Duration) {
	tb.Helper()
	if runtime.GOOS != "linux" {
		tb.Skip("needs /proc/self/status")
	}
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Setenv(childVariable, child)
	return run(tb, numbers, self, args...)
}

// cold has a child open a dump again and again, each time from a cold start. The child prints
// how long steps of these names took, and how much memory it had at most.
func cold(b *testing.B, child, path string, names []string, args ...string) {
	took := make([][]time.Duration, len(names))
	var cpus []time.Duration
	var peak int64
	for b.Loop() {
		out, cpu := runChild(b, child, len(names)+1, append([]string{path}, args...)...)
		for i := range names {
			took[i] = append(took[i], time.Duration(out[i]))
		}
		cpus, peak = append(cpus, cpu), out[len(names)]
	}
	for i, name := range names {
		b.ReportMetric(median(took[i]).Seconds()*1000, "ms-"+name)
	}
	b.ReportMetric(median(cpus).Seconds()*1000, "ms-cpu")
	b.ReportMetric(float64(peak)/float64(plainSize(b, path)), "x-dump-peak")
	b.ReportMetric(0, "ns/op")
}

// plainSize returns how large a dump is before compression.
func plainSize(tb testing.TB, path string) int64 {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	n, err := io.Copy(io.Discard, z)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}
