package repl

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
	"coredumpy/internal/symbol"
)

const eachHelp = `each i             in each goroutine, i in the innermost frame of the program's own code that has one
each serve i       the same in functions whose name matches the regular expression serve
each /serve/ *req  between slashes, it is one even if serve *req could be an expression
Values that are printed alike are one, with the goroutines that have it, those of most first.
20 values are shown, with -v 1000. The runtime's own goroutines aren't asked.`

// shownReasons is how many reasons for missing values each prints.
const shownReasons = 5

// each is the command each.
func (s *session) each(args string) error {
	args, verbose := cutVerbose(args)
	q, err := s.in.ParseEach(args)
	if err != nil {
		return fmt.Errorf("each: %w", err)
	}
	var found inspector.Each
	var failed error
	s.compute(func(p dump.Progress) { found, failed = s.in.Each(q, s.eachText, p) })
	switch {
	case found.Stopped:
		return nil
	case found.Goroutines == 0 && found.Without > 0:
		return fmt.Errorf("each: no goroutine has a function that matches: goroutines lists where they are")
	case found.Goroutines == 0:
		s.out.Printf("(no goroutines)\n")
		return failed
	case len(found.Values) == 0 && len(found.Missing) == 1:
		return fmt.Errorf("each: %s: in %s; each /REGEXP/ EXPRESSION asks in functions that match",
			found.Missing[0].Why, printable.Count(found.Goroutines, "goroutine"))
	}
	if len(found.Values) > 0 {
		s.eachTable(&found, verbose)
	}
	for i, m := range found.Missing {
		if i == shownReasons {
			s.out.Printf("(%d other reasons)\n", len(found.Missing)-i)
			break
		}
		have := map[bool]string{true: "has", false: "have"}[len(m.IDs) == 1]
		s.out.Printf("(%s %s no value: %s: %s)\n", printable.Count(len(m.IDs), "goroutine"), have, idList(m.IDs, false),
			printable.Line(m.Why))
	}
	return failed
}

// eachText returns a value on a line, with the doubts about it.
func (s *session) eachText(r inspector.Evaluated) string {
	o := s.show.options(limits{String: s.show.full.String, Elements: s.show.full.Elements, Depth: s.show.brief.Depth})
	o.Views, o.Bytes = true, maxLine
	text := "nil"
	switch {
	case r.Nil:
	case r.Const != nil:
		text = pretty.Constant(r.Const, o)
	default:
		text = pretty.String(r.Value, o)
		if v := r.Value; v.Kind() == reflect.Chan && v.Pointer() != 0 { // others look the same
			text += fmt.Sprintf(" at %#x", v.Pointer())
		}
	}
	if r.Noted != nil {
		text += " (" + printable.Line(r.Noted.Name) + ": " + printable.Line(r.Noted.Note()) + ")"
	}
	return text
}

// eachTable prints values, a row each, and how many there are.
func (s *session) eachTable(found *inspector.Each, verbose bool) {
	var functions []string
	alone, having := true, 0
	for i := range found.Values {
		v := &found.Values[i]
		functions = append(functions, v.Func)
		alone = alone && len(v.IDs) == 1
		having += len(v.IDs)
	}
	slices.Sort(functions)
	functions = slices.Compact(functions)
	t := table{header: []string{"goroutines", "value"}}
	if alone {
		t.header[0] = "goroutine"
	}
	if len(functions) > 1 {
		t.header = append(t.header, "in")
	}
	if !alone {
		t.header = append(t.header, "which")
	}
	most := shownPlaces
	if verbose {
		most = mostPlaces
	}
	for i := range found.Values[:min(len(found.Values), most)] {
		v := &found.Values[i]
		row := []string{strconv.Itoa(len(v.IDs)), v.Text}
		if alone {
			row[0] = strconv.FormatInt(v.IDs[0], 10)
		}
		if len(functions) > 1 {
			row = append(row, symbol.ShortType(v.Func))
		}
		if !alone {
			row = append(row, idList(v.IDs, false))
		}
		t.rows = append(t.rows, row)
	}
	t.write(s.out, s.show.columns())
	where := ""
	if len(functions) == 1 {
		where = " in " + printable.Line(functions[0])
	}
	more := ""
	switch rest := len(found.Values) - len(t.rows); {
	case rest > 0 && !verbose:
		more = fmt.Sprintf(", %d rows shown: each -v shows more", len(t.rows))
	case rest > 0:
		more = fmt.Sprintf(", %d rows shown", len(t.rows))
	}
	s.out.Printf("(%s%s, %s%s)\n", printable.Count(having, "goroutine"), where,
		printable.Count(found.Distinct, "value"), more)
}
