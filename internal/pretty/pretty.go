// Package pretty prints Go values in the notation of the Delve debugger, which Go
// programmers can read without a manual.
//
//	[]string len: 3, cap: 3, ["a","b","c"]
//	main.T {A: 1, B: 2}
//	*main.T {A: 1, B: 2}
//	error(*errors.errorString) *{s: "boom"}
//	map[string]int ["a": 1, ]
//	chan int 4/11
//	"0123...+196 more"
//	(*main.T)(0xc0001234)
//
// The last is where the depth ends. Reference: service/api/prettyprint.go of Delve 1.27.
// It differs where a dump does: a value that isn't there shows its reason, and what a
// limit of the dump cut counts as "more" like what a limit of the printer cut. With
// Options.Views, what has a view of its own is printed so.
package pretty

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/notation"
	"coredumpy/internal/views"
)

// Options bound what is printed.
type Options struct {
	String   int // bytes of a string
	Elements int // elements of a slice, array or map
	Depth    int // nesting of structs and containers; pointers don't count
	Bytes    int // of the whole text; a longer one ends in "..."

	Flat bool // on several lines, each part of the value has one
	// Untyped leaves out the type of the value on a line: in the column of a table, say.
	Untyped bool

	// Views has values shown as people read them, see package views, with short names of
	// types. Without it they look as Delve prints them.
	Views bool
	// Reader finds the views if it isn't nil: a shared one, which bounds the work for many texts.
	Reader *views.Reader
	// Name makes names, reasons and the text of views safe for the terminal. If nil, they
	// are not changed.
	Name func(string) string
	// Shown is called with the text written for a pointer or a struct that isn't shown
	// itself: (*main.T)(0xc0001234). It may be nil.
	Shown func(text string, v dump.Value)
	// Cut is called with a list, a map or a text of which a limit of these options shows the first
	// elements, entries or bytes only, though the dump has more. It may be nil.
	Cut func(v dump.Value, shown int)
	// Leaf, if it isn't nil, writes numbers, texts and lists of bytes in another way; ok
	// is false if it leaves a value to pretty.
	Leaf func(v dump.Value) (text string, ok bool)
}

// deepLists is how many levels of nested lists are printed below the depth limit, so that
// a matrix shows its numbers.
const deepLists = 3

// maxNesting bounds how deep values are nested, whatever the depth limit: pointers and
// interfaces don't count as depth, and may form a cycle in a forged dump.
const maxNesting = 64

// Line writes v on a single line, without a newline at its end.
func Line(w io.Writer, v dump.Value, o Options) error {
	return write(w, v, o, top|only(withType, !o.Untyped))
}

// Lines writes v on as many lines as make it readable, without a newline at the end. A
// pointer's address comes on a line of its own.
func Lines(w io.Writer, v dump.Value, o Options) error {
	return write(w, v, o, top|withType|newlines)
}

// String returns v on a single line.
func String(v dump.Value, o Options) string {
	var b strings.Builder
	Line(&b, v, o)
	return b.String()
}

func write(w io.Writer, v dump.Value, o Options, f flags) error {
	p := newPrinter(w, o)
	p.value(v, f, 0, "")
	return p.err
}

func newPrinter(w io.Writer, o Options) *printer {
	p := &printer{w: w, opt: o, left: o.Bytes}
	if o.Reader != nil {
		p.views = o.Reader.Again(o.String)
	} else {
		p.views = views.NewReader(o.String)
	}
	return p
}

// flags say where a value is printed.
type flags uint8

const (
	top      flags = 1 << iota // not inside another value
	withType                   // the context doesn't show the type
	newlines                   // over several lines
	broken                     // a struct has a line for each field, as those beside it
)

func (f flags) has(g flags) bool { return f&g != 0 }

// printer writes one value. After an error it only unwinds.
type printer struct {
	w       io.Writer
	opt     Options
	left    int // bytes that may still be written, if opt.Bytes is set
	full    bool
	nesting int
	around  []dump.Value // the structs that are being printed, see cycle
	views   *views.Reader
	err     error
}

// done reports whether nothing more can be written.
func (p *printer) done() bool { return p.full || p.err != nil }

func (p *printer) put(s string) {
	if p.done() {
		return
	}
	if p.opt.Bytes > 0 {
		if p.left -= len(s); p.left < 0 {
			s, p.full = "...", true
		}
	}
	_, p.err = io.WriteString(p.w, s)
}

func (p *printer) putf(format string, args ...any) { p.put(fmt.Sprintf(format, args...)) }

func (p *printer) name(s string) string {
	if p.opt.Name == nil {
		return s
	}
	return p.opt.Name(s)
}

func (p *printer) typeName(t *dump.Type) string {
	if p.opt.Views {
		return p.name(views.TypeName(t))
	}
	return p.name(t.String())
}

