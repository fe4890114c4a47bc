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
	t, err := e.literalType(n)
	if err != nil {
		return operand{}, err
	}
	v, err := e.literalOf(n, t)
	return valued(v), err
}

// literalType returns the type that a literal names. [...]T has as many elements as the literal.
func (e *evaluation) literalType(n *ast.CompositeLit) (*dump.Type, error) {
	array, ok := n.Type.(*ast.ArrayType)
	if !ok {
		return e.typeOf(n.Type)
	}
	if _, ok := array.Len.(*ast.Ellipsis); !ok {
		return e.typeOf(n.Type)
	}
	elem, err := e.typeOf(array.Elt)
	if err != nil {
		return nil, err
	}
	_, length, err := e.places(n, maxArray)
	if err != nil {
		return nil, err
	}
	return e.scope.Core.ArrayOf(length, elem), nil
}

// places returns the index of each element of a literal, and the length of the list: an element
// without an index follows the one before it.
func (e *evaluation) places(n *ast.CompositeLit, limit int64) (at []int64, length int64, err error) {
	next, seen := int64(0), map[int64]bool{}
	for _, elt := range n.Elts {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			index, err := e.eval(pair.Key)
			if err != nil {
				return nil, 0, err
			}
			if index.c == nil {
				return nil, 0, fmt.Errorf("index %s in %s is no constant", e.source(pair.Key), e.source(n))
			}
			if next, err = integer(index); err != nil {
				return nil, 0, err
			}
		}
		switch {
		case next < 0 || next >= limit:
			return nil, 0, fmt.Errorf("index out of bounds: %d in %s", next, e.source(n))
		case seen[next]:
			return nil, 0, fmt.Errorf("duplicate index %d in %s", next, e.source(n))
		}
		seen[next] = true
		at = append(at, next)
		next++
		length = max(length, next)
	}
	return at, length, nil
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

func (e *evaluation) listLiteral(n *ast.CompositeLit, t *dump.Type) (v dump.Value, err error) {
	limit := int64(maxArray)
	if t.Kind() == reflect.Array {
		limit = t.Len()
	}
	at, length, err := e.places(n, limit)
	switch {
	case err != nil:
		return v, err
	case t.Kind() == reflect.Array && length == 0:
		return t.Zero(), nil
	case t.Kind() == reflect.Array:
		length = t.Len()
	}
	if err := e.step(int(length)); err != nil {
		return v, err
	}
	parts := make([]dump.Value, length)
	for i := range parts {
		parts[i] = t.Elem().Zero()
	}
	for i, elt := range n.Elts {
		if pair, ok := elt.(*ast.KeyValueExpr); ok {
			elt = pair.Value
		}
		if parts[at[i]], err = e.assigned(elt, t.Elem()); err != nil {
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
	v, _, err = e.assignedFrom(n, t)
	return v, err
}

// assignedFrom is assigned, and also reports whether the expression is constant.
func (e *evaluation) assignedFrom(n ast.Expr, t *dump.Type) (v dump.Value, isConstant bool, err error) {
	if lit, ok := n.(*ast.CompositeLit); ok && lit.Type == nil {
		v, err = e.literalOf(lit, t)
		return v, false, err
	}
	op, err := e.eval(n)
	if err != nil {
		return v, false, err
	}
	v, err = e.assign(op, t)
	return v, op.c != nil, err
}

// assign returns an operand as a value of type t, to which it must be assignable.
func (e *evaluation) assign(op operand, t *dump.Type) (v dump.Value, err error) {
	if op, err = op.as(t); err != nil {
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
	case op.isUntyped() || op.loose:
		if err := op.become(t); err != nil {
			return v, err
		}
		return typed(op.c, t), nil
	case op.typeOfValue().String() != t.String():
		return v, fmt.Errorf("can not convert value of type %s to %s", op.typeOperated(), realName(t))
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
