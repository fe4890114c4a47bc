package pretty

import (
	"io"
	"reflect"

	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// LineAs is [Line] with a view in place of the value's own.
func LineAs(w io.Writer, v dump.Value, view *views.View, o Options) error {
	p := newPrinter(w, o)
	p.view(v, view, top, 0, "")
	return p.err
}

// hasText reports whether a value, or what a pointer points to, is shown as a text.
func (p *printer) hasText(v dump.Value) bool {
	if !p.opt.Views {
		return false
	}
	if v.Kind() == reflect.Pointer && v.Valid() {
		v = v.Elem()
	}
	view, ok := p.views.Of(v)
	return ok && view.Text != ""
}

// view writes a value by its view: on a line its text if it has one; otherwise the text and
// the children.
func (p *printer) view(v dump.Value, view *views.View, f flags, depth int, indent string) {
	fields := view.Text == "" && view.Form == views.Named && view.Len > 0 && v.Kind() == reflect.Struct
	if fields && depth > p.opt.Depth {
		p.beyond(v, f)
		return
	}
	if f.has(withType) && hasTypeShown(v.Kind()) {
		p.put(p.typeName(v.Type()) + " ")
	}
	p.put(p.name(view.Text))
	if isBytes(v) && view.Form == views.None && !v.Redacted() {
		p.cut(v, min(p.opt.String, v.Stored()), v.Stored())
	}
	if view.Form == views.None || view.Text != "" && !f.has(newlines) {
		return
	}
	if view.Text != "" {
		p.put(" ")
	}
	switch view.Form {
	case views.Inner:
		p.child(view.Child(0), f&^top|withType, depth, indent)
	case views.Map:
		p.entries(view, f, depth, indent)
	default:
		p.children(view, f, depth, indent)
	}
}

// isBytes reports whether a value is a slice of bytes, which is shown as a text.
func isBytes(v dump.Value) bool {
	return v.Kind() == reflect.Slice && v.Valid() && v.Type().Elem().Kind() == reflect.Uint8
}

// hasTypeShown reports whether the type of a value of a kind is shown before it.
func hasTypeShown(k reflect.Kind) bool {
	switch k {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		return true
	}
	return false
}

// child writes a child of a view.
func (p *printer) child(c views.Child, f flags, depth int, indent string) {
	if c.View != nil {
		p.view(c.Value, c.View, f, depth, indent)
		return
	}
	p.value(c.Value, f, depth, indent)
}

// children writes children that have names or numbers.
func (p *printer) children(view *views.View, f flags, depth int, indent string) {
	begin, end := "[", "]"
	if view.Form == views.Named {
		begin, end = "{", "}"
	}
	stored := view.Len
	if view.Form == views.List {
		stored = min(stored, p.opt.Elements)
	}
	if depth > p.opt.Depth && view.Len > 0 {
		p.put(begin + "..." + end)
		return
	}
	nl := f.has(newlines) && stored > 0
	p.put(begin)
	for i := 0; i < stored && !p.done(); i++ {
		c := view.Child(i)
		switch {
		case nl:
			p.putf("\n%s\t", indent)
		case i > 0:
			p.put(", ")
		}
		if view.Form == views.Named {
			p.put(p.name(c.Name) + ": ")
		}
		p.child(c, withType|p.inside(nl), depth+1, indent+"\t")
		if nl {
			p.put(",")
		}
	}
	if rest := int64(view.Len-stored) + view.More; rest > 0 {
		p.more(rest, stored > 0, nl, indent)
	}
	if nl {
		p.put("\n" + indent)
	}
	p.put(end)
	p.missing(view.Missing)
}

// entries writes children that have keys.
func (p *printer) entries(view *views.View, f flags, depth int, indent string) {
	stored := min(view.Len, p.opt.Elements)
	if depth >= p.opt.Depth { // keys and values may be in interfaces, which wouldn't be shown
		stored = 0
	}
	nl := f.has(newlines) && stored > 0
	p.put("[")
	for i := 0; i < stored && !p.done(); i++ {
		c := view.Child(i)
		if !p.opt.Views {
			p.entry(c.Key, c.Value, nl, depth, indent)
			continue
		}
		switch {
		case nl:
			p.putf("\n%s\t", indent)
		case i > 0:
			p.put(", ")
		}
		p.value(c.Key, 0, depth+1, indent+"\t")
		p.put(": ")
		p.child(c, p.inside(nl), depth+1, indent+"\t")
		if nl {
			p.put(",")
		}
	}
	if rest := view.Len - stored; rest > 0 {
		p.more(int64(rest), false, nl, indent)
	}
	p.close(nl, indent)
	p.missing(view.Missing)
}
