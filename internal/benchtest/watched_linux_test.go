//go:build amd64 || arm64

package benchtest

import (
	"fmt"
	"testing"
)

// BenchmarkWatched dumps a program that Monitor watches, by its watcher and, as the peer,
// by itself.
func BenchmarkWatched(b *testing.B) {
	exe := build(b, "watched")
	for _, records := range []int{80_000, 800_000} {
		b.Run(fmt.Sprint(records), func(b *testing.B) {
			var out []int64
			for b.Loop() {
				out, _ = run(b, 6, exe, fmt.Sprint(records), "5")
			}
			own, ownLost, other, otherLost, still := float64(out[0]), float64(out[1]), float64(out[2]),
				float64(out[3]), float64(out[4])
			b.ReportMetric(float64(out[5])/1e6, "MB-heap")
			b.ReportMetric(other/own, "x-own-wait")
			b.ReportMetric(otherLost/ownLost, "x-own-lost")
			b.ReportMetric(still/own, "x-own-still")
			b.ReportMetric(other/1e6, "ms/dump")
			b.ReportMetric(own/1e6, "ms/own-dump")
			b.ReportMetric(still/1e6, "ms-still")
			b.ReportMetric(0, "ns/op")
		})
	}
}