// conversion writes a pointer's type and address as a conversion that Delve accepts:
// (*main.T)(0xc0001234), quoted if the import path has a slash.
func (p *printer) conversion(typ string, addr uint64, v dump.Value) {
	text := fmt.Sprintf("(%s)(%#x)", typ, addr)
	if strings.Contains(typ, "/") {
		text = fmt.Sprintf("(%q)(%#x)", typ, addr)
	}
	p.shown(text, v)
}

// located writes the type and address of a value that isn't shown itself, as Delve does:
// (*main.T)(0xc0001234), with a quoted type if the import path has a slash.
func (p *printer) located(typ string, v dump.Value) {
	text := fmt.Sprintf("(*%s)(%#x)", typ, v.Addr())
	if strings.Contains(typ, "/") {
		text = fmt.Sprintf("(*%q)(%#x)", typ, v.Addr())
	}
	p.shown(text, v)
}

// shown writes a text that stands for a value.
func (p *printer) shown(text string, v dump.Value) {
	if p.put(text); p.opt.Shown != nil {
		p.opt.Shown(text, v)
	}
}

// NoValue returns the text shown in place of a missing value. name is that of [Options].
func NoValue(why caveat.Reason, name func(string) string) string {
	text := why.String()
	if name != nil {
		text = name(text)
	}
	switch why.Kind {
	case caveat.OptimizedOut, caveat.NotSetYet:
		return "(" + text + ")"
	case caveat.Redacted:
		return string(notation.AppendMask(nil, int(why.N))) // a text contains it already
	}
	return "(unreadable " + text + ")"
}

func (p *printer) noValue(why caveat.Reason) { p.put(NoValue(why, p.opt.Name)) }

