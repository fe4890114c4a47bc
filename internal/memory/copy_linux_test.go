//go:build amd64 || arm64

package memory

import (
	"os"
	"slices"
	"testing"
)

func TestCut(t *testing.T) {
	page := uint64(os.Getpagesize())
	pages := func(from, to uint64) run { return run{from * page, to * page} }
	runs := []run{pages(0, 2), pages(4, 7), pages(8, 9)}
	for _, tt := range []struct {
		limit   int64 // in pages
		more    int64 // bytes on top
		want    []run
		n, over int64 // in pages
	}{
		{100, 0, runs, 6, 0},
		{6, 0, runs, 6, 0},
		{6, -1, runs[:2], 5, 1},
		{5, 0, runs[:2], 5, 1},
		{4, 0, []run{pages(0, 2), pages(4, 6)}, 4, 2},
		{3, 17, []run{pages(0, 2), pages(4, 5)}, 3, 3},
		{2, 0, runs[:1], 2, 4},
		{1, 0, []run{pages(0, 1)}, 1, 5},
		{0, 5, nil, 0, 6},
		{0, 0, nil, 0, 6},
		{-3, 0, nil, 0, 6},
	} {
		p := int64(page)
		got, n, over := cut(runs, tt.limit*p+tt.more)
		if !slices.Equal(got, tt.want) || n != tt.n*p || over != tt.over*p {
			t.Errorf("limit of %d pages and %d bytes: got %v, %d and %d over, want %v, %d and %d",
				tt.limit, tt.more, got, n, over, tt.want, tt.n*p, tt.over*p)
		}
	}
	if want := []run{pages(0, 2), pages(4, 7), pages(8, 9)}; !slices.Equal(runs, want) {
		t.Errorf("got %v afterwards, want %v unchanged", runs, want)
	}
}

// The jobs together are the runs, and none is too large.
func TestJobs(t *testing.T) {
	var runs []run
	addr := uint64(0x7f0000001000)
	for i := range uint64(3000) {
		size := (1 + i%3) * 4096
		if i%1000 == 999 {
			size = 5<<20 + 4096
		}
		runs = append(runs, run{addr, addr + size})
		addr += size + i%7*4096 + 4096
	}
	var got []run
	for _, j := range appendJobs(nil, 3, runs) {
		size := uint64(0)
		for _, u := range j.runs {
			size += u.hi - u.lo
			if n := len(got); n > 0 && got[n-1].hi == u.lo {
				got[n-1].hi = u.hi
			} else {
				got = append(got, u)
			}
		}
		if j.region != 3 || size > maxJobSize || len(j.runs) > maxJobRuns || size == 0 {
			t.Errorf("got a job of %d bytes in %d runs of region %d", size, len(j.runs), j.region)
		}
	}
	if !slices.Equal(got, runs) {
		t.Errorf("got %d runs, want the same %d as before", len(got), len(runs))
	}
}
