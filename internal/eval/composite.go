package eval

import (
	"fmt"
	"go/ast"
	"reflect"

	"coredumpy/internal/dump"
)

// composite evaluates a composite literal.
func (e *evaluation) composite(n *ast.CompositeLit) (operand, error) {
	if n.Type == nil {
		return operand{}, fmt.Errorf("the literal %s has no type", e.source(n))
	}
	if array, ok := n.Type.(*ast.ArrayType); ok {
		if _, ok := array.Len.(*ast.Ellipsis); ok {
			return operand{}, fmt.Errorf("array length ... is not supported: write %d", len(n.Elts))
		}
	}
	t, err := e.typeOf(n.Type)
	if err != nil {
		return operand{}, err
	}
	v, err := e.literalOf(n, t)
	return valued(v), err
}

// literalOf returns the value of a literal of type t. The literal may leave out its type.
func (e *evaluation) literalOf(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	if err := e.step(1); err != nil {
		return v, err
	}
	switch t.Kind() {
	case reflect.Struct:
		return e.structLiteral(n, t)
	case reflect.Array, reflect.Slice:
		return e.listLiteral(n, t)
	case reflect.Map:
		return e.mapLiteral(n, t)
	}
	return v, fmt.Errorf("there is no literal of type %s", t)
}

func (e *evaluation) mapLiteral(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	entries := []dump.Value{}
	for _, elt := range n.Elts {
		pair, ok := elt.(*ast.KeyValueExpr)
		if !ok {
			return v, fmt.Errorf("missing key in %s", e.source(n))
		}
		key, err := e.assigned(pair.Key, t.Key())
		if err != nil {
			return v, err
		}
		value, err := e.assigned(pair.Value, t.Elem())
		if err != nil {
			return v, err
		}
		entries = append(entries, key, value)
	}
	return t.OfEntries(entries), nil
}

func (e *evaluation) structLiteral(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	v = t.Zero()
	if len(n.Elts) == 0 {
		return v, nil
	}
	if err := e.step(t.NumField()); err != nil {
		return v, err
	}
	parts := make([]dump.Value, t.NumField())
	for i := range parts {
		parts[i] = v.Field(i)
	}
	for at, elt := range n.Elts {
		value := elt
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			value, at = pair.Value, -1
			for i := range parts {
				name, _, anonymous := t.Field(i)
				if anonymous {
					name = unqualified(name)
				}
				if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
					at = i
				}
			}
			if at < 0 {
				return v, fmt.Errorf("%s has no member %s", t, e.source(pair.Key))
			}
		}
		if at >= len(parts) {
			return v, fmt.Errorf("too many values in %s: %s has %d fields", e.source(n), t, len(parts))
		}
		_, typ, _ := t.Field(at)
		if parts[at], err = e.assigned(value, typ); err != nil {
			return v, err
		}
	}
	if _, keyed := n.Elts[0].(*ast.KeyValueExpr); !keyed && len(n.Elts) < len(parts) {
		return v, fmt.Errorf("too few values in %s: %s has %d fields", e.source(n), t, len(parts))
	}
	return t.OfParts(parts), nil
}

func (e *evaluation) listLiteral(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	length := int64(len(n.Elts))
	if t.Kind() == reflect.Array {
		if length == 0 {
			return t.Zero(), nil
		}
		if length > t.Len() {
			return v, fmt.Errorf("index out of bounds: %d values in %s", length, e.source(n))
		}
		length = t.Len()
	}
	if err := e.step(int(length)); err != nil {
		return v, err
	}
	parts := make([]dump.Value, length)
	for i := range parts {
		if i >= len(n.Elts) {
			parts[i] = t.Elem().Zero()
			continue
		}
		if _, ok := n.Elts[i].(*ast.KeyValueExpr); ok {
			return v, fmt.Errorf("indices in literals are not supported: %s", e.source(n.Elts[i]))
		}
		if parts[i], err = e.assigned(n.Elts[i], t.Elem()); err != nil {
			return v, err
		}
	}
	if t.Kind() == reflect.Array {
		return t.OfParts(parts), nil
	}
	return t.OfElements(parts), nil
}

// assigned evaluates an expression, and returns it as a value of type t, to which it must
// be assignable.
func (e *evaluation) assigned(n ast.Expr, t *dump.Type) (v dump.Value, err error) {
	if lit, ok := n.(*ast.CompositeLit); ok && lit.Type == nil {
		return e.literalOf(lit, t)
	}
	op, err := e.eval(n)
	if err != nil {
		return v, err
	}
	switch k := t.Kind(); {
	case op.null:
		nilled, err := e.convert(op, t)
		return nilled.v, err
	case k == reflect.Interface && op.kind() != reflect.Interface:
		if op.c != nil {
			op.v = typed(op.c, e.typeOfConstant(&op))
		}
		return t.OfDynamic(op.v), nil
	case op.isUntyped():
		if err := op.become(t); err != nil {
			return v, err
		}
		return typed(op.c, t), nil
	case op.typeOfValue().String() != t.String():
		return v, fmt.Errorf("can not convert value of type %s to %s", op.typeName(), realName(t))
	case op.c != nil:
		return typed(op.c, t), nil
	}
	return op.v, nil
}

// typeOfConstant returns the type of a constant, or its default type.
func (e *evaluation) typeOfConstant(op *operand) *dump.Type {
	if op.typ != nil {
		return op.typ
	}
	return e.scope.Core.Basic(defaultKind(op))
}
