// Package eval evaluates Go expressions over values that can only be read: those of a
// dump.
//
// It takes what Delve's print takes, and answers in Delve's words. Where Go allows more, so
// does eval: literals of slices, arrays and maps, comparison of interfaces with anything,
// indices of any integer type, three-index slices. Where Delve breaks Go's rules, such as for
// overflow, eval follows Go. As in Delve, x.(data) is the value in interface x, len, cap, real
// and imag take the type of another operand, captured variables are fields of a func value,
// and m[n:] leaves out the first n entries of a map. What is looked at in an interface,
// ordered or asked as a condition is the value in it; what is calculated with or converted
// isn't, as in Delve and Go.
//
// What isn't in the dump is an error, never a guess: if the dump holds only a part of a
// map, a key that isn't there isn't reported as missing from the map. An error is worded
// where it is found, in the file for that kind of expression.
package eval

import (
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/scanner"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/syntax"
)

// Scope gives names their values. Its functions are called for the variables whose values
// are used, in the order of their use.
type Scope struct {
	// Core is the dump, which has the types that expressions name. It may be nil: then they
	// can name none but the predeclared ones.
	Core *dump.Core
	// Package is the import path of the frame's package: an unqualified name that isn't
	// local belongs to it.
	Package string
	// Local finds a variable of the frame.
	Local func(name string) (dump.Value, bool)
	// Globals are the names of the package-level variables, with their import
	// path: "net/http.DefaultClient". Global returns one of them.
	Globals []string
	Global  func(i int) dump.Value
	// Constants returns the named constants that are known.
	Constants func() []Constant
	// Function reports whether the program has a function, named as in a traceback:
	// "main.run", "main.(*server).serve". It may be nil.
	Function func(name string) bool
	// Signature returns what a function takes and returns, see [syntax.File.Signatures]; "" if that
	// isn't known. It may be nil.
	Signature func(name string) string
	// Declared returns a declaration of a type in the source files of the dump, named with its
	// import path: "net/http.Header". A short name has the package's name instead. It may be nil.
	Declared func(name string, short bool) (t syntax.Type, ok bool)
	// Absent says why an unqualified name that isn't Local has no value, "" if the
	// function has no such name. inPackage says that the package has a variable of the
	// name, which will be used instead. Absent may be nil.
	Absent func(name string, inPackage bool) string
	// Kept returns the result that the user has given this name. A variable of the name
	// has precedence. It may be nil.
	Kept func(name string) (r Result, ok bool, err error)
	// Written maps names of Local to the texts by which the user has written them, which
	// messages show. It may be nil.
	Written map[string]string
}

// Constant is a named constant of an integer type.
type Constant struct {
	Name  string // with its import path: "time.March"
	Type  *dump.Type
	Value int64 // its 64 bits
}

// Result is the result of an expression.
type Result struct {
	Value dump.Value     // valid if the others aren't set; it may have no value, see [Missing]
	Const constant.Value // an untyped constant, or the value of a named one
	Type  *dump.Type     // of a named constant
	Nil   bool           // the predeclared nil
}

// Typed returns the result as a value: a constant has its own type, or its default type.
func (r Result) Typed(core *dump.Core) (dump.Value, error) {
	switch {
	case r.Nil:
		return r.Value, errors.New("nil has no type")
	case r.Const == nil:
		return r.Value, nil
	}
	t := r.Type
	if t == nil {
		t = core.Basic(defaultKind(&operand{c: r.Const}))
	}
	if !representable(r.Const, t) {
		return r.Value, fmt.Errorf("%v is out of the range of %s", r.Const, t)
	}
	return typed(r.Const, t), nil
}

// UnknownError is about an unknown name.
type UnknownError struct {
	Package string // as it was written, "" if it wasn't
	Name    string
	// IsPackage says that the package is known.
	IsPackage bool
}

func (e *UnknownError) Error() string {
	switch {
	case e.Package == "":
		return "could not find symbol value for " + e.Name
	case e.IsPackage:
		return "package " + e.Package + " has no function " + e.Name
	}
	return "could not find symbol " + e.Package + "." + e.Name
}

