package dap

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
	"coredumpy/internal/symbol"
	"coredumpy/internal/views"
)

type scopesArguments struct {
	FrameID int `json:"frameId"`
}

type scopesBody struct {
	Scopes []scope `json:"scopes"`
}

type scope struct {
	Name      string `json:"name"`
	Hint      string `json:"presentationHint,omitempty"`
	Reference int    `json:"variablesReference"`
	Named     int    `json:"namedVariables"`
	Expensive bool   `json:"expensive"`
}

// scopes is the request: the kinds of variables in scope in a frame.
func (s *session) scopes(args scopesArguments) (any, error) {
	f, err := s.frame(args.FrameID)
	if err != nil {
		return nil, fmt.Errorf("scopes: %w", err)
	}
	body := scopesBody{[]scope{}}
	if f == nil { // a label
		return body, nil
	}
	note := ""
	if f.Note.Kind != caveat.None && len(f.Vars()) == 0 {
		note = " (" + shortName(f.Note.String()) + ")"
	}
	for _, sc := range []struct {
		scope
		kind refKind
	}{
		{scope{Name: "Arguments" + note, Hint: "arguments"}, arguments},
		{scope{Name: "Locals" + note, Hint: "locals"}, locals},
		{scope{Name: "Package variables", Expensive: true}, globals},
	} {
		if sc.Named = len(s.inScope(f, sc.kind)); sc.Named == 0 && sc.kind == arguments && note == "" {
			continue // an editor expands only the first scope
		}
		sc.Reference = s.refs.add(ref{kind: sc.kind, frame: args.FrameID})
		body.Scopes = append(body.Scopes, sc.scope)
	}
	return body, nil
}

// inScope returns the variables of a kind in scope in a frame, but for those that source gives no
// name, such as ~r0: args -v in the console prints them.
func (s *session) inScope(f *dump.Frame, kind refKind) (vars []*dump.Variable) {
	all := f.Vars()
	if kind == globals {
		all, _ = s.in.Globals() // the readable ones
	}
	for i := range all {
		v := &all[i]
		if strings.HasPrefix(v.Name, "~") {
			continue
		}
		isArgument := v.Role == dump.Argument || v.Role == dump.Result
		if kind == globals || isArgument == (kind == arguments) {
			vars = append(vars, v)
		}
	}
	return vars
}

// refKind is the kind of thing that a reference refers to.
type refKind uint8

const (
	value refKind = iota // the parts of a value
	arguments
	locals
	globals
)

// ref is the target of a variablesReference.
type ref struct {
	kind  refKind
	frame int // id of the frame of a scope
	value dump.Value
	expr  string      // for the value, "" if there is none
	view  *views.View // how to show the value, nil for its own view
	plain bool        // by its fields, as p does
}

// parts returns the parts of the value.
func (r *ref) parts() *inspector.Parts {
	if r.plain {
		return inspector.PartsOf(r.value, r.expr)
	}
	return inspector.Viewed(r.value, r.expr, r.view)
}

// maxRefs bounds the references kept, the latest. An editor expands some hundreds.
const maxRefs = 100_000

// references are the references given to the client, numbered from 1.
type references struct {
	kept []ref // number n is at n % maxRefs
	last int
}

func (r *references) add(of ref) int {
	r.last++
	if at := r.last % maxRefs; at < len(r.kept) {
		r.kept[at] = of
	} else {
		for len(r.kept) < at {
			r.kept = append(r.kept, ref{})
		}
		r.kept = append(r.kept, of)
	}
	return r.last
}

func (r *references) get(n int) (ref, error) {
	switch {
	case n < 1 || n > r.last:
		return ref{}, fmt.Errorf("there is no variablesReference %d", n)
	case n <= r.last-maxRefs:
		return ref{}, fmt.Errorf("variablesReference %d is no longer kept: select the frame again", n)
	}
	return r.kept[n%maxRefs], nil
}

type variablesArguments struct {
	Reference int    `json:"variablesReference"`
	Filter    string `json:"filter"`
	Start     int    `json:"start"`
	Count     int    `json:"count"`
}

type variablesBody struct {
	Variables []variable `json:"variables"`
}

type variable struct {
	Name string `json:"name"`
	shown
	EvaluateName string `json:"evaluateName,omitempty"`
	Hint         *hint  `json:"presentationHint,omitempty"`
}

