package page

import (
	"fmt"

	"coredumpy/internal/waits"
)

// These bound what the page says about waiting.
const (
	maxWaitRows = 500
	maxThings   = 20 // of a select
	maxHolders  = 20
	maxPlaces   = 20
	maxListed   = 1000 // ids of goroutines
	maxLinks    = 200  // of a cycle
)

// waitsBlock is the block about who waits for whom.
type waitsBlock struct {
	Findings []finding  `json:"findings"`
	Rows     []waitsRow `json:"rows"`
	Left     int        `json:"left,omitempty"` // rows that aren't in the page
	Others   []others   `json:"others"`
	Unknown  string     `json:"unknown,omitempty"`
	Failed   string     `json:"failed,omitempty"`
}

// finding is a reason why goroutines can't go on.
type finding struct {
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Links []link   `json:"links,omitempty"` // of a cycle
	At    []waiter `json:"at,omitempty"`
}

// link is a step of a cycle.
type link struct {
	ID    goID   `json:"id"`
	Text  string `json:"text"`
	Thing string `json:"thing"`
	Place *place `json:"at,omitempty"`
}

// waiter is goroutines that wait at one place.
type waiter struct {
	IDs   []goID `json:"ids"`
	Count int    `json:"count"`
	Place *place `json:"at,omitempty"`
}

// waitsRow is goroutines that wait for the same.
type waitsRow struct {
	Text    string   `json:"text"` // "2 goroutines wait to send to"
	IDs     []goID   `json:"ids"`
	Count   int      `json:"count"`
	Things  []thing  `json:"things,omitempty"`
	At      []waiter `json:"at"`
	Holders []holder `json:"holders,omitempty"`
	Refs    []ref    `json:"refs,omitempty"`
	Command string   `json:"command,omitempty"` // that prints the first thing
}

type thing struct {
	Key   int    `json:"key"` // the same for the same thing
	Name  string `json:"name"`
	State string `json:"state,omitempty"`
	Own   bool   `json:"own,omitempty"` // each goroutine waits for one of its own
	Stuck bool   `json:"stuck,omitempty"`
}

// holder is a goroutine that has probably locked a thing.
type holder struct {
	ID   goID   `json:"id"`
	Text string `json:"text"`
}

// ref is a variable that leads to a thing.
type ref struct {
	ID    *goID  `json:"id,omitempty"` // nil: of a package
	Frame int    `json:"frame"`
	Name  string `json:"name"`
}

// others are goroutines that don't wait for others.
type others struct {
	Does  string `json:"does"`
	IDs   []goID `json:"ids"`
	Count int    `json:"count"`
}

// waits writes who waits for whom.
func (p *page) waits() {
	r := waits.New(p.in, func(done, all int) bool { return p.progress(whileWaiting, done, all) })
	if r == nil {
		return // stopped
	}
	p.waiting = r
	words := waits.Words{Report: r, Name: line}
	out := waitsBlock{Findings: []finding{}, Rows: []waitsRow{}, Others: []others{}, Unknown: r.Unknown()}
	if r.Failed != nil {
		out.Failed = line(r.Failed.Error())
	}
	for i := range r.Findings[:min(len(r.Findings), maxWaitRows)] {
		out.Findings = append(out.Findings, findingOf(words, &r.Findings[i]))
	}
	rows, keys := r.Rows(), keys{}
	for i := range rows[:min(len(rows), maxWaitRows)] {
		out.Rows = append(out.Rows, waitsRowOf(words, keys, &rows[i]))
	}
	out.Left = len(rows) - len(out.Rows) + len(r.Findings) - len(out.Findings)
	for _, k := range []struct {
		kind waits.Kind
		does string
	}{{waits.Running, "running"}, {waits.Sleep, "asleep"}, {waits.IO, "waiting for IO"},
		{waits.Syscall, "in a system call"}, {waits.NoCases, "in a select without cases"}} {
		if all := r.Asleep[k.kind]; len(all) > 0 {
			out.Others = append(out.Others, others{k.does, firstIDs(all), len(all)})
		}
	}
	p.out.write("waits", 0, 1, out)
}

// keys gives things numbers.
type keys map[*waits.Thing]int

func (k keys) of(t *waits.Thing) int {
	if _, ok := k[t]; !ok {
		k[t] = len(k)
	}
	return k[t]
}

func firstIDs(all []waits.Waiter) []goID { return goIDs(waits.IDs(all[:min(len(all), maxListed)])) }

func findingOf(words waits.Words, f *waits.Finding) (out finding) {
	out.Title, out.Text = words.Finding(f)
	switch {
	case f.Cause == waits.Nil:
		out.At = waitersAt(f.Nil)
	case f.Cause != waits.Cycle:
		out.At = waitersAt(f.Thing.Waiters)
	}
	for i := range f.Cycle[:min(len(f.Cycle), maxLinks)] {
		l := &f.Cycle[i]
		out.Links = append(out.Links,
			link{goID(l.ID), words.Link(f.Cycle, i), words.KindOf(l.Thing), placeOf(&l.Place)})
	}
	return out
}

func waitersAt(all []waits.Waiter) (places []waiter) {
	for i, g := range waits.ByPlace(all) {
		if i == maxPlaces {
			break
		}
		places = append(places, waiter{firstIDs(g), len(g), placeOf(&g[0].Place)})
	}
	return places
}

func waitsRowOf(words waits.Words, keys keys, r *waits.Row) waitsRow {
	out := waitsRow{Text: waits.Counted(r.Waiters, r.Verb()), IDs: firstIDs(r.Waiters), Count: len(r.Waiters),
		At: waitersAt(r.Waiters)}
	if len(r.Things) == 0 {
		t := &waits.Thing{Kind: words.Report.Kind(r.Waiters[0].ID), Waiters: r.Waiters}
		out.Text = waits.Counted(r.Waiters, t.Verb()) + " " + words.KindOf(t) + "; which one isn't known"
		return out
	}
	for i, t := range r.Things[:min(len(r.Things), maxThings)] {
		out.Things = append(out.Things, thing{Key: keys.of(t), Name: words.Named(t), State: words.StateOf(t),
			Own: r.Own[i], Stuck: t.Stuck})
	}
	t := r.Things[0]
	for i := range t.Holders[:min(len(t.Holders), maxHolders)] {
		h := &t.Holders[i]
		out.Holders = append(out.Holders, holder{goID(h.ID),
			fmt.Sprintf("goroutine %d, which %s: %s", h.ID, words.Does(h.ID), words.Call(h))})
	}
	if len(t.Holders) == 0 {
		for _, o := range words.Others(t, maxHolders) {
			w := ref{Frame: o.Frame, Name: line(o.Name)}
			if o.Goroutine != 0 {
				id := goID(o.Goroutine)
				w.ID = &id
			}
			out.Refs = append(out.Refs, w)
		}
	}
	if at, ok := words.Path(t); ok {
		out.Command = command(at.Goroutine, at.Frame, at.Expr)
	}
	return out
}

// command returns the command of coredumpy load that prints an expression.
func command(goroutine int64, frame int, expr string) string {
	if goroutine == 0 {
		return "p " + line(expr)
	}
	return fmt.Sprintf("goroutine %d frame %d p %s", goroutine, frame, line(expr))
}
