package inspector

import (
	"go/ast"
	"go/parser"
	"reflect"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/symbol"
	"coredumpy/internal/syntax"
)

// OriginSetting is a statement that may have set a variable.
type OriginSetting struct {
	Line    int
	Text    string
	Part    bool // it sets a part only
	Address bool // it takes the address, by which the variable may be set
	Later   bool // it comes later in a loop, or is in another function literal
}

// Origin is where a value comes from: in a frame, and by which argument it was passed there.
type Origin struct {
	Expr     string
	Frame    int // -1: in the goroutine that started this one
	At       dump.Place
	Settings []OriginSetting // of the variable, those nearest to the frame's line first
	Local    bool            // it begins with a variable of the frame
	Unclear  bool            // the source doesn't say which variable it is, or isn't in the dump

	// Argument is the number of the argument that the variable is, 0 for a receiver, -1 for none.
	Argument int
	Passed   string     // what the caller passes, "" if that can't be told
	Call     string     // the text of the call, "" if it isn't on the caller's line
	CallAt   dump.Place // of the caller; no File if there is none in the dump
}

// maxOrigins bounds how many frames an origin is followed through.
const maxOrigins = 100

// Origins returns where the value of an expression in the selected frame comes from: the variable
// that it begins with, and if that is an argument, what the caller has passed, and so on.
func (in *Inspector) Origins(expr string) (origins []Origin, err error) {
	g, err := in.Selected()
	if err != nil {
		return nil, err
	}
	_, n, err := in.Frame()
	if err != nil {
		return nil, err
	}
	for n < len(g.Frames) && len(origins) < maxOrigins {
		f := &g.Frames[n]
		o := Origin{Expr: expr, Frame: n, At: f.Place, Argument: -1}
		name, ok := rootName(expr)
		v := f.Variable(name)
		if !ok || v == nil {
			return append(origins, o), nil
		}
		o.Local = true
		in.settings(&o, f.Place, name, v.Value)
		file := in.Core.Syntax(f.File)
		number, last, isParameter := file.Parameter(name, f.Line)
		if !isParameter {
			return append(origins, o), nil
		}
		o.Argument = number
		n = in.passed(&o, g, n, number, last)
		origins = append(origins, o)
		if o.Passed == "" {
			break
		}
		expr = o.Passed + strings.TrimPrefix(expr, name)
		if strings.TrimPrefix(o.Expr, name) != "" && operand(o.Passed) != o.Passed {
			expr = "(" + o.Passed + ")" + strings.TrimPrefix(o.Expr, name)
		}
		if n >= len(g.Frames) {
			started := Origin{Expr: expr, Frame: -1, At: o.CallAt, Argument: -1}
			if name, ok := rootName(expr); ok {
				in.settings(&started, o.CallAt, name, dump.Value{})
			}
			origins = append(origins, started)
		}
	}
	return origins, nil
}

// rootName returns the variable with which an operand begins: x of x.f[i].
func rootName(expr string) (name string, ok bool) {
	e, err := parser.ParseExpr(expr)
	if err != nil {
		return "", false
	}
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x.Name, strings.HasPrefix(expr, x.Name)
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		default:
			return "", false
		}
	}
}

// settings finds the statements that may have set a variable, or the part of it that is asked for.
func (in *Inspector) settings(o *Origin, at dump.Place, name string, v dump.Value) {
	text, _ := in.Source(at.File)
	settings, ok := in.Core.Syntax(at.File).Settings(name, at.Line)
	o.Unclear = !ok
	k := v.Kind()
	whole := k == reflect.Struct || k == reflect.Array // a part of it is a part of the variable
	for _, s := range settings {
		to := cutSpan(text, s.To)
		asked := within(o.Expr, to) || within(to, o.Expr) && whole
		if s.Part && !asked || o.Expr == name && s.Part && !whole {
			continue
		}
		o.Settings = append(o.Settings, OriginSetting{Line: s.Line, Text: cutSpan(text, s.Stmt),
			Part: s.Part && to != o.Expr, Address: s.Address, Later: s.Later})
	}
}

// within reports whether an operand is a part of another one, or that itself: x.a[1] of x.a, and x.ab not.
func within(part, of string) bool {
	rest, ok := strings.CutPrefix(part, of)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// cutSpan returns a part of a text on a line.
func cutSpan(text string, s syntax.Span) string {
	const most = 1000
	if s.From < 0 || s.To > len(text) || s.From >= s.To {
		return ""
	}
	return strings.ToValidUTF8(strings.Join(strings.Fields(text[s.From:min(s.To, s.From+most)]), " "), "")
}

// passed finds what the caller of frame n passes as an argument, and returns the number of the
// caller's frame: that behind the last one if it is the go statement of another goroutine.
func (in *Inspector) passed(o *Origin, g *dump.Goroutine, n, number int, last bool) int {
	function := g.Frames[n].Func
	for n++; n < len(g.Frames); n++ {
		if f := &g.Frames[n]; !symbol.Wrapper(f.Func) && f.File != "<autogenerated>" {
			break
		}
	}
	switch {
	case n < len(g.Frames) && packageOf(g.Frames[n].Package, g.Frames[n].Func) != "runtime":
		o.CallAt = g.Frames[n].Place
	case n < len(g.Frames) && g.CreatedBy != nil && in.outermost(g, n):
		n, o.CallAt = len(g.Frames), *g.CreatedBy
	case n == len(g.Frames) && g.CreatedBy != nil && g.More == 0:
		o.CallAt = *g.CreatedBy
	default:
		return len(g.Frames)
	}
	if i := strings.IndexByte(function, '['); i > 0 { // type arguments
		function = function[:i]
	}
	call, ok := in.Core.Syntax(o.CallAt.File).CallOn(o.CallAt.Line, function)
	if !ok {
		return n
	}
	text, _ := in.Source(o.CallAt.File)
	o.Call = cutSpan(text, call.Text)
	if arg, ok := call.Argument(number, last); ok {
		o.Passed = cutSpan(text, arg)
	}
	return n
}

// outermost reports whether only frames of the runtime follow: those that begin a goroutine.
func (in *Inspector) outermost(g *dump.Goroutine, n int) bool {
	return n == len(g.Frames)-1 && g.More == 0 && g.Frames[n].Func == "runtime.goexit"
}
