package inspector

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// PartKind is the relation of a part to its value.
type PartKind int

// These are the kinds of parts. Fields, captured variables and targets have names or are
// few; elements and entries are numbered, and there may be millions.
const (
	Field    PartKind = iota // of a struct
	Captured                 // a variable captured by a func value
	Target                   // the target of a pointer, if it isn't a struct
	Element                  // of a slice, an array, or a channel's buffer
	Entry                    // of a map
	Fields                   // the value itself, whose parts are its fields
)

// Part is a part of a value.
type Part struct {
	Kind  PartKind
	Name  string     // of a field or a captured variable
	Index int        // of an element
	Key   dump.Value // of an entry
	Value dump.Value
	View  *views.View // how to show Value, nil for its own view
	Expr  string      // evaluates to Value in the frame of the whole, "" if no expression does
}

// Parts are the parts of a value that are in the dump. A pointer to a struct has the
// struct's fields as parts, and an interface the parts of the value in it.
type Parts struct {
	Of             dump.Value    // the value with the parts
	Named, Indexed int           // how many there are
	Missing        caveat.Reason // why the view has fewer than there were

	Held *Held // of [Viewed]: what the value holds whose parts these are; nil if they are its own

	operand string      // an expression for Of, "" if there is none
	view    *views.View // whose children they are, nil for fields and elements
	classic *views.View // whose entries they are
}

// Held is a value in another one that is shown in place of it.
type Held struct {
	Value dump.Value
	Expr  string      // evaluates to Value, "" if no expression does
	View  *views.View // how to show Value, nil for its own view
}

// maxIndirection bounds how many interfaces and pointers lead to the parts of a value: in
// a forged dump they may form a cycle.
const maxIndirection = 16

// PartsOf returns the parts of a value. expr is an expression for it in its frame, or "".
func PartsOf(v dump.Value, expr string) *Parts { return PartsBy(nil, v, expr) }

// PartsBy is PartsOf with a shared reader, which bounds the work for many values.
func PartsBy(shared *views.Reader, v dump.Value, expr string) *Parts {
	p := unwrapped(v, expr)
	if p.Of.Valid() {
		p.count(shared)
	}
	return p
}

// readerOf returns a reader that has looked at nothing yet.
func readerOf(shared *views.Reader, longest int) *views.Reader {
	if shared != nil {
		return shared.Again(longest)
	}
	return views.NewReader(longest)
}

// unwrapped returns what an interface holds and a pointer to a struct points to.
func unwrapped(v dump.Value, expr string) *Parts {
	p := &Parts{Of: v, operand: operand(expr)}
	for range maxIndirection {
		switch {
		case p.Of.Kind() == reflect.Interface && p.Of.Valid() && !p.Of.IsNil():
			p.Of = p.Of.Elem()
			p.operand = joined(p.operand, ".(data)")
			continue
		case p.Of.Kind() == reflect.Pointer && p.Of.Valid() && p.Of.Elem().Kind() == reflect.Struct:
			if p.Of.Elem().Type() != p.Of.Type().Elem() {
				p.operand = "" // in a forged dump the fields of the type may not exist
			}
			p.Of = p.Of.Elem()
		}
		break
	}
	return p
}

func (p *Parts) count(shared *views.Reader) {
	switch v := p.Of; v.Kind() {
	case reflect.Struct:
		if view, ok := readerOf(shared, 0).Classic(v); ok && view.Form == views.Map {
			p.classic, p.Indexed = &view, view.Len
			return
		}
		p.Named = min(v.Type().NumField(), v.Stored())
	case reflect.Func:
		if closure := v.Closure(); closure.Valid() && closure.Kind() == reflect.Struct {
			p.Named = min(closure.Type().NumField(), closure.Stored())
		}
	case reflect.Pointer:
		if v.Elem().Valid() {
			p.Named = 1
		}
	case reflect.Map:
		p.Of = v.Sorted()
		p.Indexed = v.Stored()
	case reflect.Slice, reflect.Array, reflect.Chan:
		p.Indexed = v.Stored()
	}
}

// NamedPart returns part i of the named or few ones.
func (p *Parts) NamedPart(i int) Part {
	switch {
	case p.view != nil && i == p.Named-1:
		return Part{Kind: Fields, Value: p.Of, Expr: p.operand}
	case p.view != nil:
		return p.viewed(i)
	}
	switch v := p.Of; v.Kind() {
	case reflect.Pointer:
		return Part{Kind: Target, Value: v.Elem(), Expr: prefixed("*", p.operand)}
	case reflect.Func:
		return p.field(Captured, v.Closure(), i)
	default:
		return p.field(Field, v, i)
	}
}

func (p *Parts) field(kind PartKind, v dump.Value, i int) Part {
	name, _, _ := v.Type().Field(i)
	part := Part{Kind: kind, Name: name, Value: v.Field(i)}
	if name != "_" && token.IsIdentifier(name) && fieldsNamed(v.Type(), name) == 1 {
		part.Expr = joined(p.operand, "."+name)
	}
	return part
}

// fieldsNamed returns how many fields of a struct have this name: in a forged dump several
// may.
func fieldsNamed(t *dump.Type, name string) (n int) {
	for i := range t.NumField() {
		if is, _, _ := t.Field(i); is == name {
			n++
		}
	}
	return n
}

// IndexedPart returns part i of the numbered ones.
func (p *Parts) IndexedPart(i int) Part {
	if p.view != nil {
		return p.viewed(i)
	}
	if p.classic != nil {
		entry := p.classic.Child(i)
		return Part{Kind: Entry, Key: entry.Key, Value: entry.Value}
	}
	switch v := p.Of; v.Kind() {
	case reflect.Map:
		key, value := v.Entry(i)
		part := Part{Kind: Entry, Key: key, Value: value}
		if text := KeyLiteral(key); text != "" {
			part.Expr = joined(p.operand, "["+text+"]")
		}
		return part
	case reflect.Chan:
		return Part{Kind: Element, Index: i, Value: v.Index(i)}
	default:
		part := Part{Kind: Element, Index: i, Value: v.Index(i)}
		if !v.Redacted() {
			part.Expr = joined(p.operand, fmt.Sprintf("[%d]", i))
		}
		return part
	}
}

// operand returns an expression in a form that .x or [i] may follow, "" if it isn't one.
func operand(expr string) string {
	if isPath(expr) { // most are, and parsing takes time
		return expr
	}
	parsed, err := parser.ParseExpr(expr)
	if err != nil {
		return ""
	}
	switch parsed.(type) {
	case *ast.SelectorExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.ParenExpr, *ast.TypeAssertExpr, *ast.CallExpr:
		return expr
	}
	return "(" + expr + ")"
}

// isPath reports whether an expression has only names, fields and indexes, such as x.a[1].b. It
// takes other text for one, too, but none that is an expression.
func isPath(expr string) bool {
	for i, r := range strings.ReplaceAll(expr, ".(data)", "") {
		switch {
		case r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		case i > 0 && (r >= '0' && r <= '9' || r == '.' || r == '[' || r == ']'):
		default:
			return false
		}
	}
	return true
}

// maxOperand bounds an expression, in bytes: each level of a value adds to it, and a long
// one can't be evaluated.
const maxOperand = 2000

func joined(operand, more string) string {
	if operand == "" || len(operand)+len(more) > maxOperand {
		return ""
	}
	return operand + more
}

func prefixed(before, operand string) string {
	if operand == "" {
		return ""
	}
	return before + operand
}
