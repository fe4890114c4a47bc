package failing

import (
	"testing"

	"coredumpy"
)

func BenchmarkFatal(b *testing.B) {
	defer coredumpy.OnFailure(b, dir)
	// want: failing.BenchmarkFatal limit = 3
	limit := 3
	for i := range b.N + limit {
		equal(b, i < limit, true)
	}
}
