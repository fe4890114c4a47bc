package eval

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"reflect"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// call evaluates a conversion, or calls a builtin function. Others can't be called.
func (e *evaluation) call(n *ast.CallExpr) (operand, error) {
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
		switch id.Name {
		case "len", "cap", "real", "imag", "complex", "min", "max":
			return e.builtin(id.Name, n)
		}
	}
	t, isType, err := e.conversionTo(n.Fun)
	if err != nil {
		return operand{}, err
	}
	if isType && len(n.Args) == 1 {
		x, err := e.eval(n.Args[0])
		if err != nil {
			return x, err
		}
		return e.convert(x, t)
	}
	if isType {
		return operand{}, fmt.Errorf("a conversion to %s takes one value, not %d", t, len(n.Args))
	}
	return operand{}, e.refused(n.Fun)
}

// refused returns the error for a call of fun: what fun lacks, or that nothing runs in a dump.
func (e *evaluation) refused(fun ast.Expr) error {
	inner, star := ast.Unparen(fun), false
	for s, ok := inner.(*ast.StarExpr); ok; s, ok = inner.(*ast.StarExpr) {
		inner, star = ast.Unparen(s.X), true
	}
	op, err := e.eval(inner)
	switch _, known := inner.(*ast.SelectorExpr); {
	case err != nil && star && !known:
		return fmt.Errorf("%w: the dump has no type of this name", err)
	case err != nil && !known:
		return err
	case err != nil && star:
		return fmt.Errorf("function calls not allowed without using 'call': the dump has no type %s, "+
			"and nothing runs in it", e.source(inner))
	case err == nil && star && op.kind() == reflect.Func:
		_, err = e.eval(fun)
		return err
	}
	return fmt.Errorf("function calls not allowed without using 'call': %s can't run in a dump", e.source(fun))
}

// builtin evaluates a call of a builtin function.
func (e *evaluation) builtin(name string, n *ast.CallExpr) (operand, error) {
	args := make([]operand, len(n.Args))
	for i, arg := range n.Args {
		var err error
		if args[i], err = e.eval(arg); err != nil {
			return operand{}, err
		}
	}
	arity := 1
	switch name {
	case "min", "max":
		if len(args) == 0 {
			return operand{}, fmt.Errorf("not enough arguments to %s", name)
		}
		return e.extreme(name, args)
	case "complex":
		arity = 2
	}
	if len(args) != arity {
		return operand{}, fmt.Errorf("wrong number of arguments to %s: %d", name, len(args))
	}
	switch name {
	case "len", "cap":
		return e.length(name, args[0])
	case "complex":
		return e.join(args[0], args[1])
	}
	return e.part(name, args[0])
}

// length evaluates len and cap.
func (e *evaluation) length(fn string, arg operand) (op operand, err error) {
	invalid := fmt.Errorf("invalid argument %s (type %s) for %s", arg.src, arg.typeName(), fn)
	if arg.c != nil || arg.null {
		if arg.c != nil && arg.c.Kind() == constant.String && fn == "len" {
			return untyped(constant.MakeInt64(int64(len(constant.StringVal(arg.c))))), nil
		}
		return op, invalid
	}
	if arg, err = arg.dynamic(); err != nil {
		return op, err
	}
	v := arg.v
	if v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Array {
		return operand{v: e.scope.Core.Basic(reflect.Int).OfInt(v.Type().Elem().Len()), loose: true}, nil
	}
	if err := present(v, arg.src); err != nil {
		return op, err
	}
	n := v.Len()
	switch k := v.Kind(); {
	case k == reflect.String && fn == "len" && v.Redacted():
		return op, fmt.Errorf("%s is redacted: its length is not in the dump", arg.src)
	case k == reflect.Array:
	case (k == reflect.String || k == reflect.Map) && fn == "len", k == reflect.Slice, k == reflect.Chan:
		if fn == "cap" && v.Cap() < 0 {
			return op, Missing(fn+"("+arg.src+")", caveat.Reason{Kind: caveat.OptimizedOut})
		} else if fn == "cap" {
			n = v.Cap()
		}
	default:
		return op, invalid
	}
	return operand{v: e.scope.Core.Basic(reflect.Int).OfInt(n), loose: true}, nil
}

