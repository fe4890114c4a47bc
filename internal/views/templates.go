package views

import (
	"fmt"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
)

// How package text/template keeps templates: src/text/template/template.go, exec.go, parse/parse.go
// and parse/node.go; html/template: src/html/template/template.go. Go 1.24 to 1.27.

// ofTemplate shows a template by its name.
func ofTemplate(r *Reader, v dump.Value) (view View, ok bool) {
	if text, has := at(v, "text", reflect.Pointer); has { // of html/template
		if text.IsNil() {
			return view, false
		}
		v = text.Elem()
	}
	name, ok := textAt(v, "name")
	return View{Text: r.quoted(name)}, ok
}

// ofTree shows the parsed text of a template by its name.
func ofTree(r *Reader, v dump.Value) (view View, ok bool) {
	name, ok := textAt(v, "Name")
	return View{Text: r.quoted(name)}, ok
}

// ofExecution shows the state of a template's execution: which one, and where it is.
func ofExecution(r *Reader, v dump.Value) (view View, ok bool) {
	p, ok1 := at(v, "tmpl", reflect.Pointer)
	node, ok2 := at(v, "node", reflect.Interface)
	if !ok1 || !ok2 || p.IsNil() {
		return view, false
	}
	name, ok := textAt(p.Elem(), "name")
	text := r.quoted(name)
	if !node.IsNil() {
		of, _ := dynamic(node)
		place, ok := View{}, false
		if pkg, _ := splitName(of.Type().String()); pkg == "text/template/parse" {
			place, ok = r.Of(of)
		}
		if !ok {
			return view, false
		}
		text += " at " + place.Text
	}
	return View{Text: text}, ok
}

// ofNode shows a node of a parsed template by its place: that of its method ErrorContext, the
// column counted from 0 in bytes.
func ofNode(r *Reader, v dump.Value) (view View, ok bool) {
	pos, ok1 := fieldOf(v, "Pos")
	tree, ok2 := at(v, "tr", reflect.Pointer)
	if !ok1 || !ok2 || !pos.Valid() || pos.Kind() != reflect.Int || tree.IsNil() {
		return view, false
	}
	name, ok1 := textAt(tree.Elem(), "ParseName")
	text, ok2 := textAt(tree.Elem(), "text")
	source, _ := fieldOf(tree.Elem(), "text")
	if !ok1 || !ok2 || source.Redacted() || pos.Int() < 0 || pos.Int() > int64(len(text)) {
		return view, false
	}
	before := text[:pos.Int()]
	column := len(before) - strings.LastIndexByte(before, '\n') - 1
	if !strings.Contains(before, "\n") { // as the method counts
		column = len(before)
	}
	return View{Text: fmt.Sprintf("%s:%d:%d", r.quoted(name), 1+strings.Count(before, "\n"), column)}, true
}
