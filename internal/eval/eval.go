// Package eval evaluates Go expressions over values that can only be looked at:
// those of a dump.
//
// It knows names, package-level variables (http.DefaultClient, and
// "net/http".DefaultClient where the package's name isn't unique), fields,
// indices, map keys, slices, dereference, &, len, cap, conversions to basic
// types, type assertions, comparison and arithmetic. As in the Delve debugger a
// field or index of an interface is one of the value in it, x.(data) is that value
// itself, captured variables are fields of a func value, and m[n:] leaves out the
// first n entries of a map.
//
// What isn't in the dump is an error, never a guess: a key that is missing from
// a map of which the dump holds a part isn't reported as missing from the map.
package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/scanner"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
)

// Scope gives names their values. Its functions are asked for variables of which
// the value is used, in the order of their use.
type Scope struct {
	// Package is the import path of the frame's package: an unqualified name
	// that isn't local is one of its.
	Package string
	// Local finds a variable of the frame.
	Local func(name string) (dump.Value, bool)
	// Globals are the names of the package-level variables, with their import
	// path: "net/http.DefaultClient". Global returns one of them.
	Globals []string
	Global  func(i int) dump.Value
	// Constants returns the named constants that are known.
	Constants func() []Constant
	// Absent tells why there is nothing for an unqualified name that isn't Local, ""
	// if it is no name of the function. inPackage says that it is a variable of the
	// package, and will be taken for that. Absent may be nil.
	Absent func(name string, inPackage bool) string
	// Written has the names of Local that stand for something else which the user has
	// written: messages show that. It may be nil.
	Written map[string]string
}

// Constant is a named constant of an integer type.
type Constant struct {
	Name  string // with its import path: "time.March"
	Type  string
	Kind  reflect.Kind
	Value int64 // its 64 bits
}

// constant returns the constant that a name in a package stands for, if there is one.
func (e *evaluation) constant(pkg string, quoted bool, name string) (op operand, found bool, err error) {
	if e.scope.Constants == nil {
		return op, false, nil
	}
	known := e.scope.Constants()
	names := make([]string, len(known))
	for i := range known {
		names[i] = known[i].Name
	}
	i, err := findGlobal(names, pkg, quoted, name)
	if i < 0 || err != nil {
		return op, false, err
	}
	k := &known[i]
	op.Type, op.kind, op.size = k.Type, k.Kind, sizes[k.Kind]
	if op.size == 0 {
		op.size = 8
	}
	op.Const = constant.MakeInt64(k.Value)
	if k.Kind >= reflect.Uint {
		op.Const = constant.MakeUint64(uint64(k.Value))
	}
	return op, true, nil
}

// find finds what an unqualified name stands for.
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

// Result is what an expression gives.
type Result struct {
	Value   dump.Value     // valid if the others aren't set; it may have no value, see [Missing]
	Const   constant.Value // a computed value
	Type    string         // type of Const; "" if it is an untyped constant
	Single  bool           // Const is a float32 or complex64
	Address bool           // the result is the address of Value
	Nil     bool           // the result is the predeclared nil
}

// UnknownError is about a name that nothing is known of.
type UnknownError struct {
	Package string // as it is written, "" if it isn't
	Name    string
}

func (e *UnknownError) Error() string {
	if e.Package == "" {
		return "cannot find symbol " + e.Name
	}
	return "cannot find symbol " + e.Package + "." + e.Name
}

// maxExpression bounds expressions, in bytes: evaluation recurses, and takes a
// time quadratic in the depth.
const maxExpression = 1 << 12

// Eval evaluates a Go expression. Errors are one line. A variable without a
// value is not an error as long as nothing is asked of it.
func Eval(expr string, scope Scope) (Result, error) {
	if len(expr) > maxExpression {
		return Result{}, fmt.Errorf("expression of %d bytes is longer than %d", len(expr), maxExpression)
	}
	e := &evaluation{scope: scope, text: expr}
	node, err := parser.ParseExpr(expr)
	if err != nil {
		rewritten, paths := quotedPaths(expr)
		var again error
		if node, again = parser.ParseExpr(rewritten); len(paths) == 0 || again != nil {
			return Result{}, e.syntaxError(err)
		}
		e.text, e.paths = rewritten, paths
	}
	op, err := e.eval(node)
	op.Single = op.Const != nil && (op.kind == reflect.Float32 || op.kind == reflect.Complex64)
	return op.Result, err
}

// evaluation is one call of Eval.
type evaluation struct {
	scope Scope
	text  string   // the expression as it was parsed
	paths []string // quoted import paths that stand as placeholders, see quotedPaths
}

