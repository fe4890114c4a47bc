package inspector

import (
	"reflect"

	"coredumpy/internal/dump"
)

// These bound the search of PathTo.
const (
	maxSearched = 5000 // parts
	maxListed   = 400  // numbered parts of each value
)

// PathTo returns an expression, to which an index may be added, for a list, a map or a text that is
// part of v, the value of expr, or v itself; "" if there is none, or it lies too deep.
func PathTo(v dump.Value, expr string, part dump.Value) string {
	type at struct {
		value dump.Value
		expr  string
	}
	todo := []at{{v, expr}}
	for n := 0; n < len(todo) && n < maxSearched; n++ {
		a := todo[n]
		p := unwrapped(a.value, a.expr)
		if same(p.Of, part) {
			return p.operand
		}
		if p = PartsOf(a.value, a.expr); p.classic != nil {
			continue
		}
		add := func(part Part) {
			if part.Expr != "" && len(todo) < maxSearched {
				todo = append(todo, at{part.Value, part.Expr})
			}
		}
		for i := range p.Named {
			add(p.NamedPart(i))
		}
		if k := p.Of.Kind(); k == reflect.Map || k == reflect.Slice || k == reflect.Array {
			for i := range min(p.Indexed, maxListed) {
				add(p.IndexedPart(i))
			}
		}
	}
	return ""
}

// same reports whether two lists, maps or texts are at the same place.
func same(a, b dump.Value) bool {
	if a.Kind() != b.Kind() || a.Type() != b.Type() || a.Len() != b.Len() || a.Addr() != b.Addr() ||
		a.Object() != b.Object() || a.Pointer() != b.Pointer() {
		return false
	}
	x, _ := a.Text()
	y, _ := b.Text()
	return x == y
}

// Operand returns an expression in a form that [i] may follow, "" if it isn't one.
func Operand(expr string) string { return operand(expr) }
