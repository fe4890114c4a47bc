package repl

import (
	"fmt"

	"coredumpy/internal/inspector"
	"coredumpy/internal/safetext"
)

// evaluate evaluates the argument of a command.
func (s *session) evaluate(command, expr string) (r inspector.Evaluated, err error) {
	if expr == "" {
		return r, fmt.Errorf("%s: no expression", command)
	}
	return s.in.Evaluate(expr)
}

// print is the command p.
func (s *session) print(args string) error {
	format, expr, err := parseFormat(args)
	if err != nil {
		return fmt.Errorf("p: %w", err)
	}
	r, err := s.evaluate("p", expr)
	if err != nil {
		return err
	}
	if err := s.show.result(expr, format, r.Result); err != nil {
		return err
	}
	switch {
	case r.Noted == nil:
	case r.Noted.Name == expr:
		s.out.Printf("(%s)\n", safetext.Line(r.Noted.Note()))
	default: // a doubt about a variable holds for every value made from it
		s.out.Printf("(%s: %s)\n", safetext.Line(r.Noted.Name), safetext.Line(r.Noted.Note()))
	}
	return nil
}

// whatis is the command whatis.
func (s *session) whatis(expr string) error {
	r, err := s.evaluate("whatis", expr)
	if err == nil {
		s.show.typ(r.Result)
	}
	return err
}