// operand is a result on the way.
type operand struct {
	Result
	size int64        // of Const in bytes, if it is of a sized kind
	kind reflect.Kind // of Const, if it has a type; Int32 for an untyped rune
	src  string       // for messages

	shifted bool // an int only because nothing says otherwise, see shift
}

// Reasons without details.
var (
	redacted  = caveat.Reason{Kind: caveat.Redacted}
	notOfType = caveat.Reason{Kind: caveat.NotOfType}
)

// Missing says that the thing called name has no value.
func Missing(name string, why caveat.Reason) error {
	switch why.Kind {
	case caveat.OptimizedOut, caveat.Redacted, caveat.NotSetYet:
		return fmt.Errorf("%s is %v", name, why)
	case caveat.NotStored, caveat.NoRecord:
		return fmt.Errorf("%s is not in the dump", name)
	case caveat.Limit, caveat.OtherLimit:
		return fmt.Errorf("%s is not in the dump: %v", name, why)
	}
	return fmt.Errorf("%s is unreadable: %v", name, why)
}

func (e *evaluation) eval(n ast.Expr) (operand, error) {
	var op operand
	var err error
	switch n := n.(type) {
	case *ast.ParenExpr:
		op, err = e.eval(n.X)
	case *ast.Ident:
		op, err = e.ident(n)
	case *ast.BasicLit:
		op, err = literal(n)
	case *ast.SelectorExpr:
		op, err = e.selector(n)
	case *ast.IndexExpr:
		op, err = e.index(n)
	case *ast.SliceExpr:
		op, err = e.slice(n)
	case *ast.StarExpr:
		op, err = e.deref(n)
	case *ast.UnaryExpr:
		op, err = e.unary(n)
	case *ast.BinaryExpr:
		op, err = e.binary(n)
	case *ast.TypeAssertExpr:
		op, err = e.assert(n)
	case *ast.CallExpr:
		op, err = e.call(n)
	default:
		err = fmt.Errorf("%s are not supported", construct(n))
	}
	op.src = e.source(n)
	return op, err
}

// construct names what an expression is that can't be evaluated.
func construct(n ast.Expr) string {
	switch n.(type) {
	case *ast.CompositeLit:
		return "composite literals"
	case *ast.FuncLit:
		return "function literals"
	case *ast.IndexListExpr:
		return "type arguments"
	case *ast.KeyValueExpr, *ast.Ellipsis:
		return "such expressions"
	}
	return "types as values"
}

// source returns an expression as text on a line, for messages.
func (e *evaluation) source(n ast.Expr) string {
	if id, ok := n.(*ast.Ident); ok {
		return e.written(id.Name)
	}
	// Not by go/printer: that takes a time cubic in the depth of an expression.
	const enough = 80
	start := max(int(n.Pos())-1, 0) // in a file set of one file positions count from 1
	end := min(int(n.End())-1, start+5*enough, len(e.text))
	text := e.text[start:max(start, end)]
	if strings.Contains(text, placeholder) {
		for i, path := range e.paths {
			text = strings.Replace(text, placeholder+strconv.Itoa(i)+".", strconv.Quote(path)+".", 1)
		}
	}
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "") + "..."
	}
	return e.written(text)
}

// written returns a part of the expression as the user has written it.
func (e *evaluation) written(text string) string {
	for name, as := range e.scope.Written {
		text = strings.ReplaceAll(text, name, as)
	}
	return text
}

func (e *evaluation) ident(n *ast.Ident) (operand, error) {
	var op operand
	v, ok, err := e.scope.find(n.Name)
	if ok || err != nil {
		op.Value = v
		return op, err
	}
	switch n.Name {
	case "true", "false":
		op.Const = constant.MakeBool(n.Name == "true")
	case "nil":
		op.Nil = true
	default:
		op, found, err := e.constant(e.scope.Package, true, n.Name)
		if !found && err == nil {
			err = &UnknownError{Name: n.Name}
		}
		return op, err
	}
	return op, nil
}

func literal(n *ast.BasicLit) (op operand, err error) {
	op.Const = constant.MakeFromLiteral(n.Value, n.Kind, 0)
	if op.Const.Kind() == constant.Unknown {
		return op, fmt.Errorf("malformed constant %s", n.Value)
	}
	if !inRange(op.Const) {
		return op, fmt.Errorf("constant %s is out of range", n.Value)
	}
	if n.Kind == token.CHAR {
		op.kind = reflect.Int32 // what it defaults to
	}
	return op, nil
}

