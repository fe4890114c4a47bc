package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
	"coredumpy/internal/waits"
)

// limits bound how much of a value is shown.
type limits struct {
	String   int // bytes
	Elements int
	Depth    int
}

// brief is for lists of variables, full for a single one. brief has the limits of
// the Delve debugger, except for strings: its users mind cut strings most.
var (
	brief = limits{String: 64, Elements: 64, Depth: 1}
	full  = limits{String: 10_000, Elements: 200, Depth: 2}
)

const (
	lineWidth = 100      // a longer value is shown over several lines
	maxBytes  = 16 << 20 // of a value's text, whatever the limits
	maxOutput = 4 << 20  // of all that a command prints, unless config says another limit
	maxLines  = 400      // of a value, unless config says another limit
	maxLine   = 16 << 10 // of a value's text in a list: many values may share large objects
)

// printer shows values.
type printer struct {
	out         io.Writer
	output      *int // how many bytes a command may print
	brief, full limits
	lines       int                             // of a value whose parts take several each
	columns     func() int                      // of a line
	shown       func(text string, v dump.Value) // is called for values shown by type and address
	waiters     func(v dump.Value, op waits.Op) string
	cuts        []cut // of the value that was shown last
}

func (p *printer) options(l limits) pretty.Options {
	return pretty.Options{
		String: l.String, Elements: l.Elements, Depth: l.Depth, Bytes: maxBytes, Name: name, Shown: p.shown,
		Cut: p.noteCut,
	}
}

// line shows a value on a line, briefly.
func (p *printer) line(v dump.Value) {
	o := p.options(p.brief)
	o.Bytes = maxLine
	pretty.Line(p.out, v, o)
}

// viewed shows a value on a line as people read it, in that many columns or a few at least, and
// reports whether that is all that the limits allow.
func (p *printer) viewed(v dump.Value, columns int) (whole bool) {
	const fewest = 40
	o := p.options(p.brief)
	o.Views = true
	o.Bytes = maxLine
	text, cut := inspector.Line(v, max(columns, fewest), o)
	io.WriteString(p.out, text)
	return !cut
}

// value shows a value in full as people read it: on a line if it is short. A func value isn't:
// what it has captured stands below.
func (p *printer) value(v dump.Value) {
	o := p.options(p.full)
	o.Views = true
	if v.Kind() != reflect.Func {
		if text, cut := inspector.Line(v, lineWidth, o); !cut {
			io.WriteString(p.out, text)
			return
		}
	}
	p.onLines(v, o)
}

// onLines shows a value on lines. If there are too many, each of its parts has one, which is cut at
// the width.
func (p *printer) onLines(v dump.Value, o pretty.Options) {
	if p.lines == 0 {
		pretty.Lines(p.out, v, o)
		return
	}
	w := bounded{lines: p.lines}
	cuts := len(p.cuts)
	if pretty.Lines(&w, v, o); w.lines >= 0 {
		io.WriteString(p.out, w.text.String())
		return
	}
	p.cuts = p.cuts[:cuts] // of what isn't shown
	o.Flat, o.Depth, o.Elements = true, min(o.Depth, p.brief.Depth), min(o.Elements, max(p.lines, p.full.Elements))
	w = bounded{lines: maxBytes}
	pretty.Lines(&w, v, o)
	columns, cut := p.columns(), ""
	for line := range strings.SplitSeq(w.text.String(), "\n") {
		fmt.Fprintf(p.out, "%s%s", cut, printable.Cut(strings.ReplaceAll(line, "\t", "    "), columns))
		cut = "\n"
	}
	fmt.Fprintf(p.out, "\n(in full these are more than %d lines: config max-lines)", p.lines)
}

// bounded takes a text until it has more than some lines.
type bounded struct {
	text  strings.Builder
	lines int // that it may still have
}

var errLines = errors.New("too many lines")

func (b *bounded) Write(p []byte) (int, error) {
	b.text.Write(p)
	if b.lines -= bytes.Count(p, []byte("\n")); b.lines < 0 {
		return 0, errLines
	}
	return len(p), nil
}

// inFull shows the result of expr as people read it, in lines that end in newlines.
func (p *printer) inFull(expr string, r eval.Result) error {
	if r.Nil || r.Const != nil || !r.Value.Valid() || r.Value.Kind() == reflect.Chan {
		return p.result(expr, "", r)
	}
	o := p.options(p.full)
	o.Views = true
	p.onLines(r.Value, o)
	fmt.Fprintln(p.out)
	return nil
}

