package repl

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
	"coredumpy/internal/views"
)

const chainHelp = `A row is a link: what to put behind the expression for the link before, the type if it is
another one, and the value without what leads to other links. ↺ 2 is link number 2 again.
chain err     an error, and the errors that it wraps: of types of the standard library as they are
              known to wrap them, of others by their fields of type error
chain ctx     a context, and those that it is made from
chain r.Body  a reader or a writer, and what it reads from or writes to
chain head    a list, by the field that points to the same type; -by FIELD follows another one
20 links are shown, with -v 1000.`

// chain is the command chain.
func (s *session) chain(args string) error {
	args, verbose := cutVerbose(args)
	by := ""
	if rest, ok := strings.CutPrefix(args, "-by "); ok {
		by, args, _ = strings.Cut(strings.TrimSpace(rest), " ")
		if args = strings.TrimSpace(args); args == "" {
			return fmt.Errorf("chain: -by needs a field and an expression: chain -by %s head", by)
		}
	}
	r, err := s.evaluate("chain", args)
	switch {
	case err != nil:
		return err
	case r.Const != nil || r.Nil:
		return fmt.Errorf("chain: %s is a constant: it leads to no other value", args)
	}
	most := shownPlaces
	if verbose {
		most = mostPlaces
	}
	var c inspector.Chain
	s.compute(func(p dump.Progress) { c, err = s.in.ChainOf(r.Value, strings.TrimPrefix(by, "."), most, p) })
	switch {
	case err != nil:
		return fmt.Errorf("chain: %s: %w", args, err)
	case c.Stopped:
		return nil
	}
	s.links(args, c.Links)
	switch rest := c.All - len(c.Links); {
	case c.Cut:
		s.out.Printf("(more than %s)\n", printable.Count(c.All, "link"))
	case rest > 0 && !verbose:
		s.out.Printf("(%s, %d of them shown: chain -v shows more)\n", printable.Count(c.All, "link"), len(c.Links))
	case rest > 0:
		s.out.Printf("(%s, %d of them shown)\n", printable.Count(c.All, "link"), len(c.Links))
	}
	s.noteResult(args, r)
	return nil
}

// links prints the links of a chain that begins with an expression.
func (s *session) links(expr string, links []inspector.Link) {
	columns := s.show.columns()
	digits, width := len(strconv.Itoa(len(links)-1)), 0
	start := func(i int) string {
		l := &links[i]
		what := l.Step
		if i == 0 {
			what = expr
		}
		return printable.Cut(strings.Repeat("  ", l.Depth)+printable.Line(what), max(columns/3, 1))
	}
	for i := range links {
		width = max(width, printable.Width(start(i), 0))
	}
	for i := range links {
		if s.out.Err() != nil {
			return
		}
		text := start(i)
		text += strings.Repeat(" ", width-printable.Width(text, 0))
		text = fmt.Sprintf("%*d  %s  ", digits, i, text)
		var before *dump.Type
		if i > 0 {
			before = links[i-1].Value.Type()
		}
		io.WriteString(s.out, printable.Cut(text+s.link(&links[i], before), columns)+"\n")
	}
}

// link returns a link on a line. before is the type of the one before it.
func (s *session) link(l *inspector.Link, before *dump.Type) string {
	switch {
	case l.Again >= 0:
		return "↺ " + strconv.Itoa(l.Again)
	case l.Why.Kind != 0:
		return pretty.NoValue(l.Why, name)
	}
	o := s.show.options(s.show.brief)
	o.Views, o.Bytes, o.Untyped = true, maxLine, true
	var b strings.Builder
	if l.Value.Type() != before {
		b.WriteString(name(views.TypeName(l.Value.Type())) + " ")
	}
	if l.View == nil {
		pretty.Line(&b, l.Value, o)
	} else {
		pretty.LineAs(&b, l.Value, l.View, o)
	}
	return b.String()
}
