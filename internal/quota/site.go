package quota

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// Site is a crash site: the program counters of the function that panicked and its
// callers, innermost first, as returned by [runtime.Callers]. There are enough of them to
// tell apart the callers of a function that panics for many, and few enough that not
// every path to a function becomes a site.
type Site [8]uintptr

// maxFrames is how far down the stack Here looks: past the deferred functions
// that may lie between two OnPanic.
const maxFrames = 32

// Here returns the crash site of the panic during which it is called. skip, as in
// [runtime.Callers], leads to the frame of the deferred function; again reports whether
// the same function is also further out, so that the panic may have passed it before.
func Here(skip int) (site Site, again bool) {
	var buf [maxFrames]uintptr
	n := runtime.Callers(skip+1, buf[:])
	if n == 0 {
		return site, false
	}
	self, pcs := entry(buf[0]), buf[1:n]
	for i, pc := range pcs[:min(len(pcs), maxWrappers)] {
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Name() == "runtime.gopanic" {
			pcs = pcs[i+1:]
			break
		}
	}
	copy(site[:], pcs)
	for _, pc := range pcs {
		if pc-self < maxSize && entry(pc) == self {
			return site, true
		}
	}
	return site, false
}

// Recovered returns the crash site of the panic that a deferred function, still running,
// has recovered: the calling function, or one that has called it. If there is none, the
// site is where Recovered is called. skip is as in [Here].
func Recovered(skip int) (site Site) {
	var buf [4 * maxFrames]uintptr
	pcs := buf[:runtime.Callers(skip+1, buf[:])]
	for i, pc := range pcs {
		if f := runtime.FuncForPC(pc - 1); f != nil && f.Name() == "runtime.gopanic" {
			pcs = pcs[i+1:]
			break
		}
	}
	copy(site[:], pcs)
	return site
}

const (
	maxWrappers = 4       // frames between the deferred function and the panic, see capture.Wrapper
	maxSize     = 4 << 10 // bytes of the deferred function's code: few functions are looked up
)

// entry returns the address of the function that a return address is in.
func entry(pc uintptr) uintptr {
	f := runtime.FuncForPC(pc - 1)
	if f == nil {
		return 0
	}
	return f.Entry()
}

// place returns where a site is, "main.f (/src/main.go:12)": the innermost frame
// that isn't the runtime's.
func (s *Site) place() string {
	n := slices.Index(s[:], 0)
	if n < 0 {
		n = len(s)
	}
	if n == 0 {
		return ""
	}
	frames := runtime.CallersFrames(s[:n])
	for {
		f, more := frames.Next()
		if !more || !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf("%s (%s:%d)", f.Function, f.File, f.Line)
		}
	}
}

// Place returns where the panic was, "main.f (/src/main.go:12)".
func (a Answer) Place() string { return a.site.place() }

// maxPlaces is how many places a note names.
const maxPlaces = 3

// Note returns a sentence about the panics that were refused so far, or "":
//
//	1207 panics weren't dumped before: 1200 at main.f (/src/main.go:12), 7 elsewhere; MaxPanicsPerSite refused 1207
func (q *Quota) Note() string {
	var total int64
	var byLimit [limits]int64
	places := map[string]int64{}
	count := func(a *account) {
		for i := range a.refused {
			if n := a.refused[i].Load(); n > 0 {
				total += n
				byLimit[i] += n
				places[a.site.place()] += n
			}
		}
	}
	for i := range q.sites {
		if a := q.sites[i].Load(); a != nil {
			count(a)
		}
	}
	count(&q.others)
	if total == 0 {
		return ""
	}
	var reasons []string
	for l, n := range byLimit {
		if n > 0 {
			reasons = append(reasons, fmt.Sprintf("%s refused %d", Limit(l), n))
		}
	}
	return fmt.Sprintf("%s dumped before: %s; %s", plural(total), most(places, total), strings.Join(reasons, ", "))
}

func plural(n int64) string {
	if n == 1 {
		return "1 panic wasn't"
	}
	return fmt.Sprintf("%d panics weren't", n)
}

// most names the places with the most panics.
func most(places map[string]int64, total int64) string {
	left := total
	var names, texts []string
	for name := range places {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(places[b], places[a]), strings.Compare(a, b))
	})
	for _, name := range names[:min(len(names), maxPlaces)] {
		texts = append(texts, fmt.Sprintf("%d at %s", places[name], name))
		left -= places[name]
	}
	if left > 0 {
		texts = append(texts, fmt.Sprintf("%d elsewhere", left))
	}
	return strings.Join(texts, ", ")
}
