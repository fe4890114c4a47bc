package repl

import (
	"fmt"
	"reflect"
	"slices"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/printable"
)

// An empty line after a value that was cut goes on where it was cut, a page at a time.

// cut is a list, a map or a text of which the first parts were shown.
type cut struct {
	value dump.Value
	shown int
}

// maxCuts bounds how many places an empty line goes on with.
const maxCuts = 20

// noteCut notes what a value that is shown was cut at.
func (p *printer) noteCut(v dump.Value, shown int) {
	if len(p.cuts) < maxCuts && shown > 0 {
		p.cuts = append(p.cuts, cut{v, shown})
	}
}

// page is what an empty line goes on with.
type page struct {
	expr        string // of the list, map or text
	from, limit int
	stored      int
}

// pages has empty lines go on with the parts of a value that were cut: the value itself first. views
// says that values are shown as people read them.
func (s *session) pages(expr string, r inspector.Evaluated, views bool) {
	cuts := s.show.cuts
	s.show.cuts = nil
	if len(cuts) == 0 || s.sh.Prompt == "" || s.out.Err() != nil {
		return
	}
	var all []page
	for _, c := range cuts {
		operand := inspector.PathTo(r.Value, expr, c.value)
		if operand == "" {
			continue
		}
		all = append(all, s.show.pageOf(c, operand, views))
	}
	outermost := func(a, b page) int { return len(a.expr) - len(b.expr) }
	if len(all) > 0 {
		first := slices.MinFunc(all, outermost)
		if first.expr == inspector.Operand(expr) {
			all = append([]page{first}, slices.DeleteFunc(all, func(p page) bool { return p == first })...)
		}
		s.goOn(all, views)
	}
}

// pageOf returns the page behind what was shown of a value.
func (p *printer) pageOf(c cut, expr string, views bool) page {
	next := page{expr, c.shown, p.full.Elements, c.value.Stored()}
	switch k := c.value.Kind(); {
	case k == reflect.String:
		text, _ := c.value.Text()
		next.limit, next.stored = p.full.String, len(text)
	case views && k == reflect.Slice && c.value.Type().Elem().Kind() == reflect.Uint8:
		next.limit = p.full.String
	}
	return next
}

// goOn has the next empty line print a page.
func (s *session) goOn(pages []page, views bool) {
	if len(pages) == 0 {
		s.sh.More = func() error {
			s.out.Printf("(that is all of it)\n")
			return nil
		}
		return
	}
	p := &pages[0]
	s.out.Printf("(Enter goes on with %s)\n", printable.Line(p.String()))
	s.sh.More = func() error {
		shown := p.String()
		if p.from = p.to(); p.from >= p.stored {
			pages = pages[1:]
		}
		r, err := s.in.Evaluate(shown)
		if err != nil {
			s.sh.More = nil
			return err
		}
		s.out.Printf("%s = ", printable.Line(shown))
		if views {
			err = s.show.inFull(shown, r.Result)
		} else {
			err = s.show.result(shown, "", r.Result)
		}
		s.show.cuts = nil
		if err != nil {
			s.sh.More = nil
			return err
		}
		s.noteResult(shown, r)
		s.goOn(pages, views)
		return nil
	}
}

func (p *page) to() int { return min(p.from+max(p.limit, 1), p.stored) }

// String returns the expression of the page.
func (p *page) String() string { return fmt.Sprintf("%s[%d:%d]", p.expr, p.from, p.to()) }
