package quota

import (
	"strings"
	"testing"
	"time"
)

// catch is deferred, as OnPanic is: it notes where the panic is.
func catch(sites *[]Site, again *bool, on ...string) {
	r := recover()
	if r == nil {
		return
	}
	site, more := Here(1)
	*sites, *again = append(*sites, site), more
	if len(on) > 0 {
		panic(r)
	}
}

//go:noinline
func must(ok bool) {
	if !ok {
		panic("must")
	}
}

//go:noinline
func one() { must(false) }

//go:noinline
func other() { must(false) }

//go:noinline
func deep(n int) {
	if n == 0 {
		must(false)
	}
	deep(n - 1)
}

//go:noinline
func fault() int {
	var p *[4]int
	return p[2]
}

// caught returns the sites of f, which panics three times.
func caught(f func()) (sites []Site) {
	var again bool
	for range 3 {
		func() {
			defer catch(&sites, &again)
			f()
		}()
	}
	return sites
}

func TestSite(t *testing.T) {
	var list []Site
	for _, tt := range []struct {
		name  string
		f     func()
		place string
	}{
		{"a function that panics for another", one, "coredumpy/internal/quota.must ("},
		{"and for yet another", other, "coredumpy/internal/quota.must ("},
		{"deep", func() { deep(100) }, "coredumpy/internal/quota.must ("},
		{"fault", func() { fault() }, "coredumpy/internal/quota.fault ("},
		{"here", func() { panic(1) }, "coredumpy/internal/quota.TestSite.func"},
	} {
		sites := caught(tt.f)
		if len(sites) != 3 || sites[0] != sites[1] || sites[0] != sites[2] {
			t.Errorf("%s: got sites %x, want three times the same", tt.name, sites)
		}
		for _, site := range list {
			if site == sites[0] {
				t.Errorf("%s: got the site of another function", tt.name)
			}
		}
		list = append(list, sites[0])
		if got := sites[0].place(); !strings.HasPrefix(got, tt.place) || !strings.Contains(got, "site_test.go:") {
			t.Errorf("%s: got place %q, want it to begin with %q", tt.name, got, tt.place)
		}
	}
	// The depth of a recursion makes no difference, nor does the line of the deferred
	// call.
	var sites []Site
	func() {
		var again bool
		defer catch(&sites, &again)
		deep(50)
	}()
	if sites[0] != list[2] {
		t.Errorf("got site %x for another depth of a recursion, want %x", sites[0], list[2])
	}
}

// A panic that has passed the same deferred function before is recognised, even if a
// deferred function of the program recovers and panics again in between.
func TestAgain(t *testing.T) {
	var sites []Site
	for _, tt := range []struct {
		name string
		f    func(again *bool)
		want bool
	}{
		{"at once", func(again *bool) { one() }, false},
		{"passed on", func(again *bool) {
			defer catch(&sites, again, "panic on")
			one()
		}, true},
		{"and panicked again", func(again *bool) {
			defer func() {
				r := recover()
				must(r == nil)
			}()
			defer catch(&sites, again, "panic on")
			one()
		}, true},
		{"recovered before", func(again *bool) {
			func() {
				defer catch(&sites, again)
				one()
			}()
			other()
		}, false},
	} {
		var again bool
		func() {
			defer catch(&sites, &again)
			tt.f(&again)
		}()
		if again != tt.want {
			t.Errorf("%s: got again %v, want %v", tt.name, again, tt.want)
		}
	}
}

func TestNote(t *testing.T) {
	var q Quota
	now := time.Now()
	refuse := func(f func(), n int) {
		asked(&q, caught(f)[0], Limits{Site: 1}, now, n+1)
	}
	refuse(func() { fault() }, 1)
	wantStart := "1 panic wasn't dumped before: 1 at coredumpy/internal/quota.fault ("
	if note := q.Note(); !strings.HasPrefix(note, wantStart) ||
		!strings.HasSuffix(note, "); MaxPanicsPerSite refused 1") {
		t.Errorf("got note %q, want the fault in it", note)
	}
	refuse(one, 20)
	refuse(other, 30)                 // at the same place
	refuse(func() { panic("a") }, 10) // the fewest but one of four
	refuse(func() { panic("b") }, 40)
	asked(&q, Site{}, Limits{All: 1}, now, 5)
	note := q.Note()
	want := []string{"106 panics weren't dumped before: 50 at coredumpy/internal/quota.must (", "), 40 at ",
		"), 10 at ",
		"), 6 elsewhere; MaxPanics refused 5, MaxPanicsPerSite refused 101"}
	at := 0
	for _, text := range want {
		i := strings.Index(note[at:], text)
		if i < 0 {
			t.Fatalf("got note %q, want %q in this order", note, want)
		}
		at += i + len(text)
	}
}
