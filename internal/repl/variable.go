package repl

import (
	"fmt"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/printable"
)

func isArgument(v *dump.Variable) bool { return v.Role == dump.Argument || v.Role == dump.Result }

func isLocal(v *dump.Variable) bool { return !isArgument(v) }

// args is the command args.
func (s *session) args(args string) error { return s.frameVariables("args", args, isArgument) }

// locals is the command locals.
func (s *session) locals(args string) error { return s.frameVariables("locals", args, isLocal) }

func (s *session) frameVariables(what, args string, is func(*dump.Variable) bool) error {
	filter, err := parseVariables(args)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	f, _, err := s.in.Frame()
	if err != nil {
		return err
	}
	if filter.json {
		s.variablesJSON(f.Vars(), filter, is)
		return nil
	}
	s.tellUnparsed(f)
	switch {
	case s.variables(f.Vars(), "", filter, is):
	case f.Note.Kind != caveat.None:
		s.out.Printf("(no %s: %s)\n", what, printable.Line(f.Note.String()))
	case f.PC == 0 && len(s.in.Head().Notes) > 0: // from a traceback, without debug information
		s.out.Printf("(no %s: info says why)\n", what)
	default:
		s.out.Printf("(no %s)\n", what)
	}
	return nil
}

// vars is the command vars.
func (s *session) vars(args string) error {
	filter, err := parseVariables(args)
	if err != nil {
		return fmt.Errorf("vars: %w", err)
	}
	globals, err := s.in.Globals()
	if filter.json {
		s.variablesJSON(globals, filter, func(*dump.Variable) bool { return true })
		return err
	}
	if !s.variables(globals, "", filter, func(*dump.Variable) bool { return true }) && err == nil {
		s.out.Printf("(no vars)\n")
	}
	return err
}

// variables prints the wanted variables, "name = value (note)", and reports whether
// there was one.
func (s *session) variables(vars []dump.Variable, indent string, wanted filter,
	is func(*dump.Variable) bool) (found bool) {
	cut, columns := false, s.show.columns()
	for i := range vars {
		v := &vars[i]
		if !is(v) || !wanted.wants(v.Name) || s.out.Err() != nil {
			continue
		}
		found = true
		start := indent + printable.Line(v.Name) + " = "
		if v.Shadowed {
			start = indent + "(" + printable.Line(v.Name) + ") = "
		}
		if wanted.verbose {
			s.out.Printf("%s", start)
			s.show.value(v.Value)
			s.out.Printf("%s", noteOf(v))
		} else if !s.onLine(start, v, columns) {
			cut = true
		}
		s.out.Printf("\n")
	}
	if cut && indent == "" {
		s.out.Printf("(… is where a line was cut: v NAME prints more)\n")
	}
	return found
}

// onLine prints a variable's value behind the start of a line, as much as fits, and the doubts about
// it. It reports whether the value was printed whole.
func (s *session) onLine(start string, v *dump.Variable, columns int) (whole bool) {
	note := noteOf(v)
	s.out.Printf("%s", start)
	whole = s.show.viewed(v.Value, columns-printable.Width(start+note, 0))
	s.out.Printf("%s", note)
	return whole
}

// noteOf returns the doubts about a variable, to be put behind its value.
func noteOf(v *dump.Variable) string {
	if note := v.Note(); note != "" {
		return " (" + printable.Line(note) + ")"
	}
	return ""
}
