package crashtest

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"coredumpy"
	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/pretty"
)

// checker compares a dump with the facts about its program.
type checker struct {
	core    *coredumpy.Core
	all     []*coredumpy.Goroutine // the current one first
	globals []coredumpy.Variable
	exact   bool // every variable has a value
	right   int
	without int // facts about variables that have a reason instead of a value
	stale   int // pointers that the stack left behind when it moved, and that say so
}

func newChecker(core *coredumpy.Core, exact bool) (*checker, error) {
	c := &checker{core: core, exact: exact}
	for _, id := range core.Goroutines() {
		g, err := core.Goroutine(id)
		if err != nil {
			return nil, err
		}
		c.all = append(c.all, g)
	}
	var err error
	c.globals, err = core.Globals()
	if len(c.all) == 0 {
		return nil, errors.New("no goroutine in the dump")
	}
	return c, err
}

// errNoValue means that the dump has a reason instead of the value, or no such variable
// at all, as in optimised code.
var errNoValue = errors.New("no value")

// check reports every fact that doesn't hold. Without exact a value may be
// missing, but never wrong.
func (c *checker) check(t *testing.T, p *program) {
	t.Helper()
	for _, f := range p.facts {
		err := c.fact(&f)
		switch {
		case err == nil:
			c.right++
		case errors.Is(err, errNoValue) && !c.exact:
			c.without++
		default:
			t.Errorf("%s: want%s %s %s: %v", f.pos, dash(f.kind), f.fn, f.expr, err)
		}
	}
	c.checkSources(t)
}

func dash(kind string) string {
	if kind == "" {
		return ""
	}
	return "-" + kind
}

func (c *checker) fact(f *fact) error {
	switch f.kind {
	case "frames":
		return c.frames(f)
	case "current":
		return c.current(f)
	case "status":
		return c.status(f)
	case "value":
		return c.panicValue(f)
	case "earlier":
		return c.earlier(f)
	case "global":
		return f.compare(c.show(c.scope(&coredumpy.Frame{}), f.expr))
	}
	return c.anyFrame(f)
}

// compare judges what the dump has for a fact.
func (f *fact) compare(got string, err error) error {
	if err != nil {
		return err
	}
	if f.matches(got) {
		return nil
	}
	err = fmt.Errorf("got %.300s, want %.300s", got, f.want)
	unsized := fact{want: capacity.ReplaceAllString(f.want, "cap: ?")}
	if lost(got) || unsized.matches(capacity.ReplaceAllString(got, "cap: ?")) && strings.Contains(got, "cap: ?") {
		return errors.Join(err, errNoValue)
	}
	return err
}

// capacity matches the part of a slice that may be optimised out alone.
var capacity = regexp.MustCompile(`cap: \d+`)

// lost reports whether a value or an error says that optimisation has removed what was
// wanted: a value, or the type with which generic code was instantiated.
func lost(text string) bool {
	return strings.Contains(text, "optimized out") || strings.Contains(text, "go.shape.") ||
		strings.Contains(text, "unreadable no type at") // Go 1.25 places an interface where there is only its data word
}

// anyFrame compares a fact with all frames of its function: one must match.
func (c *checker) anyFrame(f *fact) error {
	var first error
	found := false
	for _, g := range c.all {
		for i := range g.Frames {
			if generic(g.Frames[i].Func) != f.fn {
				continue
			}
			err := c.frame(f, &g.Frames[i])
			if err == nil {
				return nil
			}
			if first == nil || errors.Is(err, errNoValue) && !c.exact {
				first = err
			}
			found = true
		}
	}
	if !found && closure.MatchString(f.fn) {
		return fmt.Errorf("%w: no frame of this function, whose name is the compiler's choice", errNoValue)
	}
	if !found {
		return errors.New("no frame of this function")
	}
	return first
}

func (c *checker) frame(f *fact, fr *coredumpy.Frame) error {
	switch f.kind {
	case "args":
		return wantArgs(f, fr)
	case "none":
		return wantNone(f, fr)
	case "shadowed":
		return wantShadowed(f, fr)
	case "same":
		return c.wantSame(f, fr)
	case "waiting":
		return wantWaiting(f, fr)
	case "closure":
		return wantClosure(f, fr)
	case "buffer":
		return wantBuffer(f, fr)
	case "type":
		v, err := c.evaluate(c.scope(fr), f.expr)
		if err != nil {
			return err
		}
		return f.compare(v.Value.Type().String(), nil)
	}
	err := f.compare(c.show(c.scope(fr), f.expr))
	if err != nil &&
		(strings.Contains(err.Error(), freed) || strings.Contains(err.Error(), reused) || doubted(fr, f.expr)) {
		// It pointed to where the stack was before it grew, and the runtime has used that
		// memory since. All that the dump can do is to say so.
		c.stale++
		return nil
	}
	return err
}

