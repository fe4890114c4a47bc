package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"reflect"
)

// assert evaluates x.(T): the value in an interface, if its type is T. As in Delve,
// x.(data) is the value of any type. For an interface type the value must have its methods.
func (e *evaluation) assert(n *ast.TypeAssertExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if n.Type == nil {
		return op, fmt.Errorf("no type entry found, use 'types' for a list of valid types: "+
			"%s.(type) is not an expression", op.src)
	}
	if op.c != nil || op.null || op.v.Kind() != reflect.Interface {
		return op, fmt.Errorf("expression %q not an interface", op.src)
	}
	if err := present(op.v, op.src); err != nil {
		return op, err
	}
	want, err := e.typeTokens(n.Type)
	if err != nil {
		return op, err
	}
	if op.v.IsNil() {
		return op, fmt.Errorf("interface conversion: %s is nil, not %s", op.v.Type(), e.source(n.Type))
	}
	in := op.v.Elem()
	if id, ok := n.Type.(*ast.Ident); ok && id.Name == "data" || sameType(want, in.Type().String()) {
		return operand{v: in, name: "data"}, nil
	}
	t, err := e.typeOf(n.Type)
	wanted := e.source(n.Type)
	if err == nil {
		wanted = t.String()
	}
	failed := fmt.Errorf("interface conversion: %s is %s, not %s", op.v.Type(), in.Type(), wanted)
	var unknown *noTypeError
	switch {
	case errors.As(err, &unknown) && mayBeInterface(n.Type):
		return op, fmt.Errorf("%w: the dump has no type %s", failed, e.source(n.Type))
	case err != nil || t.Kind() != reflect.Interface:
		return op, failed
	case t.String() == op.v.Type().String():
		return valued(op.v), nil
	}
	if missing := e.lacks(in, t); missing != "" {
		return op, fmt.Errorf("%w: the dump knows no method %s of %s", failed, missing, in.Type())
	}
	if _, all := e.asked(t); !all {
		return op, fmt.Errorf("%w: the dump doesn't tell which methods %s asks for", failed, t)
	}
	if method := e.unsure(in, t); method != "" {
		return op, fmt.Errorf("%w: the dump doesn't tell whether the method %s of %s is the one that %s asks for",
			failed, method, in.Type(), t)
	}
	return valued(t.OfDynamic(in)), nil
}

// mayBeInterface reports whether a type expression may be the name of an interface.
func mayBeInterface(n ast.Expr) bool {
	switch ast.Unparen(n).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return true
	}
	return false
}
