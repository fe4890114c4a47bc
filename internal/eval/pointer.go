package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"reflect"

	"coredumpy/internal/dump"
)

// deref evaluates *x.
func (e *evaluation) deref(n *ast.StarExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if op.null {
		return op, errors.New("nil can not be dereferenced")
	}
	typ := op.typeName()
	if typ == "func" { // of a function, whose type isn't known
		typ = "func()" // Delve says so for all functions
	}
	impossible := fmt.Errorf("expression %q (%s) can not be dereferenced", op.src, typ)
	if op, err = op.dynamic(); err != nil {
		return op, err
	}
	if op.c != nil || op.v.Kind() != reflect.Pointer {
		return op, impossible
	}
	v, err := target(op.v, op.src)
	return valued(v), err
}

// target returns what a pointer points to.
func target(v dump.Value, name string) (dump.Value, error) {
	if err := present(v, name); err != nil {
		return v, err
	}
	if v.IsNil() {
		return v, fmt.Errorf("nil pointer dereference: %s (type %s) is nil", name, v.Type())
	}
	to := v.Elem()
	return to, present(to, "*"+name)
}

// addressOf evaluates &x. A literal has no address, but can be pointed to.
func (e *evaluation) addressOf(n ast.Expr, op operand) (operand, error) {
	_, isLiteral := ast.Unparen(n).(*ast.CompositeLit)
	if op.c != nil || op.null || op.v.Addr() == 0 && !isLiteral {
		return op, fmt.Errorf("can not take address of %q", op.src)
	}
	p := op.v.Address(e.scope.Core.PointerTo(op.v.Type()))
	if isLiteral {
		p = p.Followed()
	}
	return valued(p), nil
}
