package bench

import "testing"

func BenchmarkFails(b *testing.B) {
	limit := 5
	for range b.N {
		if limit--; limit < 5 {
			b.Fatalf("limit %d", limit) // want BenchmarkFails: "limit 4" limit = 4
		}
	}
}

func BenchmarkSub(b *testing.B) {
	b.Run("empty", func(b *testing.B) {
		size := 0
		for b.Loop() {
			if size == 0 {
				b.Error("nothing to do") // want BenchmarkSub/empty: "nothing to do" size = 0
				b.FailNow()
			}
		}
	})
}
