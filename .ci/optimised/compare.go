package main

import (
	"fmt"
	"slices"
	"strings"

	"coredumpy"
)

// report is the result of a comparison. It counts the variables of the unoptimised
// program that in the optimised one have the same value, parts of it, another value with
// a caveat, none, or aren't there. It lists those that have another value without a
// caveat.
type report struct {
	equal, partial, doubtful, lost, absent int
	wrong                                  []string
	caveats                                map[string]int // of equal values
	reasons                                map[string]int // of lost values
	moved                                  int            // goroutines that are in another place
}

func newReport() *report { return &report{caveats: map[string]int{}, reasons: map[string]int{}} }

func (r *report) add(o *report) {
	r.equal += o.equal
	r.partial += o.partial
	r.doubtful += o.doubtful
	r.lost += o.lost
	r.absent += o.absent
	r.moved += o.moved
	r.wrong = append(r.wrong, o.wrong...)
	for note, n := range o.caveats {
		r.caveats[note] += n
	}
	for reason, n := range o.reasons {
		r.reasons[reason] += n
	}
}

// compare compares the dump of an optimised program with that of the same program without
// optimisation, whose values are true.
func compare(optimised, truth *coredumpy.Core) (*report, error) {
	r := newReport()
	true, err := byLine(truth)
	if err != nil {
		return nil, err
	}
	got, err := byLine(optimised)
	if err != nil {
		return nil, err
	}
	for line, want := range true {
		g := got[line]
		if g == nil {
			return nil, fmt.Errorf("the optimised program has no goroutine started on line %d", line)
		}
		wants, gots := program(want), program(g)
		if !slices.EqualFunc(wants, gots, func(a, b *coredumpy.Frame) bool { return a.Line == b.Line }) {
			r.moved++
			r.wrong = append(r.wrong,
				fmt.Sprintf("line %d: got the calls %v, want %v", line, places(gots), places(wants)))
			continue
		}
		for i := range wants {
			r.frame(gots[i], wants[i])
		}
	}
	return r, nil
}

// byLine returns the goroutines of a program by the lines on which they were started.
func byLine(c *coredumpy.Core) (map[int]*coredumpy.Goroutine, error) {
	found := map[int]*coredumpy.Goroutine{}
	for _, id := range c.Goroutines() {
		g, err := c.Goroutine(id)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(g.CreatedBy.Func, "main.main") {
			found[g.CreatedBy.Line] = g
		}
	}
	return found, nil
}

// program returns the frames of the program itself, except those that the compiler makes
// around methods.
func program(g *coredumpy.Goroutine) (frames []*coredumpy.Frame) {
	for i := range g.Frames {
		if f := &g.Frames[i]; strings.HasPrefix(f.Func, "main.") && strings.HasSuffix(f.File, "/main.go") &&
			!strings.HasSuffix(f.Func, "-fm") {
			frames = append(frames, f)
		}
	}
	return frames
}

func places(frames []*coredumpy.Frame) (at []string) {
	for _, f := range frames {
		at = append(at, fmt.Sprintf("%s:%d", f.Func, f.Line))
	}
	return at
}

// frame compares the variables of a call.
func (r *report) frame(got, want *coredumpy.Frame) {
	for i := range want.Vars {
		w := &want.Vars[i]
		if w.Note != "" || !w.Value.Valid() {
			continue // this value isn't true, either
		}
		g := find(got.Vars, w)
		if g == nil {
			r.absent++
			continue
		}
		switch same := equal(g.Value, w.Value, 0); {
		case same == differs && g.Note == "":
			r.wrong = append(r.wrong,
				fmt.Sprintf("%s:%d: got %s = %s, want %s", got.Func, got.Line, g.Name, show(g.Value), show(w.Value)))
		case same == differs:
			r.doubtful++
		case same == unknown:
			r.lost++
			r.reasons[g.Value.Reason()]++
		case same == known && g.Note == "":
			r.partial++
		case g.Note != "":
			note, _, _ := strings.Cut(g.Note, " by now: ")
			r.caveats[note]++
			if *listCaveats {
				fmt.Printf("\t%s:%d: %s of line %d = %.60s: %s\n",
					got.Func, got.Line, g.Name, g.Line, show(g.Value), g.Note)
			}
		default:
			r.equal++
		}
	}
	for i := range got.Vars {
		if g := &got.Vars[i]; find(want.Vars, g) == nil && g.Value.Valid() {
			r.wrong = append(r.wrong,
				fmt.Sprintf("%s:%d: got %s = %s, which isn't there without optimisation",
					got.Func, got.Line, g.Name, show(g.Value)))
		}
	}
}

// find returns the variable on the other side that corresponds to v. Arguments of inlined
// calls have no line; captured variables may have the line of the closure.
func find(vars []coredumpy.Variable, v *coredumpy.Variable) *coredumpy.Variable {
	for i := range vars {
		o := &vars[i]
		lines := o.Line == v.Line || o.Line == 0 || v.Line == 0 || o.Role == coredumpy.Captured ||
			v.Role == coredumpy.Captured
		if o.Name == v.Name && lines && o.Shadowed == v.Shadowed {
			return o
		}
	}
	return nil
}
