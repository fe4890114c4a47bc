package benchtest

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"coredumpy"
	"coredumpy/internal/corefile"
	"coredumpy/internal/notation"
)

//go:noinline
func guarded(n int) int {
	defer coredumpy.OnPanic()
	return n + 1
}

//go:noinline
func recovered(n int) int {
	defer func() { recover() }()
	return n + 1
}

// BenchmarkNoPanic calls a function that defers OnPanic and doesn't panic; the
// peer defers a function that recovers.
func BenchmarkNoPanic(b *testing.B) {
	const calls = 1000
	n := 0
	b.ReportAllocs()
	against(b, "recover", func() {
		for range calls {
			n = guarded(n)
		}
	}, func() {
		for range calls {
			n = recovered(n)
		}
	})
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/calls, "ns/call")
}

// BenchmarkPeek summarises a directory of 1,000 dumps. The time for each should not
// depend on their size.
func BenchmarkPeek(b *testing.B) {
	const dumps = 1000
	for _, megabytes := range []int{0, 1, 10} {
		b.Run(fmt.Sprintf("%dMB", megabytes), func(b *testing.B) {
			dir := b.TempDir()
			first := filepath.Join(dir, "0.dump")
			writeRandom(b, first, megabytes<<20)
			for i := 1; i < dumps; i++ {
				if err := os.Link(first, filepath.Join(dir, fmt.Sprint(i, ".dump"))); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if n, err := coredumpy.Peek(io.Discard, []string{dir}, coredumpy.PeekOptions{}); n != dumps ||
					err != nil {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/dumps, "µs/dump")
			b.ReportMetric(float64(fileSize(b, first))/1e6, "MB-file")
		})
	}
}

// writeRandom writes a dump of about the given size, whose objects don't compress.
func writeRandom(tb testing.TB, path string, size int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := corefile.NewWriter(f, true)
	err = w.Head(&corefile.Head{Reason: "panic", Message: "index out of range [5] with length 3",
		GoVersion: "go1.26.0", OS: "linux", Arch: "amd64",
		Top: &corefile.Place{Func: "main.main", File: "/src/main.go", Line: 7}})
	text := make([]byte, 1<<10)
	random := rand.New(rand.NewPCG(1, 2))
	for id := 1; id<<10 <= size && err == nil; id++ {
		for i := range text {
			text[i] = byte('0' + random.IntN(64))
		}
		if err = w.BeginObject(1); err == nil {
			w.ObjectValue(notation.AppendString(nil, text))
			err = w.EndObject(0xc000000000 + uint64(id)<<10)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		tb.Fatal(err)
	}
}
