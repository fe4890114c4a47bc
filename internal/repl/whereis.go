package repl

import (
	"errors"
	"fmt"
	"go/token"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/heap"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

const whereisHelp = `Each line is a command that prints it: in the frames of the selected goroutine, then in those of
others, where goroutines in the same place of the same function share a line, and then the
package-level variables of that name.`

// found is the frames in which a name means a variable with a value, at one place.
type found struct {
	at         heap.Path
	variable   *dump.Variable
	goroutines []int64
}

// whereis is the command whereis.
func (s *session) whereis(args string) error {
	if !token.IsIdentifier(args) {
		return fmt.Errorf("whereis: %q is not a name", args)
	}
	var all []*found
	var failed error
	columns := s.show.columns()
	s.compute(func(p dump.Progress) { all, failed = s.framesWith(args, p) })
	for i, f := range all {
		if i == mostPlaces {
			s.out.Printf("(%s more)\n", printable.Count(len(all)-i, "place"))
			break
		}
		s.onLine(s.command(f.at)+"   ", f.variable, columns)
		if rest := len(f.goroutines) - 1; rest > 0 {
			s.out.Printf("   and in %s more: %s", printable.Count(rest, "goroutine"), idList(f.goroutines[1:], false))
		}
		s.out.Printf("\n")
	}
	globals, err := s.in.Globals()
	failed = errors.Join(failed, err)
	any := len(all) > 0
	for i := range globals {
		v := &globals[i]
		if strings.HasSuffix(v.Name, "."+args) && v.Value.Valid() && inspector.GlobalExpr(v.Name) != "" {
			any = true
			s.onLine("p "+printable.Line(inspector.GlobalExpr(v.Name))+"   ", v, columns)
			s.out.Printf("\n")
		}
	}
	if !any && failed == nil && s.out.Err() == nil {
		s.out.Printf("no variable %s has a value\n", args)
	}
	return failed
}

// framesWith returns the places where a name means a variable with a value, those of the
// selected goroutine first.
func (s *session) framesWith(variable string, p dump.Progress) (all []*found, failed error) {
	var own int64
	if g, err := s.in.Selected(); err == nil {
		own = g.ID
		for i := range g.Frames {
			if v := withValue(&g.Frames[i], variable); v != nil {
				all = append(all, &found{heap.Path{Goroutine: own, Frame: i, Expr: variable}, v, nil})
			}
		}
	}
	others := map[dump.Place]*found{}
	failed = s.eachGoroutine(p, func(g *dump.Goroutine) {
		if g.ID == own {
			return
		}
		for i := range g.Frames {
			f := &g.Frames[i]
			v := withValue(f, variable)
			if v == nil {
				continue
			}
			at := others[f.Place]
			if at == nil {
				at = &found{at: heap.Path{Goroutine: g.ID, Frame: i, Expr: variable}, variable: v}
				others[f.Place] = at
				all = append(all, at)
			}
			at.goroutines = append(at.goroutines, g.ID)
		}
	})
	return all, failed
}

// withValue returns the variable that a name means in a frame, nil if it has no value.
func withValue(f *dump.Frame, name string) *dump.Variable {
	if !f.Declares(name) { // which needs no source, unlike Variable
		return nil
	}
	if v := f.Variable(name); v != nil && v.Value.Valid() {
		return v
	}
	return nil
}
