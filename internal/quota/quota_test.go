package quota

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// asked asks n times and returns how many may be dumped, and the limits that
// refused the others.
func asked(q *Quota, site Site, l Limits, now time.Time, n int) (may int, refused map[Limit]int) {
	refused = map[Limit]int{}
	for range n {
		a := q.Ask(site, l, now)
		if refused[a.Refused]++; a.Refused == None {
			a.Done()
		}
	}
	may = refused[None]
	delete(refused, None)
	return may, refused
}

func TestLimits(t *testing.T) {
	a, b, c := Site{1}, Site{1, 2}, Site{3}
	for _, tt := range []struct {
		name    string
		limits  Limits
		want    [3]int // dumps at a, b and c of 10 panics each, one after the other
		refused Limit  // of the last
	}{
		{"none", Limits{}, [3]int{10, 10, 10}, None},
		{"negative", Limits{-1, -2, math.MinInt}, [3]int{10, 10, 10}, None},
		{"largest", Limits{math.MaxInt, math.MaxInt, math.MaxInt}, [3]int{10, 10, 10}, None},
		{"all", Limits{All: 12}, [3]int{10, 2, 0}, All},
		{"site", Limits{Site: 3}, [3]int{3, 3, 3}, PerSite},
		{"one each", Limits{Site: 1}, [3]int{1, 1, 1}, PerSite},
		{"all and site", Limits{All: 7, Site: 3}, [3]int{3, 3, 1}, All},
		{"minute", Limits{PerMinute: 14}, [3]int{10, 4, 1}, PerMinute}, // the first at c all the same
		{"one a minute", Limits{PerMinute: 1}, [3]int{1, 1, 1}, PerMinute},
		{"minute and site", Limits{PerMinute: 5, Site: 4}, [3]int{4, 1, 1}, PerMinute},
		{"minute and all", Limits{PerMinute: 5, All: 6}, [3]int{5, 1, 0}, All},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var q Quota
			now := time.Now()
			for i, site := range []Site{a, b, c} {
				may, refused := asked(&q, site, tt.limits, now, 10)
				if may != tt.want[i] {
					t.Errorf("site %d: got %d of 10, want %d", i, may, tt.want[i])
				}
				if i == 2 && refused[tt.refused] != 10-may {
					t.Errorf("got refused %v, want all by %v", refused, tt.refused)
				}
			}
		})
	}
}

// At first there may be as many dumps as a minute may have, then one for each part of a
// minute. After a pause there may be as many as at first, and no more.
func TestPerMinute(t *testing.T) {
	var q Quota
	l, start, site := Limits{PerMinute: 6}, time.Now(), Site{1}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{
		{0, 6}, {9 * time.Second, 0}, {10 * time.Second, 1}, {15 * time.Second, 0}, {40 * time.Second, 3},
		{time.Hour, 6}, {time.Hour + time.Second, 0}, {time.Hour + 20*time.Second, 2},
	} {
		if may, _ := asked(&q, site, l, start.Add(tt.after), 10); may != tt.want {
			t.Errorf("after %v: got %d, want %d", tt.after, may, tt.want)
		}
	}
}

// A dump that couldn't be written doesn't count for the limits on dumps, but the time for
// it is spent.
func TestGiveBack(t *testing.T) {
	var q Quota
	l, now, site := Limits{All: 2, Site: 1, PerMinute: 5}, time.Now(), Site{1}
	for i := range 5 {
		a := q.Ask(site, l, now)
		if a.Refused != None {
			t.Fatalf("attempt %d: got refused by %v, want none", i, a.Refused)
		}
		a.GiveBack()
		a.Done()
	}
	if a := q.Ask(site, l, now); a.Refused != PerMinute {
		t.Errorf("got refused by %v, want %v: it isn't the first at its site", a.Refused, PerMinute)
	}
	if a := q.Ask(site, l, now.Add(time.Minute)); a.Refused != None {
		t.Errorf("got refused by %v a minute later, want none", a.Refused)
	}
	if a := q.Ask(site, l, now.Add(time.Minute)); a.Refused != PerSite {
		t.Errorf("got refused by %v, want %v", a.Refused, PerSite)
	}
}

// Each limit says once that it is reached.
func TestTell(t *testing.T) {
	var q Quota
	now := time.Now()
	told := func(site Site, l Limits) (told []Limit) {
		for range 5 {
			if a := q.Ask(site, l, now); a.Tell {
				told = append(told, a.Refused)
			}
		}
		return told
	}
	for i, tt := range []struct {
		site Site
		l    Limits
		want Limit
	}{
		{Site{1}, Limits{Site: 1}, PerSite}, {Site{2}, Limits{Site: 1}, None}, {Site{3}, Limits{All: 1}, All},
		{Site{4}, Limits{PerMinute: 1}, PerMinute}, {Site{1}, Limits{Site: 1}, None},
	} {
		got := told(tt.site, tt.l)
		if tt.want == None && len(got) > 0 || tt.want != None && (len(got) != 1 || got[0] != tt.want) {
			t.Errorf("step %d: got told %v, want %v", i, got, tt.want)
		}
	}
}