// shown is a value in the form that is shown.
type shown struct {
	Value     string `json:"value"`
	Type      string `json:"type,omitempty"`
	Reference int    `json:"variablesReference"`
	Named     int    `json:"namedVariables,omitempty"`
	Indexed   int    `json:"indexedVariables,omitempty"`
	Memory    string `json:"memoryReference,omitempty"`
}

type hint struct {
	Kind       string   `json:"kind,omitempty"`
	Attributes []string `json:"attributes,omitempty"`
	Visibility string   `json:"visibility,omitempty"`
}

// maxVariables bounds how many variables are in a response.
const maxVariables = 1000

// These are the values of filter.
const (
	filterNamed   = "named"
	filterIndexed = "indexed"
)

// variables is the request: the variables of a scope, or the parts of a value.
func (s *session) variables(args variablesArguments) (any, error) {
	switch {
	case args.Start < 0 || args.Count < 0:
		return nil, fmt.Errorf("variables: start %d and count %d must be 0 or more", args.Start, args.Count)
	case args.Filter != "" && args.Filter != filterNamed && args.Filter != filterIndexed:
		return nil, fmt.Errorf("variables: filter %.40q must be named or indexed", args.Filter)
	}
	r, err := s.refs.get(args.Reference)
	if err != nil {
		return nil, fmt.Errorf("variables: %w", err)
	}
	children := s.parts
	if r.kind != value {
		children = s.variablesOf
	}
	total, at, err := children(r, args.Filter)
	if err != nil {
		return nil, fmt.Errorf("variables: %w", err)
	}
	body := variablesBody{[]variable{}}
	first := min(args.Start, total)
	end := total
	if args.Count > 0 {
		end = min(end, first+min(args.Count, total))
	}
	for i := first; i < end; i++ {
		if s.queue.stopped() {
			return nil, errCancelled
		}
		if len(body.Variables) == maxVariables {
			body.Variables = append(body.Variables, virtual("...",
				fmt.Sprintf("%d more: an expression such as x[%d:] shows them", end-i, i)))
			break
		}
		body.Variables = append(body.Variables, at(i))
	}
	return body, nil
}

// variablesOf returns how many variables of a scope match a filter, and a function that
// returns each.
func (s *session) variablesOf(r ref, filter string) (total int, at func(i int) variable, err error) {
	f, err := s.frame(r.frame)
	if err != nil || filter == filterIndexed {
		return 0, nil, err
	}
	vars := s.inScope(f, r.kind)
	return len(vars), func(i int) variable { return s.variable(f, vars[i], r.kind) }, nil
}

// parts is variablesOf for the parts of a value.
func (s *session) parts(r ref, filter string) (total int, at func(i int) variable, err error) {
	p := r.parts()
	lines := facts(p)
	named, indexed := p.Named+len(lines), p.Indexed
	switch filter {
	case filterNamed:
		indexed = 0
	case filterIndexed:
		named = 0
	}
	return named + indexed, func(i int) variable {
		switch {
		case i >= named:
			return s.part(p.IndexedPart(i - named))
		case i >= p.Named:
			return lines[i-p.Named]
		}
		return s.part(p.NamedPart(i))
	}, nil
}

// facts are lines about a value besides its parts: who waits for a channel, and what isn't
// in the dump.
func facts(p *inspector.Parts) (lines []variable) {
	receive, send, closed := p.Of.Waiting()
	if receive > 0 {
		lines = append(lines, virtual("(goroutines that wait to receive)", strconv.Itoa(receive)))
	}
	if send > 0 {
		lines = append(lines, virtual("(goroutines that wait to send)", strconv.Itoa(send)))
	}
	if closed {
		lines = append(lines, virtual("(closed)", "true"))
	}
	if why := p.Missing; why.Kind != caveat.None {
		return append(lines, virtual("(not in the dump)", printable.Line(why.String())))
	}
	if more := p.Of.Len() - int64(p.Of.Stored()); more > 0 && p.Indexed > 0 && !p.Of.Redacted() {
		text := fmt.Sprintf("%d more", more)
		if why := p.Of.Reason(); why.Kind != caveat.None {
			text += ": " + printable.Line(why.String())
		}
		lines = append(lines, virtual("(not in the dump)", text))
	}
	return lines
}

