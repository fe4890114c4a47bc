package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
)

// basicKinds are the predeclared types that have a kind of their own.
var basicKinds = func() map[string]reflect.Kind {
	m := map[string]reflect.Kind{"byte": reflect.Uint8, "rune": reflect.Int32, "string": reflect.String}
	for k := reflect.Bool; k <= reflect.Complex128; k++ {
		m[k.String()] = k
	}
	return m
}()

// noTypeError is about a type that the dump doesn't have.
type noTypeError struct{ name string }

func (err *noTypeError) Error() string {
	return "no type entry found: the dump has no type " + err.name
}

func errNoType(name string) error { return &noTypeError{name} }

// typeOf returns the type that an expression denotes.
func (e *evaluation) typeOf(n ast.Expr) (*dump.Type, error) {
	core := e.scope.Core
	if core == nil {
		return nil, errNoType(e.source(n))
	}
	if lit, ok := ast.Unparen(n).(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			return nil, errNoType(e.source(n))
		}
		if t := typeCalled(core, text); t != nil {
			return t, nil
		}
		return nil, errNoType(e.source(n))
	}
	want, err := e.typeTokens(n)
	if err != nil {
		return nil, err
	}
	var found *dump.Type
	for _, t := range core.TypesNamed(joined(want)) {
		if !sameType(want, t.String()) {
			continue
		}
		if found != nil && !strings.Contains(t.String(), ".") {
			continue // that of panic's value is another record of interface {}
		}
		if found != nil {
			return nil, fmt.Errorf("there are two types called %s: %s and %s", e.source(n), found, t)
		}
		found = t
	}
	if found != nil {
		return found, nil
	}
	return e.derived(n)
}

// derived returns a type that isn't in the dump, but whose parts are: []T from T.
func (e *evaluation) derived(n ast.Expr) (*dump.Type, error) {
	core := e.scope.Core
	switch n := ast.Unparen(n).(type) {
	case *ast.Ident:
		if k, ok := basicKinds[n.Name]; ok {
			return core.Basic(k), nil
		}
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && x.Name+"."+n.Sel.Name == "unsafe.Pointer" {
			return core.Basic(reflect.UnsafePointer), nil
		}
	case *ast.StarExpr:
		t, err := e.typeOf(n.X)
		if err != nil {
			return nil, err
		}
		return core.PointerTo(t), nil
	case *ast.ArrayType:
		t, err := e.typeOf(n.Elt)
		if err != nil {
			return nil, err
		}
		if n.Len == nil {
			return core.SliceOf(t), nil
		}
		length, err := e.arrayLength(n.Len)
		if err != nil {
			return nil, err
		}
		return core.ArrayOf(length, t), nil
	case *ast.MapType:
		key, err := e.typeOf(n.Key)
		if err != nil {
			return nil, err
		}
		elem, err := e.typeOf(n.Value)
		if err != nil {
			return nil, err
		}
		return core.MapOf(key, elem), nil
	case *ast.ChanType:
		t, err := e.typeOf(n.Value)
		if err != nil {
			return nil, err
		}
		return core.ChanOf(chanWords[n.Dir][0]+" ", t), nil
	}
	return nil, errNoType(e.source(n))
}

// maxArray bounds the length of array types that expressions make.
const maxArray = 1 << 14

func (e *evaluation) arrayLength(n ast.Expr) (int64, error) {
	if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.INT {
		c := constant.MakeFromLiteral(lit.Value, lit.Kind, 0)
		if length, exact := constant.Int64Val(c); exact && length <= maxArray {
			return length, nil
		}
	}
	return 0, fmt.Errorf("array length %s is not supported", e.source(n))
}

// typeCalled returns the type with a full name, as in messages: *net/http.Request; nil if there is
// none.
func typeCalled(core *dump.Core, name string) *dump.Type {
	for _, t := range core.TypesNamed(name) {
		if t.String() == name {
			return t
		}
	}
	if elem, ok := strings.CutPrefix(name, "*"); ok && len(name) < maxExpression {
		if t := typeCalled(core, elem); t != nil {
			return core.PointerTo(t)
		}
	}
	return nil
}

// conversionTo returns the type that a call of fun converts to; isType is false if fun is
// a function.
func (e *evaluation) conversionTo(fun ast.Expr) (t *dump.Type, isType bool, err error) {
	inner := ast.Unparen(fun)
	for star, ok := inner.(*ast.StarExpr); ok; star, ok = inner.(*ast.StarExpr) {
		inner = ast.Unparen(star.X)
	}
	switch n := inner.(type) {
	case *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.FuncType, *ast.InterfaceType, *ast.StructType:
		isType = true
	case *ast.BasicLit:
		isType = n.Kind == token.STRING
	case *ast.Ident:
		_, isVar, err := e.scope.find(n.Name)
		if isVar || err != nil {
			return nil, false, err
		}
	case *ast.SelectorExpr:
		if _, _, ok := e.packageName(n.X); !ok {
			return nil, false, nil
		}
	case *ast.IndexExpr, *ast.IndexListExpr:
	default:
		return nil, false, nil
	}
	t, err = e.typeOf(fun)
	if err == nil {
		return t, true, nil
	}
	var unknown *noTypeError
	if isType || !errors.As(err, &unknown) {
		return nil, true, err
	}
	return nil, false, nil
}