// Reasons for pointers into memory that the stack has left.
const (
	freed  = "its memory has been freed"
	reused = "its memory has been reused"
)

// doubted reports whether the variable at the beginning of an expression says that what
// it points to may have been reused.
func doubted(fr *coredumpy.Frame, expr string) bool {
	name := strings.TrimLeft(expr, "*&(")
	if i := strings.IndexAny(name, ".[)( "); i >= 0 {
		name = name[:i]
	}
	v, ok := variable(fr, name)
	return ok && strings.Contains(v.Note, "may have been reused")
}

// scope finds the variables of a frame; inner ones hide outer ones.
func (c *checker) scope(fr *coredumpy.Frame) eval.Scope {
	return c.locals(fr.Package, func(name string) (dump.Value, bool) {
		v, ok := variable(fr, name)
		return dump.Value(v.Value), ok
	})
}

func (c *checker) locals(pkg string, local func(name string) (dump.Value, bool)) eval.Scope {
	s := eval.Scope{
		Package: pkg, Local: local,
		Global: func(i int) dump.Value { return dump.Value(c.globals[i].Value) },
	}
	for _, v := range c.globals {
		s.Globals = append(s.Globals, v.Name)
	}
	return s
}

func variable(fr *coredumpy.Frame, name string) (coredumpy.Variable, bool) {
	for _, v := range fr.Vars {
		if v.Name == name && !v.Shadowed && v.Role != coredumpy.Given {
			return v, true
		}
	}
	return coredumpy.Variable{}, false
}

// evaluate evaluates expr; an error that wraps errNoValue says that the dump has no value
// for something that it needs.
func (c *checker) evaluate(s eval.Scope, expr string) (eval.Result, error) {
	absent, find := false, s.Local
	s.Local = func(name string) (dump.Value, bool) {
		v, ok := find(name)
		absent = absent || !ok || !v.Valid()
		return v, ok
	}
	x, err := eval.Parse(expr, nil)
	if err != nil {
		return eval.Result{}, err
	}
	r, err := x.Eval(s)
	if err != nil && (absent || lost(err.Error())) {
		err = errors.Join(err, errNoValue)
	}
	return r, err
}

// show evaluates expr and prints the complete result as Delve would.
func (c *checker) show(s eval.Scope, expr string) (string, error) {
	r, err := c.evaluate(s, expr)
	if err != nil {
		return "", err
	}
	if r.Const != nil {
		return r.Const.ExactString(), nil
	}
	return print(coredumpy.Value(r.Value)), nil
}

func print(v coredumpy.Value) string {
	const all = 1 << 30
	return pretty.String(dump.Value(v), pretty.Options{
		String: all, Elements: all, Depth: 20,
	})
}

func wantArgs(f *fact, fr *coredumpy.Frame) error {
	var names []string
	for _, v := range fr.Vars {
		if v.Role == coredumpy.Argument {
			names = append(names, v.Name)
		}
	}
	return f.compare(strings.Join(names, " "), nil)
}

func wantNone(f *fact, fr *coredumpy.Frame) error {
	if v, ok := variable(fr, f.want); ok {
		return fmt.Errorf("got %s = %s, want no variable of that name", v.Name, print(v.Value))
	}
	return nil
}

func wantShadowed(f *fact, fr *coredumpy.Frame) error {
	for _, v := range fr.Vars {
		if v.Name == f.expr && v.Shadowed {
			return f.compare(print(v.Value), nil)
		}
	}
	return fmt.Errorf("%w: no shadowed variable %s", errNoValue, f.expr)
}

func (c *checker) wantSame(f *fact, fr *coredumpy.Frame) error {
	left, right, _ := strings.Cut(f.want, " ")
	a, err := c.evaluate(c.scope(fr), left)
	if err != nil {
		return err
	}
	b, err := c.evaluate(c.scope(fr), right)
	if err != nil {
		return err
	}
	if a.Value.Object() == 0 || a.Value.Object() != b.Value.Object() || a.Value.Pointer() != b.Value.Pointer() {
		err := fmt.Errorf("got objects %d and %d, want the same", a.Value.Object(), b.Value.Object())
		if !a.Value.Valid() || !b.Value.Valid() {
			err = errors.Join(err, errNoValue)
		}
		return err
	}
	return nil
}

