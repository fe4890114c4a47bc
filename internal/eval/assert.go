package eval

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// assert evaluates x.(T): the value in an interface, if its type is T. As in
// Delve x.(data) is the value whatever its type.
func (e *evaluation) assert(n *ast.TypeAssertExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if n.Type == nil {
		return op, fmt.Errorf("%s.(type) is not an expression", op.src)
	}
	v, err := op.value()
	if err == nil {
		err = present(v, op.src)
	}
	if err != nil {
		return op, err
	}
	if v.Kind() != reflect.Interface {
		return op, fmt.Errorf("%s (type %s) is not an interface", op.src, v.Type())
	}
	want, err := e.typeTokens(n.Type)
	if err != nil {
		return op, err
	}
	if v.IsNil() {
		return op, fmt.Errorf("interface conversion: %s (type %s) is nil, not %s", op.src, v.Type(), e.source(n.Type))
	}
	in := v.Elem()
	if id, ok := n.Type.(*ast.Ident); ok && id.Name == "data" || sameType(want, in.Type().String()) {
		op.Value = in
		return op, nil
	}
	return op, fmt.Errorf("interface conversion: %s is %s, not %s", op.src, in.Type(), e.source(n.Type))
}

// typeToken is a piece of a type's notation: a name or punctuation.
type typeToken struct {
	text  string
	short bool // qualified with the package's name rather than its path
}

// notation collects the pieces of a type expression.
type notation struct{ list []typeToken }

func (l *notation) add(texts ...string) {
	for _, t := range texts {
		l.list = append(l.list, typeToken{text: t})
	}
}

// typeTokens returns the notation of a type expression in pieces.
func (e *evaluation) typeTokens(n ast.Expr) ([]typeToken, error) {
	var l notation
	err := e.addType(&l, n)
	return l.list, err
}

func (e *evaluation) addType(l *notation, n ast.Expr) error {
	switch n := n.(type) {
	case *ast.ParenExpr:
		return e.addType(l, n.X)
	case *ast.Ident:
		l.add(e.typeIdent(n.Name)...)
		return nil
	case *ast.SelectorExpr:
		return e.addQualified(l, n)
	case *ast.StarExpr:
		l.add("*")
		return e.addType(l, n.X)
	case *ast.ArrayType:
		l.add("[")
		if length, ok := n.Len.(*ast.BasicLit); ok {
			l.add(length.Value)
		} else if n.Len != nil {
			return fmt.Errorf("array length %s is not supported", e.source(n.Len))
		}
		l.add("]")
		return e.addType(l, n.Elt)
	case *ast.MapType:
		l.add("map")
		if err := e.addBracketed(l, n.Key); err != nil {
			return err
		}
		return e.addType(l, n.Value)
	case *ast.ChanType:
		l.add(map[ast.ChanDir]string{ast.SEND: "chan<-", ast.RECV: "<-chan", ast.SEND | ast.RECV: "chan"}[n.Dir])
		return e.addType(l, n.Value)
	case *ast.IndexExpr:
		if err := e.addType(l, n.X); err != nil {
			return err
		}
		return e.addBracketed(l, n.Index)
	case *ast.IndexListExpr:
		if err := e.addType(l, n.X); err != nil {
			return err
		}
		return e.addBracketed(l, n.Indices...)
	}
	empty := emptyType(n)
	if empty == nil {
		return fmt.Errorf("type %s is not supported in an assertion", e.source(n))
	}
	l.add(empty...)
	return nil
}

// addBracketed adds a map's key type or type arguments.
func (e *evaluation) addBracketed(l *notation, args ...ast.Expr) error {
	l.add("[")
	for i, arg := range args {
		if i > 0 {
			l.add(",")
		}
		if err := e.addType(l, arg); err != nil {
			return err
		}
	}
	l.add("]")
	return nil
}