// part evaluates real and imag.
func (e *evaluation) part(fn string, arg operand) (operand, error) {
	k := arg.kind()
	if arg.null || !isComplex(k) && (fn == "imag" || !isInteger(k) && !isFloat(k)) {
		return arg, fmt.Errorf("invalid argument %s (type %s) to %s", arg.src, arg.typeName(), fn)
	}
	if arg.c != nil {
		if fn == "real" {
			return untyped(constant.Real(arg.c)), nil
		}
		return untyped(constant.Imag(arg.c)), nil
	}
	if err := present(arg.v, arg.src); err != nil {
		return arg, err
	}
	if isInteger(k) {
		return untyped(integerConstant(arg.v)), nil
	}
	v := arg.v
	if isComplex(k) {
		f := real(v.Complex())
		if fn == "imag" {
			f = imag(v.Complex())
		}
		float := reflect.Float64
		if k == reflect.Complex64 {
			float = reflect.Float32
		}
		v = e.scope.Core.Basic(float).OfFloat(f)
	}
	f := v.Float()
	return operand{v: v, loose: f-f == 0}, nil // a constant is neither infinite nor NaN
}

// join evaluates complex.
func (e *evaluation) join(x, y operand) (operand, error) {
	for i, arg := range []*operand{&x, &y} {
		if k := arg.kind(); arg.null || !isFloat(k) && !(isInteger(k) && arg.isUntyped()) {
			return x, fmt.Errorf("invalid argument %d %s (type %s) to complex", i+1, arg.src, arg.typeName())
		}
		if _, err := arg.scalar(); err != nil {
			return x, err
		}
	}
	if err := unify(&x, &y); err != nil {
		return x, err
	}
	if x.c != nil && y.c != nil {
		return checked(constant.BinaryOp(x.c, token.ADD, constant.MakeImag(y.c)), nil)
	}
	k := reflect.Complex128
	if x.kind() == reflect.Float32 {
		k = reflect.Complex64
	}
	return valued(e.scope.Core.Basic(k).OfComplex(complex(x.float(), y.float()))), nil
}

// precedes reports whether min or max of f and g is f. That of a NaN is a NaN, and -0 is
// less than 0.
func precedes(f, g float64, fn string) bool {
	m := min(f, g)
	if fn == "max" {
		m = max(f, g)
	}
	return g == g && math.Float64bits(m) != math.Float64bits(g)
}

// extreme evaluates min and max.
func (e *evaluation) extreme(fn string, args []operand) (operand, error) {
	op := token.LSS
	if fn == "max" {
		op = token.GTR
	}
	best := args[0]
	if len(args) == 1 && (best.null || !isScalar(best.kind())) {
		return best, fmt.Errorf("operator %s not defined on %s", op, kindName(&best))
	}
	var t *dump.Type // the type of all, if any has one
	for _, arg := range args[1:] {
		if err := fit(arg, op, best); err != nil {
			return best, err
		}
		r, err := e.operate(arg, op, best)
		if err != nil {
			return best, err
		}
		for _, side := range []*operand{&arg, &best} {
			if side.c == nil {
				t = side.v.Type()
			}
		}
		if err := unify(&arg, &best); err != nil {
			return best, err
		}
		better := constant.BoolVal(r.c)
		if isFloat(arg.kind()) && (arg.c == nil || best.c == nil) {
			better = precedes(arg.float(), best.float(), fn)
		}
		if better {
			best = arg
		}
	}
	if best.c != nil && t != nil { // a constant compared with values has their type
		return valued(typed(best.c, t)), nil
	}
	return operand{v: best.v, c: best.c, typ: best.typ, isRune: best.isRune}, nil
}