func virtual(name, text string) variable {
	return variable{Name: name, shown: shown{Value: text}, Hint: &hint{Kind: "virtual", Attributes: readOnly}}
}

var readOnly = []string{"readOnly"}

// variable returns a variable of a scope.
func (s *session) variable(f *dump.Frame, v *dump.Variable, kind refKind) variable {
	name, expr := v.Name, ""
	switch {
	case kind == globals:
		name, expr = s.global(f, v.Name)
	case v.Shadowed:
		name = "(" + name + ")"
	case token.IsIdentifier(name) && name != "_" && f.Variable(name) == v:
		expr = name
	}
	w := variable{Name: shortName(name), shown: s.shown(ref{value: v.Value, expr: expr}, brief), EvaluateName: expr,
		Hint: &hint{Kind: "data", Attributes: readOnly}}
	if note := v.Note(); note != "" {
		w.Value += " (" + shortName(note) + ")"
	}
	return w
}

// global returns a package-level variable's name in a frame, and an expression for it.
func (s *session) global(f *dump.Frame, full string) (name, expr string) {
	dot := strings.LastIndexByte(full, '.')
	pkg, name := symbol.Unescaped(full[:max(dot, 0)]), full[dot+1:]
	if !token.IsIdentifier(name) || name == "_" || pkg == "" {
		return full, ""
	}
	if pkg != symbol.Unescaped(f.Package) {
		return full, strconv.Quote(pkg) + "." + name
	}
	if absent, _ := f.Absent(name); absent == "" && f.Variable(name) == nil && name != "panic" {
		return name, name
	}
	return name, strconv.Quote(pkg) + "." + name
}

// part returns a part of a value.
func (s *session) part(p inspector.Part) variable {
	of := ref{value: p.Value, expr: p.Expr, view: p.View, plain: p.Kind == inspector.Fields}
	v := variable{shown: s.shown(of, brief), Hint: &hint{Attributes: readOnly}}
	if p.View == nil && !of.plain { // otherwise the expression's value looks different
		v.EvaluateName = p.Expr
	}
	switch p.Kind {
	case inspector.Fields:
		v.Name, v.Hint.Kind = "(fields)", "data"
	case inspector.Field, inspector.Captured:
		v.Name, v.Hint.Kind, v.Hint.Visibility = shortName(p.Name), "property", "private"
		if token.IsExported(p.Name) {
			v.Hint.Visibility = "public"
		}
	case inspector.Target:
		v.Name, v.Hint.Kind = "*", "data"
	case inspector.Element:
		v.Name, v.Hint.Kind = fmt.Sprintf("[%d]", p.Index), "data"
	case inspector.Entry:
		v.Name, v.Hint.Kind = "["+pretty.String(p.Key, asKey.options(nil))+"]", "data"
	}
	return v
}

// limits bound how much of a value is shown.
type limits pretty.Options

var (
	asKey = limits{String: 64, Elements: 4, Depth: 1, Bytes: 128}
	brief = limits{String: 200, Elements: 16, Depth: 1, Bytes: 1 << 10} // on a line of a tree
	full  = limits{String: 4 << 10, Elements: 64, Depth: 2, Bytes: 16 << 10}
	whole = limits{String: 1 << 20, Elements: 10_000, Depth: 4, Bytes: 1 << 20} // for the clipboard
)

func (l limits) options(remember func(string, dump.Value)) pretty.Options {
	o := pretty.Options(l)
	o.Name, o.Shown, o.Views = shortName, remember, true
	return o
}

// shown returns a value in the form that is shown, with references to its parts and its
// bytes.
func (s *session) shown(of ref, l limits) shown {
	o := l.options(s.in.Remember)
	o.Views = !of.plain
	part := inspector.Part{Value: of.value, View: of.view}
	w := shown{Value: part.String(o)}
	if s.client.Memory {
		w.Memory = s.memory.add(s.in.Bytes(of.value))
	}
	if s.client.VariableType {
		w.Type = shortName(of.value.Type().String())
	}
	p := of.parts()
	w.Named, w.Indexed = p.Named+len(facts(p)), p.Indexed
	if w.Named+w.Indexed > 0 {
		w.Reference = s.refs.add(of)
	}
	return w
}
