package benchtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"runtime"
	"testing"

	"coredumpy"
)

// allocated returns how many allocations f makes, and of how many bytes.
func allocated(f func()) (count, size float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
}

// The collector is off during a capture: what a capture allocates, the program needs in
// addition, at the worst of times.
func TestCaptureAllocates(t *testing.T) {
	unlimited(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // each processor has a compressor
	const few, more = 2_000, 80_000
	var counts, sizes, dumps []float64
	for _, n := range []int{few, few, more} { // the first one warms up
		list := records(n)
		var file bytes.Buffer
		file.Grow(4 << 20)
		count, size := allocated(func() {
			if err := coredumpy.DumpTo(&file, coredumpy.Var("v", list)); err != nil {
				t.Fatal(err)
			}
		})
		z, err := gzip.NewReader(&file)
		if err != nil {
			t.Fatal(err)
		}
		dump, err := io.Copy(io.Discard, z)
		if err != nil {
			t.Fatal(err)
		}
		counts, sizes, dumps = append(counts, count), append(sizes, size), append(dumps, float64(dump))
	}
	count, size, dump := (counts[2]-counts[1])/(more-few), (sizes[2]-sizes[1])/(more-few),
		(dumps[2]-dumps[1])/(more-few)
	t.Logf("a record takes %.2f allocations of %.0f bytes, and %.0f bytes in the dump", count, size, dump)
	if count > 0.2 || size > 3*dump {
		t.Errorf("got %.2f allocations of %.0f bytes for a record of %.0f bytes in the dump, want at most 0.2 of three times as much", count, size, dump)
	}
}

// What opening a dump allocates doesn't depend on the number of objects in it.
func TestOpenAllocates(t *testing.T) {
	unlimited(t)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // each processor has a decompressor
	var counts []float64
	for _, n := range []int{2_000, 2_000, 20_000} {
		path := dumpFile(t, "records.dump", records(n))
		count, _ := allocated(func() {
			core, err := coredumpy.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := core.Goroutine(core.Head().Goroutine); err != nil {
				t.Fatal(err)
			}
		})
		counts = append(counts, count)
	}
	// A larger dump has more members, which have Huffman tables of their own.
	if more := counts[2] - counts[1]; more > 2000 {
		t.Errorf("got %.0f allocations for ten times as many records, after %.0f, want few more", more, counts[1])
	}
	t.Log(counts)
}
