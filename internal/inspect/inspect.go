// Package inspect shows parts of a dump to somebody who looks around in it:
// variables, results of expressions and types within settable limits, and the
// head.
package inspect

import (
	"errors"
	"fmt"
	"go/constant"
	"io"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"coredumpy/internal/eval"
	"coredumpy/internal/pretty"
)

// Type and Value are what the packages that do the work ask for.
type (
	Type[T any] interface {
		eval.Type[T]
		pretty.Type[T]
	}
	Value[V, T any] interface {
		eval.Value[V, T]
		pretty.Value[V, T]
		Waiting() (receive, send int, closed bool) // of a channel: how many goroutines
	}
)

// Limits bound how much of a value is shown.
type Limits struct {
	String   int // bytes
	Elements int
	Depth    int
}

// Brief is for listing many variables, Full for one that was asked for. Brief
// has the limits of the Delve debugger, whose users mind cut strings most.
var (
	Brief = Limits{String: 64, Elements: 64, Depth: 1}
	Full  = Limits{String: 10_000, Elements: 200, Depth: 2}
)

const (
	lineWidth = 100      // a longer value is shown over several lines
	maxBytes  = 16 << 20 // of a value's text, whatever the limits
	maxLine   = 16 << 10 // of a value's text in a list: many may share what they refer to
)

// Printer shows values.
type Printer[V Value[V, T], T Type[T]] struct {
	Out         io.Writer
	Name        func(string) string // makes a name of the dump fit for a line
	Func        func(V) string      // name of the function a func value calls
	Brief, Full Limits

	shown map[string]V // see Recall
}

func (p *Printer[V, T]) options(l Limits) pretty.Options[V] {
	return pretty.Options[V]{
		String: l.String, Elements: l.Elements, Depth: l.Depth, Bytes: maxBytes, Name: p.Name, Func: p.Func, Shown: p.remember,
	}
}

// Line shows a value on a line, briefly.
func (p *Printer[V, T]) Line(v V) {
	o := p.options(p.Brief)
	o.Bytes = maxLine
	pretty.Line(p.Out, v, o)
}

// Value shows a value in full: on a line if it is short.
func (p *Printer[V, T]) Value(v V) {
	short := &clipped{left: lineWidth}
	if err := pretty.Line(short, v, p.options(p.Full)); err == nil {
		io.WriteString(p.Out, short.text.String())
		return
	}
	pretty.Lines(p.Out, v, p.options(p.Full))
}

// clipped takes text up to a width.
type clipped struct {
	text strings.Builder
	left int // characters
}

var errWidth = errors.New("too wide")

func (c *clipped) Write(p []byte) (int, error) {
	if c.left -= utf8.RuneCount(p); c.left < 0 {
		return 0, errWidth
	}
	return c.text.Write(p)
}

// Filter says which variables to list, and how.
type Filter struct {
	Verbose bool
	name    *regexp.Regexp // nil for all
}

// ParseFilter parses "[-v] [REGEXP]".
func ParseFilter(args string) (f Filter, err error) {
	if args == "-v" || strings.HasPrefix(args, "-v ") {
		f.Verbose, args = true, strings.TrimSpace(args[2:])
	}
	if args == "" {
		return f, nil
	}
	if f.name, err = regexp.Compile(args); err != nil {
		return f, fmt.Errorf("%q is not a regular expression", args)
	}
	return f, nil
}

// Wants reports whether a variable is to be listed. Unnamed results, ~r0 and so
// on, must be asked for.
func (f Filter) Wants(name string) bool {
	if f.name != nil {
		return f.name.MatchString(name)
	}
	return f.Verbose || !strings.HasPrefix(name, "~")
}

// Result shows what expr gave, a line or lines with newlines at the end. A
// value that isn't in the dump is an error. format is one of package fmt, or "".
func (p *Printer[V, T]) Result(expr, format string, r eval.Result[V]) error {
	switch {
	case format != "":
		text, err := formatted[V, T](format, r)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.Out, text)
	case r.Nil:
		fmt.Fprintln(p.Out, "nil")
	case r.Const != nil:
		fmt.Fprintln(p.Out, p.constant(r.Const, r.Single))
	case r.Address:
		format := "(*%s)(%#x)\n"
		name := p.Name(r.Value.Type().String())
		if strings.Contains(name, "/") {
			format, name = "(%q)(%#x)\n", "*"+name
		}
		fmt.Fprintf(p.Out, format, name, r.Value.Addr())
	case !r.Value.Valid():
		return eval.Missing(expr, r.Value.Reason())
	default:
		p.Value(r.Value)
		fmt.Fprintln(p.Out)
		if r.Value.Kind() == reflect.Chan && !r.Value.IsNil() {
			p.channel(r.Value)
		}
	}
	return nil
}

