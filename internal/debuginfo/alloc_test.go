package debuginfo

import "testing"

// TestAllocs limits the allocations for each frame of each goroutine: the collector may
// be off at that moment.
func TestAllocs(t *testing.T) {
	s := open(t, "opt")
	fn := s.function(t, "main.inlines")
	runtimeUnits := s.file.packageUnits("runtime")
	tests := []struct {
		name string
		max  float64
		do   func()
	}{
		{"Func", 0, func() { s.file.Func(fn.Entry + 1) }},
		{"Unwind", 0, func() { s.file.Unwind(fn.Entry + 20) }},
		// The index of package runtime steps over tens of thousands of
		// entries; only the slices of its functions and variables grow.
		{"index", 100, func() {
			for _, u := range runtimeUnits {
				u.index = nil
				u.indexed()
			}
		}},
		{"TypeByName", 20, func() { s.file.TypeByName("runtime.g") }},
	}
	for _, tt := range tests {
		tt.do()
		if got := testing.AllocsPerRun(5, tt.do); got > tt.max {
			t.Errorf("%s: got %v allocations, want at most %v", tt.name, got, tt.max)
		}
	}
}

// BenchmarkOpen reads as much of a file as the first frame needs.
func BenchmarkOpen(b *testing.B) {
	path := build(b, "opt").path
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		f, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		fn, ok := f.FuncByName("runtime.main")
		if !ok {
			b.Fatal("no runtime.main")
		}
		if calls := fn.Calls(fn.Entry); len(calls) == 0 {
			b.Fatal("no calls")
		}
		f.Close()
	}
}

// BenchmarkUnwind finds the row of a pc.
func BenchmarkUnwind(b *testing.B) {
	s := open(b, "opt")
	fn, ok := s.file.FuncByName("runtime.mallocgc")
	if !ok {
		b.Fatal("no runtime.mallocgc")
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if _, ok := s.file.Unwind(fn.End - 1); !ok {
			b.Fatal("no row")
		}
	}
}