// result shows the result of expr, in lines that end in newlines. A value that
// isn't in the dump is an error. format is one of package fmt, or "".
func (p *printer) result(expr, format string, r eval.Result) error {
	switch {
	case format != "" && isWhole(r):
		text, err := formatted(format, r)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.out, text)
	case r.Nil:
		fmt.Fprintln(p.out, "nil")
	case r.Const != nil:
		fmt.Fprintln(p.out, pretty.Constant(r.Const, p.options(p.full)))
	case !r.Value.Valid():
		return eval.Missing(expr, r.Value.Reason())
	default:
		o := p.options(p.full)
		o.Leaf = leafOf(format)
		p.onLines(r.Value, o)
		fmt.Fprintln(p.out)
		if r.Value.Kind() == reflect.Chan && !r.Value.IsNil() {
			p.channel(r.Value)
		}
	}
	return nil
}

// channel shows what a channel's line doesn't: its elements, who waits, whether it is closed.
func (p *printer) channel(v dump.Value) {
	if why := v.Reason(); why.Kind != caveat.None && v.Stored() == 0 {
		fmt.Fprintf(p.out, "what is in it, who waits and whether it is closed: %s\n", pretty.NoValue(why, name))
		return
	}
	if n := min(v.Stored(), p.full.Elements); n > 0 {
		fmt.Fprint(p.out, "buffered: [")
		for i := range n {
			if i > 0 {
				fmt.Fprint(p.out, ",")
			}
			pretty.Line(p.out, v.Index(i), p.options(p.full))
		}
		if rest := v.Len() - int64(n); rest > 0 {
			fmt.Fprintf(p.out, ",...+%d more", rest)
		}
		fmt.Fprintln(p.out, "]")
	}
	receive, send, closed := v.Waiting()
	for _, w := range []struct {
		n  int
		to string
		op waits.Op
	}{{receive, "receive", waits.Receive}, {send, "send", waits.Send}} {
		switch {
		case w.n == 1:
			fmt.Fprintf(p.out, "1 goroutine waits to %s%s\n", w.to, p.waiters(v, w.op))
		case w.n > 1:
			fmt.Fprintf(p.out, "%d goroutines wait to %s%s\n", w.n, w.to, p.waiters(v, w.op))
		}
	}
	if closed {
		fmt.Fprintln(p.out, "closed")
	}
}

// typ shows the type of a result, and the type of the value in an interface.
func (p *printer) typ(r eval.Result) {
	switch {
	case r.Nil:
		fmt.Fprintln(p.out, "nil")
	case r.Const != nil && r.Type == nil:
		fmt.Fprintf(p.out, "untyped %s constant\n", strings.ToLower(r.Const.Kind().String()))
	case r.Const != nil:
		fmt.Fprintln(p.out, name(r.Type.String()))
	default:
		fmt.Fprintln(p.out, name(r.Value.Type().String()))
		if v := r.Value; v.Kind() == reflect.Interface && v.Valid() && !v.IsNil() {
			fmt.Fprintln(p.out, "Concrete type: "+name(v.Elem().Type().String()))
		}
	}
}

// config shows the limits, or changes one for brief and full printing: "max-string
// 1000". Delve's names are understood, too.
func (p *printer) config(args string) error {
	settings := p.settings()
	words := strings.Fields(args)
	if len(words) == 0 {
		for _, s := range settings {
			fmt.Fprintf(p.out, "%-13s %d", s.name, *s.full)
			if *s.brief != *s.full {
				fmt.Fprintf(p.out, " (%d in lists of variables)", *s.brief)
			}
			fmt.Fprintln(p.out)
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
			return fmt.Errorf("config: %s must be a number, 0 or more, not %q", s.name, words[1])
		}
		*s.brief, *s.full = n, n
		return nil
	}
	return fmt.Errorf("config: unknown setting %q: use max-string, max-elements, max-depth, max-lines "+
		"or max-output", words[0])
}

// setting is a limit that config changes. Delve has some of them under another name.
type setting struct {
	name, delve string
	brief, full *int
}

func (p *printer) settings() []setting {
	return []setting{
		{"max-string", "max-string-len", &p.brief.String, &p.full.String},
		{"max-elements", "max-array-values", &p.brief.Elements, &p.full.Elements},
		{"max-depth", "max-variable-recurse", &p.brief.Depth, &p.full.Depth},
		{"max-lines", "max-lines", &p.lines, &p.lines},
		{"max-output", "max-output", p.output, p.output},
	}
}