// channel shows what the line of a channel doesn't.
func (p *Printer[V, T]) channel(v V) {
	if why := v.Reason(); why != "" && v.Stored() == 0 {
		fmt.Fprintf(p.Out, "what is in it, who waits and whether it is closed: %s\n", pretty.NoValue(p.Name(why)))
		return
	}
	if n := min(v.Stored(), p.Full.Elements); n > 0 {
		fmt.Fprint(p.Out, "buffered: [")
		for i := range n {
			if i > 0 {
				fmt.Fprint(p.Out, ",")
			}
			pretty.Line(p.Out, v.Index(i), p.options(p.Full))
		}
		if rest := v.Len() - int64(n); rest > 0 {
			fmt.Fprintf(p.Out, ",...+%d more", rest)
		}
		fmt.Fprintln(p.Out, "]")
	}
	receive, send, closed := v.Waiting()
	for _, w := range []struct {
		n  int
		to string
	}{{receive, "receive"}, {send, "send"}} {
		switch {
		case w.n == 1:
			fmt.Fprintf(p.Out, "1 goroutine waits to %s\n", w.to)
		case w.n > 1:
			fmt.Fprintf(p.Out, "%d goroutines wait to %s\n", w.n, w.to)
		}
	}
	if closed {
		fmt.Fprintln(p.Out, "closed")
	}
}

func (p *Printer[V, T]) constant(c constant.Value, single bool) string {
	switch c.Kind() {
	case constant.String:
		text := constant.StringVal(c)
		if rest := len(text) - p.Full.String; rest > 0 {
			text = fmt.Sprintf("%s...+%d more", text[:p.Full.String], rest)
		}
		return strconv.Quote(text)
	case constant.Float:
		return formatFloat(c, single)
	case constant.Complex:
		return fmt.Sprintf("(%s + %si)", formatFloat(constant.Real(c), single), formatFloat(constant.Imag(c), single))
	}
	return c.ExactString()
}

func formatFloat(c constant.Value, single bool) string {
	f, _ := constant.Float64Val(c)
	if math.IsInf(f, 0) {
		return c.String()
	}
	bits := 64
	if single {
		bits = 32
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}

// Type shows the type of what an expression gave, and what an interface holds.
func (p *Printer[V, T]) Type(r eval.Result[V]) {
	switch {
	case r.Nil:
		fmt.Fprintln(p.Out, "nil")
	case r.Const != nil && r.Type == "":
		fmt.Fprintf(p.Out, "untyped %s constant\n", strings.ToLower(r.Const.Kind().String()))
	case r.Const != nil:
		fmt.Fprintln(p.Out, p.Name(r.Type))
	case r.Address:
		fmt.Fprintln(p.Out, "*"+p.Name(r.Value.Type().String()))
	default:
		fmt.Fprintln(p.Out, p.Name(r.Value.Type().String()))
		if v := r.Value; v.Kind() == reflect.Interface && v.Valid() && !v.IsNil() {
			fmt.Fprintln(p.Out, "Concrete type: "+p.Name(v.Elem().Type().String()))
		}
	}
}

// Config shows the limits, or changes one: "max-string 1000". What is changed
// is changed for brief and full printing. Delve's names are understood too.
func (p *Printer[V, T]) Config(args string) error {
	settings := []struct {
		name, delve string
		brief, full *int
	}{
		{"max-string", "max-string-len", &p.Brief.String, &p.Full.String},
		{"max-elements", "max-array-values", &p.Brief.Elements, &p.Full.Elements},
		{"max-depth", "max-variable-recurse", &p.Brief.Depth, &p.Full.Depth},
	}
	words := strings.Fields(args)
	if len(words) == 0 {
		for _, s := range settings {
			fmt.Fprintf(p.Out, "%-13s %d", s.name, *s.full)
			if *s.brief != *s.full {
				fmt.Fprintf(p.Out, " (%d in lists of variables)", *s.brief)
			}
			fmt.Fprintln(p.Out)
		}
		return nil
	}
	for _, s := range settings {
		if words[0] != s.name && words[0] != s.delve {
			continue
		}
		if len(words) != 2 {
			return fmt.Errorf("config: %s takes one number", s.name)
		}
		n, err := strconv.Atoi(words[1])
		if err != nil || n < 0 {
			return fmt.Errorf("config: %q is not a number", words[1])
		}
		*s.brief, *s.full = n, n
		return nil
	}
	return fmt.Errorf("config: unknown setting %q: max-string, max-elements or max-depth", words[0])
}
