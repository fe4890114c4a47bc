package repl

import (
	"errors"
	"fmt"
	"go/parser"
	"strings"

	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// evaluate evaluates the argument of a command.
func (s *session) evaluate(command, expr string) (r inspector.Evaluated, err error) {
	if expr == "" {
		return r, fmt.Errorf("%s: no expression", command)
	}
	s.show.cuts = nil // of what is shown next
	if inspector.IsRows(expr) {
		return r, fmt.Errorf("%s: x[*] and where are for many values: p %s", command, expr)
	}
	return s.in.Evaluate(expr)
}

// printParts is the command pp.
func (s *session) printParts(expr string) error {
	r, err := s.evaluate("pp", expr)
	if err != nil {
		return err
	}
	parts := inspector.PartsOf(r.Value, expr)
	all := parts.Named + parts.Indexed
	if r.Const != nil || r.Nil || all == 0 {
		return s.print(expr)
	}
	s.out.Printf("%s\n", name(parts.Of.Type().String()))
	shown := parts.Named + min(parts.Indexed, s.show.full.Elements)
	for i := 0; i < shown && s.out.Err() == nil; i++ {
		s.out.Printf("    ")
		if i < parts.Named {
			s.part(parts.NamedPart(i))
		} else {
			s.part(parts.IndexedPart(i - parts.Named))
		}
		s.out.Printf("\n")
	}
	if shown < all {
		s.out.Printf("    ...+%d more\n", all-shown)
	}
	s.in.Keep(r)
	s.noteResult(expr, r)
	return nil
}

// part prints a part of a value: its name, its number or its key, and what it is.
func (s *session) part(p inspector.Part) {
	switch p.Kind {
	case inspector.Field, inspector.Captured:
		s.out.Printf("%s: ", name(p.Name))
	case inspector.Element:
		s.out.Printf("[%d]: ", p.Index)
	case inspector.Entry:
		s.out.Printf("[")
		s.show.line(p.Key)
		s.out.Printf("]: ")
	}
	s.show.line(p.Value)
}

// print is the command p.
func (s *session) print(args string) error {
	if list, ok := cutJSON(args); ok && list != "" {
		return s.printJSON(list)
	}
	args, rows, err := cutTable(args)
	if err != nil {
		return fmt.Errorf("p: %w", err)
	}
	format, expr, err := parseFormat(args)
	if err != nil {
		return fmt.Errorf("p: %w", err)
	}
	rows.format = format
	name, value, assigned := inspector.Assignment(expr)
	if assigned {
		expr = value
	}
	list := inspector.Split(expr)
	if assigned && len(list) > 1 {
		return fmt.Errorf("p: %s = takes one expression, not %d", name, len(list))
	}
	for _, expr := range list {
		if many := inspector.IsRows(expr); many || rows.table && expr != "" {
			if assigned {
				return fmt.Errorf("p: %s = takes one value: x[*] and where are for many", name)
			}
			if err := s.rows(expr, rows); err != nil {
				return err
			}
			continue
		}
		r, err := s.evaluate("p", expr)
		if err != nil {
			return err
		}
		if assigned {
			if err := s.in.Name(name, r); err != nil {
				return err
			}
		}
		if len(list) > 1 {
			s.out.Printf("%s = ", printable.Line(expr))
		}
		if err := s.show.result(expr, format, r.Result); err != nil {
			return err
		}
		s.in.Keep(r)
		s.noteResult(expr, r)
		s.pages(expr, r, false)
	}
	return nil
}

// view is the command v.
func (s *session) view(expr string) error {
	r, err := s.evaluate("v", expr)
	if err == nil {
		err = s.show.inFull(expr, r.Result)
	}
	if err != nil {
		return err
	}
	s.in.Keep(r)
	s.noteResult(expr, r)
	s.pages(expr, r, true)
	return nil
}

// noteResult shows the doubts about what an expression is made of: what holds for a
// variable holds for that.
func (s *session) noteResult(expr string, r inspector.Evaluated) {
	switch {
	case r.Noted == nil:
	case r.Noted.Name == expr:
		s.out.Printf("(%s)\n", printable.Line(r.Noted.Note()))
	default: // a doubt about a variable holds for every value made from it
		s.out.Printf("(%s: %s)\n", printable.Line(r.Noted.Name), printable.Line(r.Noted.Note()))
	}
}

// bare runs a line that is no command: an expression is printed. ok is false if it isn't one,
// or no more than a word that nothing is known of.
func (s *session) bare(line string) (ok bool, err error) {
	_, expr, assigned := inspector.Assignment(line)
	if !assigned {
		expr = line
	}
	if _, err := parser.ParseExpr(expr); err != nil && !strings.ContainsAny(expr, "$,\"") && !inspector.IsRows(expr) {
		return false, nil
	}
	err = s.print(line)
	var unknown *eval.UnknownError
	if errors.As(err, &unknown) && unknown.Package == "" && unknown.Name == line {
		return false, nil
	}
	return true, err
}

// whatis is the command whatis.
func (s *session) whatis(expr string) error {
	r, err := s.evaluate("whatis", expr)
	if err == nil {
		s.show.typ(r.Result)
	}
	return err
}
