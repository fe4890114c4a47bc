package pretty

import (
	"cmp"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// shortString is how long a string may be without making the value around it take several
// lines.
const shortString = 7

// structure writes a struct.
func (p *printer) structure(v dump.Value, f flags, depth int, indent string) {
	t := v.Type()
	n := t.NumField()
	if depth > p.opt.Depth && n > 0 {
		p.beyond(v, f)
		return
	}
	view := views.View{}
	if !p.opt.Views {
		view, _ = p.views.Classic(v)
	}
	switch {
	case view.Form == views.Map:
		p.view(v, &view, f, depth, indent)
		return
	case view.Text != "":
		p.putf("%s(%s)", p.typeName(t), p.name(view.Text))
		depth = max(depth, p.opt.Depth) // omit what the fields refer to, such as a time zone's table
	case f.has(withType):
		p.put(p.typeName(t) + " ")
	}
	stored := min(n, v.Stored())
	p.around = append(p.around, v)
	defer func() { p.around = p.around[:len(p.around)-1] }()
	nl := f.has(newlines) && (f.has(broken) || p.breaksStruct(v, stored))
	p.put("{")
	for i := 0; i < stored && !p.done(); i++ {
		name, _, _ := t.Field(i)
		if nl {
			p.putf("\n%s\t", indent)
		}
		p.put(p.name(name) + ": ")
		p.value(v.Field(i), withType|p.inside(nl), depth+1, indent+"\t")
		if nl {
			p.put(",")
		} else if i < stored-1 {
			p.put(", ")
		}
	}
	if stored < n {
		p.more(int64(n-stored), stored > 0, nl, indent)
	}
	if nl && p.opt.Views {
		p.put("\n" + indent)
	}
	p.put("}")
}

// beyond writes a struct below the depth limit.
func (p *printer) beyond(v dump.Value, f flags) {
	typ := p.typeName(v.Type())
	switch {
	case v.Addr() != 0:
		p.located(typ, v)
	case f.has(withType):
		p.put(typ + " {...}")
	default:
		p.put("{...}")
	}
}

func only(f flags, on bool) flags {
	if on {
		return f
	}
	return 0
}

// inside returns the flags for a part of a value that has lines for its parts.
func (p *printer) inside(nl bool) flags { return only(newlines, nl && !p.opt.Flat) }

// unlisted writes the place of elements or entries that aren't shown, and if the dump has none
// of them, why. A limit of the dump is said where it cuts: else it would look like the
// printer's own, and there would be more to see with another command.
func (p *printer) unlisted(v dump.Value) {
	if v.Stored() > 0 {
		p.put("[...]")
		return
	}
	why := cmp.Or(v.Reason(), caveat.Reason{Kind: caveat.NotStored})
	if why.IsLimit() {
		p.putf("[... %s]", why)
		return
	}
	p.put("[...]")
	p.missing(why)
}

// list writes a slice or an array.
func (p *printer) list(v dump.Value, f flags, depth int, indent string) {
	if v.Kind() == reflect.Slice && !v.IsNil() && v.Pointer() == 0 && v.Stored() == 0 &&
		v.Len() > 0 && v.Type().Elem().Size() > 0 {
		p.put("(unreadable non-zero length array with nil base)")
		return
	}
	if f.has(withType) {
		p.listType(v)
	}
	if v.IsNil() {
		p.put("nil")
		return
	}
	if text, ok := v.Text(); ok && v.Redacted() {
		p.put(views.Quoted(text, p.opt.String, int64(len(text))))
		p.form(v)
		return
	}
	stored := min(v.Stored(), p.opt.Elements)
	if depth > p.opt.Depth+deepLists {
		stored = 0
	}
	if stored == 0 && v.Len() > 0 {
		p.unlisted(v)
		return
	}
	nl := f.has(newlines) && p.breaksList(v, stored)
	each := p.inside(nl)
	if each.has(newlines) && p.opt.Views && p.breaksElement(v, stored) {
		each |= broken
	}
	p.put("[")
	for i := 0; i < stored && !p.done(); i++ {
		if nl {
			p.putf("\n%s\t", indent)
		}
		p.value(v.Index(i), each, depth+1, indent+"\t")
		if i < stored-1 || nl {
			p.put(",")
		}
	}
	if rest := v.Len() - int64(stored); rest > 0 {
		p.more(rest, true, nl, indent)
		p.cut(v, stored, v.Stored())
	}
	p.close(nl, indent)
	p.missing(v.Reason())
}

// listType writes the type of a slice or an array, and how long a slice is.
func (p *printer) listType(v dump.Value) {
	p.put(p.typeName(v.Type()) + " ")
	switch {
	case v.Kind() != reflect.Slice || p.opt.Views && v.IsNil():
	case v.Cap() < 0:
		p.putf("len: %d, cap: ?, ", v.Len())
	default:
		p.putf("len: %d, cap: %d, ", v.Len(), v.Cap())
	}
}

// cut tells that the first parts of a value are shown, of those in the dump.
func (p *printer) cut(v dump.Value, shown, stored int) {
	if p.opt.Cut != nil && shown < stored && !p.done() {
		p.opt.Cut(v, shown)
	}
}

// mapping writes a map.
func (p *printer) mapping(v dump.Value, f flags, depth int, indent string) {
	if f.has(withType) {
		p.put(p.typeName(v.Type()) + " ")
	}
	if v.IsNil() {
		p.put("nil")
		return
	}
	stored := min(v.Stored(), p.opt.Elements)
	if depth > p.opt.Depth {
		stored = 0
	}
	if stored == 0 && v.Len() > 0 {
		p.unlisted(v)
		return
	}
	nl := f.has(newlines) && stored > 0
	p.put("[")
	if stored > 0 {
		v = v.Sorted()
	}
	for i := 0; i < stored && !p.done(); i++ {
		key, elem := v.Entry(i)
		if p.opt.Views && !nl && i > 0 {
			p.put(", ")
		}
		p.entry(key, elem, nl, depth, indent)
	}
	if rest := v.Len() - int64(stored); rest > 0 {
		p.more(rest, p.opt.Views, nl, indent)
		p.cut(v, stored, v.Stored())
	}
	p.close(nl, indent)
	p.missing(v.Reason())
}

// entry writes an entry of a map.
func (p *printer) entry(key, elem dump.Value, nl bool, depth int, indent string) {
	if nl {
		p.putf("\n%s\t", indent)
	}
	p.value(key, 0, depth+1, indent+"\t")
	p.put(": ")
	p.value(elem, p.inside(nl), depth+1, indent+"\t")
	switch {
	case !p.opt.Views:
		p.put(", ")
	case nl:
		p.put(",")
	}
}

// more writes how many fields, elements or entries were left out.
func (p *printer) more(n int64, comma, nl bool, indent string) {
	switch {
	case nl:
		p.putf("\n%s\t", indent)
	case comma:
		p.put(",")
	}
	p.putf("...+%d more", n)
}

func (p *printer) close(nl bool, indent string) {
	if nl {
		p.put("\n" + indent)
	}
	p.put("]")
}

// breaksStruct reports whether a struct's fields read better on lines of their own: one of
// them is a container, a struct or a longer string.
func (p *printer) breaksStruct(v dump.Value, stored int) bool {
	for i := range stored {
		_, typ, _ := v.Type().Field(i)
		if p.breaks(typ, v.Field(i)) {
			return true
		}
	}
	return false
}

// breaksElement reports whether one of the elements of a list is a struct whose fields have lines of
// their own: then those of all have.
func (p *printer) breaksElement(v dump.Value, stored int) bool {
	for i := range stored {
		e := v.Index(i)
		for n := 0; e.Kind() == reflect.Pointer && e.Valid() && !e.IsNil() && n < maxNesting; n++ {
			e = e.Elem()
		}
		if e.Kind() != reflect.Struct || !e.Valid() {
			continue
		}
		if p.breaksStruct(e, min(e.Type().NumField(), e.Stored())) {
			return true
		}
	}
	return false
}

// breaksList is breaksStruct for elements.
func (p *printer) breaksList(v dump.Value, stored int) bool {
	elem := v.Type().Elem()
	if elem.Kind() != reflect.String {
		return stored > 0 && p.breaks(elem, v)
	}
	for i := range stored {
		if p.breaks(elem, v.Index(i)) {
			return true
		}
	}
	return false
}

// breaks reports whether a v of type t needs lines of its own. v matters only if it is a
// string.
func (p *printer) breaks(t *dump.Type, v dump.Value) bool {
	pointer, name := false, t.String()
	for range maxNesting {
		if t.Kind() != reflect.Pointer {
			break
		}
		t, pointer = t.Elem(), true
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Struct, reflect.Map, reflect.Interface:
		return true
	case reflect.Invalid: // the dump has no value of the type: most pointers point to structs
		return pointer && strings.Contains(name, ".")
	case reflect.String:
		text, _ := v.Text()
		return pointer || len(text) > shortString
	}
	return false
}
