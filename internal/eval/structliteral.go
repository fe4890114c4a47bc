package eval

import (
	"fmt"
	"go/ast"

	"coredumpy/internal/dump"
)

// structLiteral evaluates T{x, y} or T{f: x}.
func (e *evaluation) structLiteral(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	v = t.Zero()
	if len(n.Elts) == 0 {
		return v, nil
	}
	if err := e.step(t.NumField()); err != nil {
		return v, err
	}
	at, err := e.fieldPlaces(n, t)
	if err != nil {
		return v, err
	}
	parts := make([]dump.Value, t.NumField())
	for i := range parts {
		parts[i] = v.Field(i)
	}
	for i, elt := range n.Elts {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			elt = pair.Value
		}
		_, typ, _ := t.Field(at[i])
		if parts[at[i]], err = e.assigned(elt, typ); err != nil {
			return v, err
		}
	}
	if _, named := n.Elts[0].(*ast.KeyValueExpr); !named && len(at) < len(parts) {
		return v, fmt.Errorf("too few values in %s: %s has %d fields", e.source(n), t, len(parts))
	}
	return t.OfParts(parts), nil
}

// fieldPlaces returns the index of the field that each element of a literal sets. Either all are
// named, or none is.
func (e *evaluation) fieldPlaces(n *ast.CompositeLit, t *dump.Type) (at []int, err error) {
	_, named := n.Elts[0].(*ast.KeyValueExpr)
	set := map[int]bool{}
	for i, elt := range n.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		switch {
		case ok != named:
			return nil, fmt.Errorf("mixture of field:value and value elements in struct literal %s", e.source(n))
		case ok:
			if i = fieldNamed(t, pair.Key); i < 0 {
				return nil, fmt.Errorf("%s has no member %s", t, e.source(pair.Key))
			}
		}
		if set[i] {
			return nil, fmt.Errorf("duplicate field in %s", e.source(n))
		}
		set[i] = true
		at = append(at, i)
	}
	if count := t.NumField(); len(at) > count {
		return nil, fmt.Errorf("too many values in %s: %s has %d fields", e.source(n), t, count)
	}
	return at, nil
}

// fieldNamed returns the index of a field of a struct type, -1 if it has none of that name.
func fieldNamed(t *dump.Type, name ast.Expr) int {
	id, ok := name.(*ast.Ident)
	for i := range t.NumField() {
		field, _, embedded := t.Field(i)
		if embedded {
			field = unqualified(field)
		}
		if ok && field == id.Name {
			return i
		}
	}
	return -1
}
