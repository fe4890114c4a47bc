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
	use := func(v *dump.Variable) dump.Value {
		if r.Noted == nil && v.Note() != "" {
			r.Noted = v
		}
		return v.Value
	}
	f, pkg := in.frameOrNone()
	globals, _ := in.Globals() // those that can be read
	names := make([]string, len(globals))
	for i := range globals {
		names[i] = globals[i].Name
	}
	rewritten, shown, written := in.recall(expr)
	rewritten = numberedResults(rewritten, written)
	scope := eval.Scope{
		Core: in.Core, Package: pkg,
		Globals: names, Constants: in.knownConstants, Function: in.hasFunction,
		Global: func(i int) dump.Value { return use(&globals[i]) },
		Local: func(name string) (v dump.Value, ok bool) {
			if v, ok := shown[name]; ok {
				return v, true
			}
			if f != nil {
				if v := f.Variable(name); v != nil {
					return use(v), true
				}
			}
			if name == "panic" && in.goroutine != nil {
				if p := in.goroutine.PanicValue(); p != nil {
					return use(p), true
				}
			}
			return v, false
		},
	}
	scope.Written = written
	scope.Kept = func(name string) (eval.Result, bool, error) {
		k, ok, err := in.kept(name)
		if ok && r.Noted == nil {
			r.Noted = k.Noted
		}
		return k.Result, ok, err
	}
	if f != nil {
		scope.Absent = func(name string, inPackage bool) string {
			why, unsure := f.Absent(name)
			if unsure && inPackage && r.Noted == nil {
				r.Noted = &dump.Variable{Name: name, Doubts: caveat.Only(caveat.OfPackage)}
			}
			return why
		}
	}
	r.Result, err = eval.Eval(rewritten, scope)
	var unknown *eval.UnknownError
	switch {
	case !errors.As(err, &unknown):
	case unknown.Package != "":
		err = fmt.Errorf("%w: the package-level variables in the dump are those of the main module, see vars", err)
	default:
		if hint := in.elsewhere(unknown.Name); hint != "" {
			err = fmt.Errorf("%w: %s", err, hint)
		}
	}
	return r, err
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

// knownConstants returns the constants of the types in the dump.
func (in *Inspector) knownConstants() []eval.Constant {
	if in.constants == nil {
		in.constants = []eval.Constant{}
		for _, k := range in.Core.Constants() {
			typ := k.Type.String()
			name := typ[:strings.LastIndexByte(typ, '.')+1] + k.Name
			in.constants = append(in.constants, eval.Constant{Name: name, Type: k.Type, Value: k.Bits})
		}
	}
	return in.constants
}
