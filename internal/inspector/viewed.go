package inspector

import (
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/pretty"
	"coredumpy/internal/views"
)

// quoted bounds the texts of the program that a view of a part quotes, in bytes.
const quoted = 200

// Viewed returns the parts of a value as people read it: the children of its view, and then the
// value with its fields, as [PartsOf] has them; without a view that has children, its fields. Of
// what holds one value, such as an atomic.Pointer, they are the parts of that. view is the view, nil
// for the value's own.
func Viewed(v dump.Value, expr string, view *views.View) *Parts { return ViewedBy(nil, v, expr, view) }

// ViewedBy is Viewed with a shared reader, which bounds the work for many values.
func ViewedBy(shared *views.Reader, v dump.Value, expr string, view *views.View) *Parts {
	p := unwrapped(v, expr)
	var held *Held
	for range maxIndirection {
		if view == nil {
			own, ok := readerOf(shared, quoted).Of(p.Of)
			if !ok || own.Len == 0 {
				break
			}
			view = &own
		}
		if view.Form != views.Inner {
			break
		}
		c := view.Child(0)
		held = &Held{c.Value, joinedPath(p.operand, c.Path), c.View}
		p, view = unwrapped(held.Value, held.Expr), held.View
	}
	if p.Held = held; !p.Of.Valid() {
		return p
	}
	if p.count(shared); view == nil || view.Len == 0 || p.classic != nil {
		return p
	}
	p.view, p.Missing, p.Named, p.Indexed = view, view.Missing, 0, 0
	if view.Form == views.Named {
		p.Named = view.Len
	} else {
		p.Indexed = view.Len
	}
	p.Named++ // the fields
	return p
}

// joinedPath returns an expression for a child of what operand means, "" if there is none.
func joinedPath(operand, path string) string {
	if path == "" {
		return ""
	}
	return joined(operand, path)
}

// viewed returns child i of a view as a part.
func (p *Parts) viewed(i int) Part {
	c := p.view.Child(i)
	part := Part{Index: i, Key: c.Key, Value: c.Value, View: c.View, Expr: joinedPath(p.operand, c.Path)}
	switch p.view.Form {
	case views.Map:
		part.Kind = Entry
	case views.List:
		part.Kind = Element
	default:
		part.Kind, part.Name = Field, c.Name
	}
	return part
}

// String returns the part's value on a line.
func (p *Part) String(o pretty.Options) string {
	if p.View == nil {
		return pretty.String(p.Value, o)
	}
	var b strings.Builder
	pretty.LineAs(&b, p.Value, p.View, o)
	return b.String()
}