// value writes v; depth counts the structs and containers around it.
func (p *printer) value(v dump.Value, f flags, depth int, indent string) {
	if p.done() {
		return
	}
	if p.nesting++; p.nesting > maxNesting {
		p.put("...")
		p.nesting--
		return
	}
	defer func() { p.nesting-- }()
	if !v.Valid() {
		p.noValue(v.Reason())
		return
	}
	if p.opt.Leaf != nil && hasNoParts(v) {
		if text, ok := p.opt.Leaf(v); ok {
			p.put(p.name(text))
			return
		}
	}
	if p.opt.Views {
		if view, ok := p.views.Of(v); ok {
			p.view(v, &view, f, depth, indent)
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		p.pointer(v, f, depth, indent)
	case reflect.Interface:
		p.iface(v, f, depth, indent)
	case reflect.Struct:
		p.structure(v, f, depth, indent)
	case reflect.Slice, reflect.Array:
		p.list(v, f, depth, indent)
	case reflect.Map:
		p.mapping(v, f, depth, indent)
	case reflect.Chan:
		p.channel(v, f)
	case reflect.Func:
		p.function(v, f, depth, indent)
	default:
		p.scalar(v)
	}
}

// hasNoParts reports whether a value is a number, a text, or a list of bytes.
func hasNoParts(v dump.Value) bool {
	switch k := v.Kind(); k {
	case reflect.Slice, reflect.Array:
		return v.Type().Elem().Kind() == reflect.Uint8 && !v.IsNil()
	default:
		return k >= reflect.Bool && k <= reflect.Complex128 || k == reflect.String
	}
}

func (p *printer) pointer(v dump.Value, f flags, depth int, indent string) {
	if v.IsNil() {
		switch typ := p.typeName(v.Type()); {
		case !f.has(withType):
			p.put("*nil")
		case strings.HasPrefix(typ, "*"):
			p.put(typ + " nil")
		default:
			p.putf("*%s nil", p.typeName(v.Type().Elem()))
		}
		return
	}
	target := v.Elem()
	if v.Bare() {
		p.conversion(p.typeName(v.Type()), v.Pointer(), v)
		return
	}
	if !target.Valid() {
		p.conversion(p.typeName(v.Type()), v.Pointer(), v)
		why := cmp.Or(v.Reason(), target.Reason())
		if p.missing(why); why.IsLimit() && depth <= p.opt.Depth {
			p.putf(" [... %s]", why)
		}
		return
	}
	if p.opt.Views && !f.has(withType) { // a star would look like a part of a text
		if view, ok := p.views.Of(target); ok && view.Text != "" {
			p.view(target, &view, f&^top, depth, indent)
			return
		}
	}
	if p.cycle(target) {
		return
	}
	// A pointer to a pointer or interface may lead back to itself.
	switch target.Kind() {
	case reflect.Pointer, reflect.Interface:
		if depth++; depth > p.opt.Depth+1 {
			p.conversion(p.typeName(v.Type()), v.Pointer(), v)
			return
		}
	}
	if f.has(top) && f.has(newlines) && v.Pointer() != 0 && !p.opt.Views {
		p.conversion(p.typeName(v.Type()), v.Pointer(), v)
		p.put("\n")
	}
	p.put("*")
	p.value(target, f&^top, depth, indent)
}

// cycle writes a pointer to a struct that is printed around it as a mark, as people read it: Delve
// prints it again, until the depth ends.
func (p *printer) cycle(target dump.Value) bool {
	if !p.opt.Views || target.Kind() != reflect.Struct || target.Addr() == 0 {
		return false
	}
	for _, v := range p.around {
		if v.Addr() == target.Addr() && v.Type() == target.Type() {
			p.put("↺ *")
			p.located(p.typeName(target.Type()), target)
			return true
		}
	}
	return false
}

// missing says why the target of a reference isn't in the dump. A limit isn't mentioned: below the
// printer's depth it makes no difference.
func (p *printer) missing(why caveat.Reason) {
	if why.Kind != caveat.None && !why.IsLimit() {
		p.put(" " + NoValue(why, p.opt.Name))
	}
}

func (p *printer) iface(v dump.Value, f flags, depth int, indent string) {
	if v.IsNil() {
		if f.has(withType) {
			p.put(p.typeName(v.Type()) + " ")
		}
		p.put("nil")
		return
	}
	in := v.Elem()
	if p.opt.Views && in.Valid() {
		p.dynamic(v, in, f, depth, indent)
		return
	}
	if f.has(withType) {
		p.putf("%s(%s) ", p.typeName(v.Type()), p.typeName(in.Type()))
	}
	switch {
	case in.Kind() == reflect.Pointer && in.IsNil():
		p.put("nil")
	case depth <= p.opt.Depth || p.hasText(in):
		p.value(in, f&^top^withType, depth, indent)
	case in.Kind() == reflect.Pointer:
		p.put("...") // as Delve does
	case v.Addr() != 0:
		p.put("*")
		p.located(p.typeName(v.Type()), v)
	default:
		p.put("...")
	}
}

// dynamic writes what an interface holds as people read it: by the type of that alone, which says all.
func (p *printer) dynamic(v, in dump.Value, f flags, depth int, indent string) {
	typ := p.typeName(in.Type())
	k := in.Kind()
	shown := hasTypeShown(k) || k == reflect.Chan || k == reflect.Func ||
		k == reflect.Pointer && strings.HasPrefix(typ, "*")
	obvious := typ == "string" || typ == "int" || typ == "bool"
	if depth > p.opt.Depth && !p.hasText(in) {
		if k == reflect.Pointer || v.Addr() == 0 {
			p.put(typ + " ...")
			return
		}
		p.put("*")
		p.located(p.typeName(v.Type()), v)
		return
	}
	switch {
	case k == reflect.Pointer && in.IsNil(): // the interface isn't nil
		p.putf("%s(%s) nil", p.typeName(v.Type()), typ)
		return
	case !shown && !obvious:
		p.put(typ + " ")
	}
	p.value(in, f&^top|withType, depth, indent)
}

func (p *printer) channel(v dump.Value, f flags) {
	switch inLines := f.has(newlines) && !f.has(top); {
	case v.IsNil() && inLines && f.has(withType):
		p.put(p.typeName(v.Type()) + " {}") // as Delve does, in which a channel is a struct
		return
	case v.IsNil() && inLines:
		p.put("{}")
		return
	case v.IsNil():
		p.put(p.typeName(v.Type()) + " nil")
		return
	}
	p.putf("%s %d/%d", p.typeName(v.Type()), v.Len(), v.Cap())
	p.missing(v.Reason())
}

func (p *printer) function(v dump.Value, f flags, depth int, indent string) {
	if v.IsNil() {
		p.put("nil")
		return
	}
	name := v.Func().Func
	if name == "" {
		p.putf("(unknown function at %#x", v.Pointer())
		if why := v.Reason(); why.Kind != caveat.None {
			p.put(": " + p.name(why.String()))
		}
		p.put(")")
		return
	}
	p.put(p.name(name))
	if f.has(newlines) {
		p.captured(v, depth, indent)
	}
}

// captured writes the variables that a func value has captured, or its receiver.
func (p *printer) captured(v dump.Value, depth int, indent string) {
	if receiver, ok := v.Receiver(); ok {
		p.putf(" {\n%s\treceiver %s = ", indent, p.typeName(receiver.Type()))
		p.value(receiver, newlines, depth+1, indent+"\t")
		p.putf("\n%s}", indent)
		return
	}
	captured := v.Closure()
	n := captured.Type().NumField()
	if !captured.Valid() || captured.Kind() != reflect.Struct || n == 0 {
		return
	}
	p.put(" {\n")
	for i := 0; i < n && !p.done(); i++ {
		name, typ, _ := captured.Type().Field(i)
		if name == ".this" { // of a method value: source can't have this name
			name = "receiver"
		}
		p.putf("%s\t%s %s = ", indent, p.name(name), p.typeName(typ))
		p.value(captured.Field(i), newlines, depth+1, indent+"\t")
		p.put("\n")
	}
	p.put(indent + "}")
}