// realName names a type as Delve does in conversions: a struct is just "struct", and an array, or a
// pointer, what it is made of.
func realName(t *dump.Type) string {
	switch k := t.Kind(); {
	case k == reflect.Struct && !strings.HasPrefix(t.String(), "struct"):
		return "struct " + t.String()
	case k == reflect.Pointer && (t.Elem().Kind() == reflect.Struct || !strings.HasPrefix(t.String(), "*")):
		return "*" + realName(t.Elem())
	case k == reflect.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), t.Elem())
	case k == reflect.UnsafePointer:
		return "*void"
	}
	return t.String()
}

// typeToken is a piece of a type's notation: a name or punctuation.
type typeToken struct {
	text  string
	short bool // qualified with the package's name rather than its path
}

// tokens collects the pieces of a type expression.
type tokens struct{ list []typeToken }

func (l *tokens) add(texts ...string) {
	for _, t := range texts {
		l.list = append(l.list, typeToken{text: t})
	}
}

// typeTokens returns the notation of a type expression in pieces.
func (e *evaluation) typeTokens(n ast.Expr) ([]typeToken, error) {
	const most = 200
	if n.End()-n.Pos() > maxExpression/4 {
		return nil, fmt.Errorf("the type %s is too long", e.source(n))
	}
	var l tokens
	err := e.addType(&l, n)
	if err == nil && len(l.list) > most {
		err = fmt.Errorf("the type %s has more than %d parts", e.source(n), most)
	}
	return l.list, err
}

func (e *evaluation) addType(l *tokens, n ast.Expr) error {
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
		if n.Len != nil {
			length, err := e.arrayLength(n.Len)
			if err != nil {
				return err
			}
			l.add(strconv.FormatInt(length, 10))
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
		l.add(chanWords[n.Dir]...)
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
	case *ast.FuncType:
		return e.addFunc(l, n)
	}
	empty := emptyType(n)
	if empty == nil {
		return errNoType(e.source(n))
	}
	l.add(empty...)
	return nil
}

var chanWords = map[ast.ChanDir][]string{
	ast.SEND: {"chan<-"}, ast.RECV: {"<-chan"}, ast.SEND | ast.RECV: {"chan"},
}

// addFunc adds a function type: func(int,string)(bool,error).
func (e *evaluation) addFunc(l *tokens, n *ast.FuncType) error {
	l.add("func", "(")
	if err := e.addFields(l, n.Params); err != nil {
		return err
	}
	l.add(")")
	if n.Results.NumFields() > 1 {
		l.add("(")
		defer l.add(")")
	}
	return e.addFields(l, n.Results)
}

// addFields adds the types of parameters or results.
func (e *evaluation) addFields(l *tokens, fields *ast.FieldList) error {
	if fields == nil {
		return nil
	}
	for i, f := range fields.List {
		for j := range max(1, len(f.Names)) {
			if i+j > 0 {
				l.add(",")
			}
			if err := e.addType(l, f.Type); err != nil {
				return err
			}
		}
	}
	return nil
}

// addBracketed adds a map's key type or type arguments.
func (e *evaluation) addBracketed(l *tokens, args ...ast.Expr) error {
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

// addQualified adds a type of another package. In types, a variable doesn't hide the
// package of the same name.
func (e *evaluation) addQualified(l *tokens, n *ast.SelectorExpr) error {
	var pkg string
	var quoted bool
	if id, ok := n.X.(*ast.Ident); !ok {
		if pkg, quoted, ok = e.packageName(n.X); !ok {
			return fmt.Errorf("%s is not a type", e.source(n))
		}
	} else if pkg, quoted = e.path(id.Name); !quoted {
		pkg = id.Name
	}
	name := pkg + "." + n.Sel.Name
	if alias := e.alias(name, !quoted); alias != "" {
		l.add(splitType(alias)...)
		return nil
	}
	l.list = append(l.list, typeToken{name, !quoted})
	return nil
}

// emptyType returns the notation of interface{} and struct{}, nil for any other type.
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
	}
	return nil
}

var predeclared = map[string][]string{
	"any": {"interface", "{", "}"}, "byte": {"uint8"}, "rune": {"int32"}, "error": {"error"},
}

// typeIdent returns the notation of a type without a package: a predeclared
// one, or one of the frame's package.
func (e *evaluation) typeIdent(name string) []string {
	if t, ok := predeclared[name]; ok {
		return t
	}
	if _, ok := basicKinds[name]; ok {
		return []string{name}
	}
	name = e.scope.Package + "." + name
	if alias := e.alias(name, false); alias != "" {
		return splitType(alias)
	}
	return []string{name}
}

// joined returns the notation as a text.
func joined(list []typeToken) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(t.text + " ")
	}
	return b.String()
}

// sameType reports whether the notation of a type in the dump is that of want.
func sameType(want []typeToken, name string) bool {
	i := 0
	for _, text := range splitType(name) {
		if i == len(want) {
			return false
		}
		w := want[i]
		if w.text != text && !(w.short && symbol.SameName(w.text, text)) {
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
