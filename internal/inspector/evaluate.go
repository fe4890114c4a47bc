package inspector

import (
	"errors"
	"fmt"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
)

// Evaluated is the result of an expression.
type Evaluated struct {
	eval.Result
	// Noted is the first variable in the expression that there are doubts about, or nil. A
	// doubt about a variable holds for every value made from it.
	Noted *dump.Variable
}

// Evaluate evaluates an expression in the selected frame, or without one.
func (in *Inspector) Evaluate(expr string) (r Evaluated, err error) {
	x, err := in.prepare(expr)
	if err == nil {
		r, err = x.evaluate(in.frameOrNone())
	}
	return r, in.hinted(err)
}

// hinted adds to an error about an unknown name where it has a meaning.
func (in *Inspector) hinted(err error) error {
	var unknown *eval.UnknownError
	switch {
	case !errors.As(err, &unknown):
	case unknown.Package != "":
		err = fmt.Errorf("%w: the dump has the package-level variables of the main module, see vars, "+
			"and the functions on stacks and of its source files, see funcs", err)
	default:
		if hint := in.elsewhere(unknown.Name); hint != "" {
			err = fmt.Errorf("%w: %s", err, hint)
		}
	}
	return err
}

// prepared is an expression to evaluate, once or many times.
type prepared struct {
	*eval.Expr
	in      *Inspector
	written map[string]string     // see [eval.Scope]
	bound   map[string]dump.Value // names that mean these values, whatever else is called so
	globals []dump.Variable
	names   []string // of globals
}

func (in *Inspector) prepare(expr string) (*prepared, error) {
	x := &prepared{in: in}
	expr, x.bound, x.written = in.recall(expr)
	return x, x.parse(numberedResults(expr, x.written))
}

// parse parses an expression in which names stand for what else was written.
func (x *prepared) parse(expr string) (err error) {
	x.globals, _ = x.in.Globals() // those that can be read
	x.names = make([]string, len(x.globals))
	for i := range x.globals {
		x.names[i] = x.globals[i].Name
	}
	x.Expr, err = eval.Parse(expr, x.written)
	return err
}

// source returns the expression as it was written.
func (x *prepared) source() string {
	text := x.Text()
	for name, as := range x.written {
		text = strings.ReplaceAll(text, name, as)
	}
	return text
}

// evaluate evaluates the expression in a frame of a package, without one if it is nil.
func (x *prepared) evaluate(f *dump.Frame, pkg string) (r Evaluated, err error) {
	in := x.in
	l := &lookup{in: in, frame: f, globals: x.globals, bound: x.bound}
	scope := eval.Scope{
		Core: in.Core, Package: pkg, Constants: in.knownConstants, Function: in.hasFunction,
		Signature: in.signature,
		Declared:  in.declaredType,
		Globals:   x.names, Global: l.global, Local: l.local, Kept: l.kept, Written: x.written,
	}
	if f != nil {
		scope.Absent = l.absent
	}
	r.Result, err = x.Eval(scope)
	r.Noted = l.noted
	return r, err
}

// lookup gives the names in an expression their values.
type lookup struct {
	in      *Inspector
	frame   *dump.Frame // nil if none is selected
	globals []dump.Variable
	bound   map[string]dump.Value // see prepared
	noted   *dump.Variable        // see Evaluated
}

// use returns the value of a variable that the expression uses.
func (l *lookup) use(v *dump.Variable) dump.Value {
	if l.noted == nil && v.Note() != "" {
		l.noted = v
	}
	return v.Value
}

func (l *lookup) global(i int) dump.Value { return l.use(&l.globals[i]) }

func (l *lookup) local(name string) (v dump.Value, ok bool) {
	if v, ok := l.bound[name]; ok {
		return v, true
	}
	if l.frame != nil {
		if v := l.frame.Variable(name); v != nil {
			return l.use(v), true
		}
	}
	if name == "panic" && l.in.goroutine != nil {
		if p := l.in.goroutine.PanicValue(); p != nil {
			return l.use(p), true
		}
	}
	return v, false
}

func (l *lookup) kept(name string) (eval.Result, bool, error) {
	k, ok, err := l.in.kept(name)
	if ok && l.noted == nil {
		l.noted = k.Noted
	}
	return k.Result, ok, err
}

func (l *lookup) absent(name string, inPackage bool) string {
	why, unsure := l.frame.Absent(name)
	if unsure && inPackage && l.noted == nil {
		l.noted = &dump.Variable{Name: name, Doubts: caveat.Only(caveat.OfPackage)}
	}
	return why
}

// elsewhere tells which other frame of the goroutine has a variable of a name, or which name
// of this one may have been meant; "" if there is neither.
func (in *Inspector) elsewhere(name string) string {
	if in.goroutine == nil {
		return ""
	}
	for i := range in.goroutine.Frames {
		f := &in.goroutine.Frames[i]
		if i != in.frame && f.Variable(name) != nil {
			return fmt.Sprintf("frame %d (%s) has one: f %d p %s", i, f.Func, i, name)
		}
	}
	if similar := eval.Similar(name, in.Names("")); similar != "" {
		return fmt.Sprintf("did you mean %s?", similar)
	}
	return ""
}

// frameOrNone returns the selected frame and its package, or nothing: package-level
// variables can be read without a frame.
func (in *Inspector) frameOrNone() (f *dump.Frame, pkg string) {
	f, _, err := in.Frame()
	if err != nil {
		return nil, ""
	}
	return f, f.Package
}

// knownConstants returns the constants that the dump knows.
func (in *Inspector) knownConstants() []eval.Constant {
	if in.constants == nil {
		in.constants = []eval.Constant{}
		for _, k := range in.Core.Constants() {
			in.constants = append(in.constants, eval.Constant{Name: k.Name, Type: k.Type, Value: k.Bits})
		}
	}
	return in.constants
}
