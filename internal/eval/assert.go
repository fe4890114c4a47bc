package eval

import (
	"fmt"
	"go/ast"
	"reflect"
)

// assert evaluates x.(T): the value in an interface, if its type is T. As in Delve,
// x.(data) is the value of any type.
func (e *evaluation) assert(n *ast.TypeAssertExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if n.Type == nil {
		return op, fmt.Errorf("%s.(type) is not an expression", op.src)
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
	return op, fmt.Errorf("interface conversion: %s is %s, not %s", op.v.Type(), in.Type(), e.source(n.Type))
}