// maxExpression bounds expressions, in bytes: evaluation recurses, and its time is
// quadratic in the depth.
const maxExpression = 1 << 12

// Expr is a parsed expression, which may be evaluated many times.
type Expr struct {
	node      ast.Expr
	text      string   // the expression as it was parsed
	paths     []string // quoted import paths, see quotedPaths
	constants []string // the names of the constants of the scope, nil if not asked for
}

// Parse parses a Go expression. written is that of [Scope]. Errors are one line.
func Parse(expr string, written map[string]string) (*Expr, error) {
	if len(expr) > maxExpression {
		return nil, fmt.Errorf("expression of %d bytes is longer than %d", len(expr), maxExpression)
	}
	node, err := parser.ParseExpr(expr)
	if err == nil {
		return &Expr{node: node, text: expr}, nil
	}
	rewritten, paths := quotedPaths(expr)
	node, again := parser.ParseExpr(rewritten)
	if len(paths) == 0 || again != nil {
		e := evaluation{scope: Scope{Written: written}}
		return nil, e.syntaxError(err)
	}
	return &Expr{node: node, text: rewritten, paths: paths}, nil
}

// Text returns the expression as it was parsed.
func (x *Expr) Text() string { return x.text }

// Eval evaluates the expression. A variable without a value is not an error unless it is used.
// All scopes in which one is evaluated have the same constants. Errors are one line.
func (x *Expr) Eval(scope Scope) (Result, error) {
	e := &evaluation{scope: scope, Expr: x}
	op, err := e.eval(x.node)
	if err == nil {
		err = op.settled()
	}
	return Result{Value: op.v, Const: op.c, Type: op.typ, Nil: op.null}, err
}

// evaluation is one call of [Expr.Eval].
type evaluation struct {
	*Expr
	scope  Scope
	steps  int // of composite literals and comparisons, see step
	nested int // depth of the values being compared, see equalValues
}

// operand is an intermediate result: a value, a constant, or nil.
type operand struct {
	v      dump.Value
	c      constant.Value
	typ    *dump.Type // of a named constant; nil for an untyped one
	isRune bool       // an untyped constant that is a rune by default
	null   bool
	name   string // of a variable or one of its fields, for messages as in Delve
	src    string // for messages

	// loose says that the operand is the result of len, cap, real or imag. As in Delve it takes the
	// type of another operand, although it isn't a constant.
	loose bool
	// retyped, of an int or rune that is one only because nothing says otherwise, returns it with another
	// type, see deferredShift.
	retyped func(t *dump.Type) (operand, error)
}

func untyped(c constant.Value) operand { return operand{c: c} }

func valued(v dump.Value) operand { return operand{v: v} }

// isUntyped reports whether the operand is a constant without a type.
func (op *operand) isUntyped() bool { return op.c != nil && op.typ == nil }

// kind returns the kind of the operand's type: for an untyped constant that of its default
// type, for nil that of a pointer.
func (op *operand) kind() reflect.Kind {
	switch {
	case op.null:
		return reflect.Pointer
	case op.typ != nil:
		return op.typ.Kind()
	case op.c != nil:
		return defaultKind(op)
	}
	return op.v.Kind()
}

// typeName names the operand's type.
func (op *operand) typeName() string {
	switch {
	case op.null:
		return "nil"
	case op.typ != nil:
		return op.typ.String()
	case op.c != nil:
		return defaultKind(op).String()
	}
	return op.v.Type().String()
}

// typeOperated names the type as Delve does where two types don't match.
func (op *operand) typeOperated() string {
	if t := op.typeOfValue(); !op.null && t != nil {
		return operatedName(t)
	}
	return op.typeName()
}

// operatedName names a type as Delve does where it doesn't fit an operator.
func operatedName(t *dump.Type) string {
	switch k := t.Kind(); {
	case k == reflect.UnsafePointer:
		return "*void"
	case k == reflect.Struct && strings.HasPrefix(t.String(), "struct {"):
		return "struct " + t.String() // its kind, and then its name
	}
	return t.String()
}