func wantWaiting(f *fact, fr *coredumpy.Frame) error {
	name, want, _ := strings.Cut(f.want, " ")
	v, ok := variable(fr, name)
	if !ok || !v.Value.Valid() {
		return fmt.Errorf("%w: %s: %s", errNoValue, name, v.Value.Reason())
	}
	recv, send, closed := v.Value.Waiting()
	got := fmt.Sprintf("%d receivers, %d senders, closed %v", recv, send, closed)
	count, who, _ := strings.Cut(want, " ")
	n, _ := strconv.Atoi(count)
	if want == "closed" && closed || who == "receivers" && recv == n || who == "senders" && send == n {
		return nil
	}
	return fmt.Errorf("got %s, want %s", got, want)
}

func wantBuffer(f *fact, fr *coredumpy.Frame) error {
	name, index, _ := strings.Cut(f.expr, " ")
	v, ok := variable(fr, name)
	if !ok || !v.Value.Valid() {
		return fmt.Errorf("%w: %s: %s", errNoValue, name, v.Value.Reason())
	}
	i, err := strconv.Atoi(index)
	if err != nil {
		return err
	}
	return f.compare(print(v.Value.Index(i)), nil)
}

func wantClosure(f *fact, fr *coredumpy.Frame) error {
	name, captured, _ := strings.Cut(f.expr, " ")
	v, ok := variable(fr, name)
	if !ok || !v.Value.Valid() {
		return fmt.Errorf("%w: %s: %s", errNoValue, name, v.Value.Reason())
	}
	s := v.Value.Closure()
	var names []string
	for i := range s.Type().NumField() {
		field, _, _ := s.Type().Field(i)
		if field == captured {
			return f.compare(print(s.Field(i)), nil)
		}
		names = append(names, field)
	}
	return fmt.Errorf("%w: got captured variables %q, want %s among them", errNoValue, names, captured)
}

func (c *checker) frames(f *fact) error {
	var got []string
	for _, fr := range c.all[0].Frames {
		if !internal(fr.Func) && !wrapper.MatchString(fr.Func) {
			got = append(got, generic(fr.Func))
		}
	}
	return f.compare(strings.Join(got, " "), nil)
}

func (c *checker) current(f *fact) error {
	for _, fr := range c.all[0].Frames {
		if generic(fr.Func) == f.want {
			return nil
		}
	}
	return fmt.Errorf("the current goroutine is %d, without a frame of %s", c.all[0].ID, f.want)
}

func (c *checker) status(f *fact) error {
	var got []string
	for _, g := range c.all {
		for _, fr := range g.Frames {
			if generic(fr.Func) != f.fn {
				continue
			}
			if f.matches(g.Status) {
				return nil
			}
			got = append(got, g.Status)
			break
		}
	}
	return fmt.Errorf("got %q, want %s", got, f.want)
}

func (c *checker) panicValue(f *fact) error {
	v := c.all[0].Panic
	if v == nil {
		return errors.New("the current goroutine has no panic value")
	}
	return f.compare(c.show(c.locals("", func(name string) (dump.Value, bool) {
		return dump.Value(v.Value), name == "value"
	}), f.expr))
}

func (c *checker) earlier(f *fact) error {
	var got []string
	for _, v := range c.all[0].Earlier {
		got = append(got, print(v.Value))
	}
	return f.compare(strings.Join(got, ", "), nil)
}

// checkSources checks that the dump has the text of every file of the program that is on
// the current stack, if the file can be read.
func (c *checker) checkSources(t *testing.T) {
	t.Helper()
	for _, fr := range c.all[0].Frames {
		if !strings.Contains(fr.File, "/testdata/crash/") || !readable(fr.File) {
			continue
		}
		text, ok := c.core.Source(fr.File)
		lines := strings.Split(text, "\n")
		if !ok || fr.Line < 1 || fr.Line > len(lines) {
			t.Errorf("%s: got source %v with %d lines, want the file with line %d", fr.File, ok, len(lines), fr.Line)
		}
	}
}

// internal reports whether a function belongs to the runtime or coredumpy.
func internal(name string) bool {
	return name == "panic" || strings.HasPrefix(name, "runtime.") ||
		strings.HasPrefix(name, "coredumpy.") || strings.HasPrefix(name, "coredumpy/internal/")
}

// closure matches functions without a name of their own.
var closure = regexp.MustCompile(`\.func\d+`)

// wrapper matches functions that the compiler makes around go and defer statements with
// arguments, and cgo around exported functions; tracebacks leave them out.
var wrapper = regexp.MustCompile(`\.(go|defer)wrap\d+$|^_cgoexp_`)

var brackets = regexp.MustCompile(`\[[^\[\]]*\]`)

// generic writes type arguments as [...], as a traceback does, and leaves out the path of
// our programs.
func generic(name string) string {
	name = strings.TrimPrefix(name, "coredumpy/testdata/")
	for {
		next := brackets.ReplaceAllString(name, "<...>")
		if next == name {
			return strings.ReplaceAll(name, "<...>", "[...]")
		}
		name = next
	}
}