// addQualified adds a type of another package. A variable of the package's
// name, which hides the package in values, doesn't in types.
func (e *evaluation) addQualified(l *notation, n *ast.SelectorExpr) error {
	var pkg string
	var quoted bool
	if id, ok := n.X.(*ast.Ident); !ok {
		if pkg, quoted, ok = e.packageName(n.X); !ok {
			return fmt.Errorf("%s is not a type", e.source(n))
		}
	} else if pkg, quoted = e.path(id.Name); !quoted {
		pkg = id.Name
	}
	l.list = append(l.list, typeToken{pkg + "." + n.Sel.Name, !quoted})
	return nil
}

// emptyType returns the notation of interface{}, struct{} and func(), nil for
// any other type.
func emptyType(n ast.Expr) []string {
	switch n := n.(type) {
	case *ast.InterfaceType:
		if n.Methods.NumFields() == 0 {
			return []string{"interface", "{", "}"}
		}
	case *ast.StructType:
		if n.Fields.NumFields() == 0 {
			return []string{"struct", "{", "}"}
		}
	case *ast.FuncType:
		if n.Params.NumFields() == 0 && n.Results.NumFields() == 0 {
			return []string{"func", "(", ")"}
		}
	}
	return nil
}

var predeclared = map[string][]string{
	"any": {"interface", "{", "}"}, "byte": {"uint8"}, "rune": {"int32"},
}

// typeIdent returns the notation of a type without a package: a predeclared
// one, or one of the frame's package.
func (e *evaluation) typeIdent(name string) []string {
	if t, ok := predeclared[name]; ok {
		return t
	}
	switch name {
	case "bool", "string", "error", "uintptr", "complex64", "complex128", "float32", "float64",
		"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64":
		return []string{name}
	}
	return []string{e.scope.Package + "." + name}
}

// sameType reports whether the notation of a type in the dump is that of want.
func sameType(want []typeToken, name string) bool {
	i := 0
	for _, text := range splitType(name) {
		if i == len(want) {
			return false
		}
		w := want[i]
		if w.text != text && !(w.short && w.text == shortened(text)) {
			return false
		}
		i++
	}
	return i == len(want)
}

// splitType splits the notation of a type into names and punctuation:
// map[string]*net/http.Request is map [ string ] * net/http.Request.
func splitType(name string) []string {
	var list []string
	start := 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && !strings.ContainsRune(" *[](){},;", rune(name[i])) {
			continue
		}
		if start < i {
			list = append(list, name[start:i])
		}
		if i < len(name) && name[i] != ' ' {
			list = append(list, name[i:i+1])
		}
		start = i + 1
	}
	return list
}

// shortened returns a qualified name with the package's name in place of its
// path, as far as the path tells: net/http.Request is http.Request.
func shortened(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}

// placeholder starts the identifiers that stand for quoted import paths. It is
// a letter no program's names begin with.
const placeholder = "ᐅ"

// quotedPaths replaces import paths, as in x.(*"net/http".Request), which Go's
// grammar doesn't have in types, by identifiers that number them.
func quotedPaths(expr string) (rewritten string, paths []string) {
	var s scanner.Scanner
	fset := token.NewFileSet()
	file := fset.AddFile("", fset.Base(), len(expr))
	s.Init(file, []byte(expr), func(token.Position, string) {}, 0)
	var b strings.Builder
	end := 0 // of what was copied
	quoted, from, to := "", 0, 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.PERIOD && quoted != "" {
			b.WriteString(expr[end:from] + placeholder + strconv.Itoa(len(paths)))
			paths, end = append(paths, quoted), to
		}
		quoted = ""
		if tok == token.STRING {
			quoted, _ = strconv.Unquote(lit)
			from = file.Offset(pos)
			to = from + len(lit)
		}
	}
	return b.String() + expr[end:], paths
}

// path returns the import path that an identifier stands for.
func (e *evaluation) path(name string) (string, bool) {
	digits, ok := strings.CutPrefix(name, placeholder)
	if !ok {
		return "", false
	}
	i, err := strconv.Atoi(digits)
	if err != nil || i < 0 || i >= len(e.paths) {
		return "", false
	}
	return e.paths[i], true
}