// The number of sites that are told apart is bounded; the others share an account.
func TestManySites(t *testing.T) {
	var q Quota
	l, now := Limits{Site: 1}, time.Now()
	const sites = 3 * maxSites
	may := 0
	for round := range 2 {
		for i := range uintptr(sites) {
			n, _ := asked(&q, Site{i + 1}, l, now, 1)
			if may += n; round > 0 && n > 0 {
				t.Errorf("site %d: got another dump", i)
			}
		}
	}
	if may < maxSites*3/4 || may > maxSites+1 {
		t.Errorf("got %d dumps, want about one for each of %d sites", may, maxSites)
	}
	if note, want := q.Note(), " elsewhere; MaxPanicsPerSite refused "; !strings.Contains(note, want) {
		t.Errorf("got note %q, want %q in it", note, want)
	}
}

// Limits hold and nothing is lost when all goroutines ask at once.
func TestConcurrent(t *testing.T) {
	for _, tt := range []struct {
		limits Limits
		want   int64
	}{{Limits{Site: 20}, 4 * 20}, {Limits{All: 50}, 50}, {Limits{PerMinute: 30}, 30}} {
		var q Quota
		const goroutines, panics, sites = 16, 2000, 4
		var may, told atomic.Int64
		var wait sync.WaitGroup
		now := time.Now()
		for g := range goroutines {
			wait.Add(1)
			go func() {
				defer wait.Done()
				for i := range panics {
					a := q.Ask(Site{uintptr((g+i)%sites + 1)}, tt.limits, now)
					if a.Tell {
						told.Add(1)
					}
					if a.Refused == None {
						may.Add(1)
						a.Done()
					}
				}
			}()
		}
		wait.Wait()
		got := may.Load()
		if tt.limits.PerMinute > 0 && got > tt.want {
			got -= min(sites-1, got-tt.want) // the first at a site isn't held back
		}
		if got != tt.want || told.Load() != 1 {
			t.Errorf("%+v: got %d dumps and %d messages, want %d and 1", tt.limits, got, told.Load(), tt.want)
		}
		want := fmt.Sprint(goroutines*panics-may.Load(), " panics weren't dumped before: ")
		if note := q.Note(); !strings.HasPrefix(note, want) {
			t.Errorf("%+v: got note %q, want it to begin with %q", tt.limits, note, want)
		}
		if n := q.Firsts.n.Load(); n != 0 {
			t.Errorf("%+v: got %d first dumps under way, want none", tt.limits, n)
		}
	}
}

// If a panic is refused at a site, its first dump has begun, or is done.
func TestFirstBegins(t *testing.T) {
	for range 2000 {
		var q Quota
		var wait sync.WaitGroup
		var done atomic.Bool
		now := time.Now()
		for range 4 {
			wait.Add(1)
			go func() {
				defer wait.Done()
				a := q.Ask(Site{1}, Limits{Site: 1}, now)
				if a.Refused == None {
					done.Store(true)
					a.Done()
					return
				}
				if q.Firsts.Settle(time.Hour); !done.Load() {
					t.Error("got a panic refused before the first dump began, want the dump waited for")
				}
			}()
		}
		wait.Wait()
	}
}

func TestNoteNothing(t *testing.T) {
	var q Quota
	asked(&q, Site{1}, Limits{Site: 5}, time.Now(), 5)
	if note := q.Note(); note != "" {
		t.Errorf("got note %q, want none", note)
	}
}

func TestSettled(t *testing.T) {
	var q Quota
	value := func(i int) [2]uint64 { return [2]uint64{7, uint64(i)} }
	if q.WasSettled([2]uint64{}) {
		t.Error("got the zero value settled, want nothing settled")
	}
	const kept = len(q.recent.hashes)
	for i := range 2 * kept {
		if q.WasSettled(value(i)) {
			t.Fatalf("value %d: got it settled before", i)
		}
		if q.Settled(value(i)); !q.WasSettled(value(i)) || !q.WasSettled(value(max(0, i-kept+1))) ||
			i >= kept && q.WasSettled(value(i-kept)) {
			t.Fatalf("value %d: want it and the oldest of %d settled, and no older one", i, kept)
		}
	}
}

// A panic that isn't dumped costs no allocation.
func TestAllocates(t *testing.T) {
	var q Quota
	l, now := Limits{All: 100, Site: 10, PerMinute: 20}, time.Now()
	if got := testing.AllocsPerRun(200, func() {
		site, _ := Here(1)
		if a := q.Ask(site, l, now); a.Refused == None {
			a.Done()
		}
		q.Settled([2]uint64{1, 2})
		q.WasSettled([2]uint64{3, 4})
		q.Firsts.Settle(time.Second)
	}); got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}
