package eval

import (
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
)

// selector evaluates x.f: a package-level variable, or a field.
func (e *evaluation) selector(n *ast.SelectorExpr) (operand, error) {
	if pkg, quoted, ok := e.packageName(n.X); ok {
		return e.global(pkg, quoted, e.written(n.Sel.Name))
	}
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	op.Address = false // (&x).f is x.f
	v, err := op.value()
	if err != nil {
		return op, err
	}
	op.Value, err = field(v, op.src, e.written(n.Sel.Name))
	return op, err
}

// packageName returns the package that x in x.f stands for, unless x is a
// variable or something else.
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
		return x.Name, false, !isVar && err == nil && x.Name != "nil" && x.Name != "true" && x.Name != "false"
	}
	return "", false, false
}

func (e *evaluation) global(pkg string, quoted bool, name string) (op operand, err error) {
	i, err := findGlobal(e.scope.Globals, pkg, quoted, name)
	if err != nil {
		return op, err
	}
	if i < 0 {
		if k, found, err := e.constant(pkg, quoted, name); found || err != nil {
			return k, err
		}
		if quoted {
			pkg = strconv.Quote(pkg)
		}
		return op, &UnknownError{Package: pkg, Name: name}
	}
	op.Value = e.scope.Global(i)
	return op, nil
}

// field returns the field of v that x.name means by Go's rules, going through
// pointers and embedded structs; and through interfaces.
func field(v dump.Value, x, name string) (dump.Value, error) {
	v, err := inInterface(v, x)
	if err != nil {
		return v, err
	}
	if v.Kind() == reflect.Func {
		return captured(v, x, name)
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		if t = t.Elem(); t.Kind() == reflect.Invalid {
			// No value of that type is in the dump: what matters is why.
			if _, err := target(v, x); err != nil {
				return v, err
			}
		}
	}
	if t.Kind() != reflect.Struct {
		return v, fmt.Errorf("%s (type %s) has no field %s", x, v.Type(), name)
	}
	path, err := findField(t, x, name)
	if err != nil {
		return v, err
	}
	for _, i := range path {
		if v.Kind() == reflect.Pointer {
			if v, err = target(v, x); err != nil {
				return v, err
			}
		}
		if err = present(v, x); err != nil {
			return v, err
		}
		if i >= v.Type().NumField() { // what a pointer leads to isn't of its type
			return v, Missing(x, notOfType)
		}
		fieldName, _, _ := v.Type().Field(i)
		x += "." + fieldName
		v = v.Field(i)
	}
	return v, nil
}

// captured returns a variable that a closure has captured.
func captured(v dump.Value, x, name string) (dump.Value, error) {
	if err := present(v, x); err != nil {
		return v, err
	}
	if closure := v.Closure(); closure.Valid() && closure.Kind() == reflect.Struct {
		for i := range closure.Type().NumField() {
			if fieldName, _, _ := closure.Type().Field(i); fieldName == name {
				return closure.Field(i), nil
			}
		}
	}
	return v, fmt.Errorf("%s (type %s) has captured no variable %s", x, v.Type(), name)
}

// embedded is a struct type on the way to a field.
type embedded struct {
	typ   *dump.Type
	path  []int  // indices of the fields that lead here
	names string // of these fields: ".Base.Inner"
}

// maxEmbedding is how deep structs may be embedded in each other: what a search
// costs grows with the square of it.
const maxEmbedding = 100

// findField returns the indices that lead from struct type t to the field that
// the selector name means: the one at the shallowest depth, if there is only
// one there (Go specification, Selectors).
func findField(t *dump.Type, x, name string) ([]int, error) {
	seen := map[*dump.Type]bool{t: true}
	level := []embedded{{typ: t}}
	for depth := 0; len(level) > 0 && depth < maxEmbedding; depth++ {
		var found []embedded
		var next []embedded
		count := map[*dump.Type]int{}
		for _, s := range level {
			for i := range s.typ.NumField() {
				fieldName, ft, anonymous := s.typ.Field(i)
				if anonymous {
					fieldName = unqualified(fieldName)
				}
				f := embedded{ft, append(s.path[:len(s.path):len(s.path)], i), s.names + "." + fieldName}
				if fieldName == name {
					found = append(found, f)
				}
				if f.typ.Kind() == reflect.Pointer {
					f.typ = f.typ.Elem()
				}
				if !anonymous || f.typ.Kind() != reflect.Struct || seen[f.typ] {
					continue
				}
				// Twice the same type at one depth is ambiguous, and three
				// times isn't more so.
				if count[f.typ]++; count[f.typ] <= 2 {
					next = append(next, f)
				}
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0].path, nil
		default:
			return nil, fmt.Errorf("ambiguous selector %s.%s: it may be %s%s or %s%s",
				x, name, x, found[0].names, x, found[1].names)
		}
		for _, s := range next {
			seen[s.typ] = true
		}
		level = next
	}
	return nil, fmt.Errorf("%s (type %s) has no field %s", x, t, name)
}

// unqualified returns an embedded field's name without the package and type
// arguments that debug information may give it. Package symbol does so for functions,
// which may have parentheses before the brackets.
func unqualified(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return name[strings.LastIndexByte(name, '.')+1:]
}
