package eval

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// find finds the value of an unqualified name.
func (s *Scope) find(name string) (v dump.Value, ok bool, err error) {
	if v, ok = s.Local(name); ok {
		return v, true, nil
	}
	i := slices.Index(s.Globals, s.Package+"."+name)
	if s.Absent != nil {
		if why := s.Absent(name, i >= 0); why != "" {
			return v, false, errors.New(why)
		}
	}
	if i >= 0 {
		return s.Global(i), true, nil
	}
	return v, false, nil
}

// constant returns the constant of a name in a package, if there is one.
func (e *evaluation) constant(pkg string, quoted bool, name string) (op operand, found bool, err error) {
	if e.scope.Constants == nil {
		return op, false, nil
	}
	known := e.scope.Constants()
	if e.constants == nil {
		e.constants = make([]string, len(known))
		for i := range known {
			e.constants[i] = known[i].Name
		}
	}
	i, err := findGlobal(e.constants, pkg, quoted, name)
	if i < 0 || err != nil {
		return op, false, err
	}
	op.name, op.typ, op.c = known[i].Name, known[i].Type, constant.MakeInt64(known[i].Value)
	if isUnsigned(op.typ.Kind()) {
		op.c = constant.MakeUint64(uint64(known[i].Value))
	}
	return op, true, nil
}

func (e *evaluation) ident(n *ast.Ident) (op operand, err error) {
	v, ok, err := e.scope.find(n.Name)
	if ok || err != nil {
		op.v, op.name = v, e.written(n.Name)
		return op, err
	}
	switch n.Name {
	case "true", "false":
		return untyped(constant.MakeBool(n.Name == "true")), nil
	case "nil":
		return operand{null: true}, nil
	}
	op, found, err := e.constant(e.scope.Package, true, n.Name)
	if op.name = ""; found || err != nil { // as in Delve, messages show it as it was written
		return op, err
	}
	if e.scope.Kept != nil {
		if r, found, err := e.scope.Kept(n.Name); found || err != nil {
			return operand{v: r.Value, c: r.Const, typ: r.Type, null: r.Nil}, err
		}
	}
	if op, found = e.function(e.scope.Package, n.Name); found {
		return op, nil
	}
	return op, &UnknownError{Name: e.written(n.Name)}
}

func (e *evaluation) function(pkg, name string) (op operand, found bool) {
	full := pkg + "." + name
	if e.scope.Function == nil || e.scope.Core == nil || !e.scope.Function(full) {
		return op, false
	}
	return valued(e.scope.Core.OfFunc(full, nil)), true
}

func literal(n *ast.BasicLit) (op operand, err error) {
	op.c = constant.MakeFromLiteral(n.Value, n.Kind, 0)
	if op.c.Kind() == constant.Unknown {
		return op, fmt.Errorf("malformed constant %s", n.Value)
	}
	if !inRange(op.c) {
		return op, fmt.Errorf("constant %s is out of range", n.Value)
	}
	op.isRune = n.Kind == token.CHAR
	return op, nil
}

// packageName returns the package that x in x.f denotes, unless x is a variable or
// something else.
func (e *evaluation) packageName(x ast.Expr) (name string, quoted, ok bool) {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			name, err := strconv.Unquote(x.Value)
			return name, true, err == nil
		}
	case *ast.Ident:
		if path, ok := e.path(x.Name); ok {
			return path, true, true
		}
		_, isVar, err := e.scope.find(x.Name)
		if !isVar && err == nil {
			_, isVar, _ = e.constant(e.scope.Package, true, x.Name)
		}
		if !isVar && err == nil && e.scope.Kept != nil {
			_, isVar, _ = e.scope.Kept(x.Name)
		}
		return x.Name, false, !isVar && err == nil && x.Name != "nil" && x.Name != "true" && x.Name != "false"
	}
	return "", false, false
}

// global evaluates a name in another package: a variable, a constant or a function.
func (e *evaluation) global(pkg string, quoted bool, name string) (op operand, err error) {
	i, err := findGlobal(e.scope.Globals, pkg, quoted, name)
	if err != nil {
		return op, err
	}
	if i >= 0 {
		return operand{v: e.scope.Global(i), name: e.scope.Globals[i]}, nil
	}
	if k, found, err := e.constant(pkg, quoted, name); found || err != nil {
		return k, err
	}
	if op, found := e.function(pkg, name); found {
		return op, nil
	}
	known := slices.ContainsFunc(e.scope.Globals, func(n string) bool {
		dot := strings.LastIndexByte(n, '.')
		return dot >= 0 && (n[:dot] == pkg || !quoted && symbol.MayBeNamed(n[:dot], pkg))
	})
	if quoted {
		pkg = strconv.Quote(pkg)
	}
	return op, &UnknownError{Package: pkg, Name: name, IsPackage: known}
}

// selector evaluates x.f: a package-level variable, a field, or a method value.
func (e *evaluation) selector(n *ast.SelectorExpr) (operand, error) {
	name := e.written(n.Sel.Name)
	if pkg, quoted, ok := e.packageName(n.X); ok {
		return e.global(pkg, quoted, name)
	}
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	switch {
	case op.null:
		return op, errors.New("nil (type nil) is not a struct")
	case op.c != nil && op.typ == nil:
		return op, fmt.Errorf("%v (type %s) is not a struct", op.c, op.typeName())
	case op.c != nil:
		return op, fmt.Errorf("%s (type %s) has no member %s", cmp.Or(op.name, op.src), op.typ, name)
	}
	return e.member(op, name)
}

// dynamic returns the value in an interface, for an operation that interfaces don't have.
// It returns a nil interface unchanged.
func (op operand) dynamic() (operand, error) {
	if op.c != nil || op.null || op.v.Kind() != reflect.Interface || op.v.Valid() && op.v.IsNil() {
		return op, nil
	}
	in, err := inInterface(op.v, op.src)
	op.v = in
	return op, err
}