func (e *evaluation) deref(n *ast.StarExpr) (operand, error) {
	op, err := e.eval(n.X)
	if err != nil {
		return op, err
	}
	if op.Address {
		op.Address = false
		return op, nil
	}
	v, err := op.value()
	if err != nil {
		return op, err
	}
	v, err = inInterface(v, op.src)
	if err != nil {
		return op, err
	}
	if v.Kind() != reflect.Pointer {
		return op, fmt.Errorf("cannot dereference %s (type %s)", op.src, v.Type())
	}
	op.Value, err = target(v, op.src)
	return op, err
}

// value returns the operand's value in the dump.
func (op *operand) value() (v dump.Value, err error) {
	switch {
	case op.Nil:
		return v, errors.New("nil has no type")
	case op.Const != nil:
		return v, fmt.Errorf("%s is a constant", op.src)
	case op.Address:
		return v, fmt.Errorf("%s is an address: use it with * or a field", op.src)
	}
	return op.Value, nil
}

// present returns an error if v, which name stands for, has no value.
func present(v dump.Value, name string) error {
	if v.Valid() {
		return nil
	}
	return Missing(name, v.Reason())
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

// inInterface returns the value in an interface; anything else it returns as
// it is. Interfaces don't hold interfaces, except in forged dumps.
func inInterface(v dump.Value, name string) (dump.Value, error) {
	if v.Kind() != reflect.Interface {
		return v, nil
	}
	if err := present(v, name); err != nil {
		return v, err
	}
	if v.IsNil() {
		return v, fmt.Errorf("%s (type %s) is nil", name, v.Type())
	}
	in := v.Elem()
	return in, present(in, name)
}

func (e *evaluation) call(n *ast.CallExpr) (operand, error) {
	var op operand
	name, ok := ast.Unparen(n.Fun).(*ast.Ident)
	to := reflect.Invalid
	if ok {
		to = e.conversion(name)
	}
	switch ast.Unparen(n.Fun).(type) {
	case *ast.StarExpr, *ast.BasicLit: // (*T)(0x1), ("*path/of.T")(0x1)
		return op, fmt.Errorf("nothing was shown as %s", e.source(n))
	}
	if to == reflect.Invalid && (!ok || name.Name != "len" && name.Name != "cap") {
		return op, fmt.Errorf("cannot call %s: only len, cap and conversions to basic types are supported",
			e.source(n.Fun))
	}
	if len(n.Args) != 1 {
		return op, fmt.Errorf("%s takes one argument, not %d", name.Name, len(n.Args))
	}
	arg, err := e.eval(n.Args[0])
	if err != nil {
		return op, err
	}
	if to != reflect.Invalid {
		return converted(arg, to)
	}
	length, err := e.length(name.Name, arg)
	op.Const, op.Type, op.kind, op.size = constant.MakeInt64(length), "int", reflect.Int, 8
	return op, err
}

// length evaluates len and cap.
func (e *evaluation) length(fn string, arg operand) (int64, error) {
	if arg.Const != nil && arg.Const.Kind() == constant.String && fn == "len" {
		return int64(len(constant.StringVal(arg.Const))), nil
	}
	v, err := arg.value()
	if err == nil {
		v, err = inInterface(v, arg.src)
	}
	if err == nil && v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Array {
		v, err = target(v, arg.src)
	}
	if err == nil {
		err = present(v, arg.src)
	}
	if err != nil {
		return 0, err
	}
	switch k := v.Kind(); {
	case k == reflect.Array:
		return v.Len(), nil
	case k == reflect.String && fn == "len" && v.Redacted():
		return 0, fmt.Errorf("%s is redacted: its length is not in the dump", arg.src)
	case (k == reflect.String || k == reflect.Map) && fn == "len", k == reflect.Slice, k == reflect.Chan:
		if fn == "cap" && v.Cap() < 0 {
			return 0, Missing(fn+"("+arg.src+")", caveat.Reason{Kind: caveat.OptimizedOut})
		} else if fn == "cap" {
			return v.Cap(), nil
		}
		return v.Len(), nil
	}
	return 0, fmt.Errorf("invalid argument %s (type %s) for %s", arg.src, v.Type(), fn)
}

// syntaxError makes the parser's complaint one line about one expression.
func (e *evaluation) syntaxError(err error) error {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return fmt.Errorf("syntax error: %w", err)
	}
	msg := strings.ReplaceAll(list[0].Msg, "'EOF'", "the end")
	msg = strings.ReplaceAll(e.written(msg), "\n", `\n`) // a raw string may be quoted in it
	if list[0].Pos.Line > 1 {
		return fmt.Errorf("syntax error: %s", msg)
	}
	return fmt.Errorf("syntax error at column %d: %s", list[0].Pos.Column, msg)
}