// typeIndexed names the type as Delve does where it can't be indexed: it follows pointers.
func (op *operand) typeIndexed() string {
	switch {
	case op.c == nil && !op.null && op.v.Kind() == reflect.UnsafePointer:
		return "void"
	case op.c == nil && !op.null && op.v.Kind() == reflect.Pointer:
		return op.v.Type().Elem().String()
	}
	return op.typeName()
}

func defaultKind(op *operand) reflect.Kind {
	switch op.c.Kind() {
	case constant.Bool:
		return reflect.Bool
	case constant.String:
		return reflect.String
	case constant.Int:
		if op.isRune {
			return reflect.Int32
		}
		return reflect.Int
	case constant.Float:
		return reflect.Float64
	}
	return reflect.Complex128
}

// These are reasons without details.
var (
	redacted  = caveat.Reason{Kind: caveat.Redacted}
	notOfType = caveat.Reason{Kind: caveat.NotOfType}
)

// Missing says that name has no value.
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

func (e *evaluation) eval(n ast.Expr) (op operand, err error) {
	switch n := n.(type) {
	case *ast.ParenExpr:
		op, err = e.eval(n.X)
	case *ast.Ident:
		op, err = e.ident(n)
	case *ast.BasicLit:
		op, err = literal(n)
	case *ast.CompositeLit:
		op, err = e.composite(n)
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
		err = fmt.Errorf("expression %T not implemented", n)
	}
	op.src = e.source(n)
	return op, err
}

// maxSteps bounds how many elements an expression may make or compare.
const maxSteps = 1 << 16

// step counts n elements that are made or compared.
func (e *evaluation) step(n int) error {
	if e.steps += n; e.steps > maxSteps {
		return fmt.Errorf("the expression makes or compares more than %d values", maxSteps)
	}
	return nil
}

// source returns an expression as text on a line, for messages.
func (e *evaluation) source(n ast.Expr) string {
	if id, ok := n.(*ast.Ident); ok {
		return e.written(id.Name)
	}
	// go/printer takes a time cubic in the depth of an expression.
	const enough = 80
	start := max(int(n.Pos())-1, 0) // in a file set of one file positions count from 1
	end := min(int(n.End())-1, start+5*enough, len(e.text))
	text := e.text[start:max(start, end)]
	if len(e.paths) > 0 {
		for i, path := range e.paths {
			text = strings.Replace(text, placeholder+strconv.Itoa(i)+".", strconv.Quote(path)+".", 1)
		}
	}
	if strings.ContainsAny(text, "\t\n\r") || strings.Contains(text, "  ") {
		text = strings.Join(strings.Fields(text), " ")
	}
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "") + "..."
	}
	return e.written(text)
}

// written returns a part of the expression as the user wrote it.
func (e *evaluation) written(text string) string {
	for name, as := range e.scope.Written {
		text = strings.ReplaceAll(text, name, as)
	}
	return text
}

// syntaxError turns the parser's error into one line about one expression.
func (e *evaluation) syntaxError(err error) error {
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return fmt.Errorf("syntax error: %w", err)
	}
	msg := strings.ReplaceAll(e.written(list[0].Msg), "\n", `\n`) // the message may quote a raw string
	return fmt.Errorf("%d:%d: %s", list[0].Pos.Line, list[0].Pos.Column, msg)
}

// present returns an error if v, called name, has no value.
func present(v dump.Value, name string) error {
	if v.Valid() {
		return nil
	}
	return Missing(name, v.Reason())
}

// inInterface returns the value in an interface that isn't nil; it returns any other value
// unchanged. Interfaces don't hold interfaces, except in forged dumps.
func inInterface(v dump.Value, name string) (dump.Value, error) {
	if v.Kind() != reflect.Interface {
		return v, nil
	}
	if err := present(v, name); err != nil {
		return v, err
	}
	in := v.Elem()
	return in, present(in, name)
}
