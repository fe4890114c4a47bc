package walk

import (
	"strings"
)

// If Rules.ShowsText is set, text is hidden but for that in what it names. Numbers are
// hidden only by the rules about names.
//
// A name shows the value itself: text and bytes, elements, entries, and what pointers and
// interfaces lead to, but not what is in a struct: the struct's type and its fields have
// names of their own. Structs without a name, and those of the standard library that only
// hold values, show what the place that they are in shows.

// shows reports whether text in a context may be shown.
func (w *Walker) shows(c context) bool { return w.rules.ShowsText == nil || c.shown }

// showsType reports whether text in the values of a type may be shown.
func (w *Walker) showsType(name string) bool {
	return w.rules.ShowsText != nil && ShowsType(w.rules.ShowsText, name)
}

// ShowsType reports whether a rule shows text in the values of the type of a name.
func ShowsType(rule func(pkg, name string) bool, name string) bool {
	pkg, name, ok := declared(name)
	return ok && rule(pkg, name)
}

// declared returns the package and the qualified name with which a type was declared,
// without type arguments; ok is false for the types of Go itself and for type literals.
func declared(name string) (pkg, qualified string, ok bool) {
	if ownName(name) == "" {
		return "", "", false
	}
	qualified, _, _ = strings.Cut(name, "[")
	i := strings.LastIndexByte(qualified, '.')
	if i <= 0 {
		return "", "", false
	}
	return qualified[:i], qualified, true
}

// showFields finds out which fields of a struct may be shown.
func (w *Walker) showFields(r *typeRef) {
	if w.rules.ShowsText == nil {
		return
	}
	pkg, name, ok := declared(r.t.Name)
	if !ok {
		r.passes = true
		return
	}
	r.passes = r.container
	for i, f := range r.t.Fields() {
		r.fields[i].shown = w.rules.ShowsText(pkg, name+"."+f.Name)
	}
}

// showsField reports whether text in field i of a struct may be shown, given whether text
// may be where the struct is.
func (r *typeRef) showsField(i int, shown bool) bool {
	return r.shown || r.fields[i].shown || r.passes && shown
}
