package heap

import (
	"bytes"
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/notation"
)

// Query says what to find.
type Query struct {
	// What says in words what is looked for: `the number 42`.
	What string

	kinds []reflect.Kind
	leaf  func(k reflect.Kind, text []byte) bool
	addr  uint64 // also references to the object at this address
}

// hidden is what a dump has in place of a secret; a number may follow it.
const hidden = "***redacted***"

// ParseQuery parses what to find: a number, true or false, a quoted text, or else a regular
// expression, which may be in slashes.
func ParseQuery(text string) (q Query, err error) {
	switch {
	case text == "":
		return q, errors.New("nothing to find: name a number, a quoted text or a regular expression")
	case strings.HasPrefix(text, hidden):
		return hiddenQuery(text), nil
	case len(text) > 2 && text[0] == '/' && text[len(text)-1] == '/':
		return regexpQuery(text[1 : len(text)-1])
	case text == "true" || text == "false":
		return Query{What: text, kinds: []reflect.Kind{reflect.Bool}, leaf: func(k reflect.Kind, b []byte) bool {
			return k == reflect.Bool && string(b) == text
		}}, nil
	}
	if s, err := strconv.Unquote(text); err == nil && text[0] != '\'' {
		return textQuery("a text that is "+text, func(b []byte) bool { return string(b) == s }), nil
	}
	if q, ok := numberQuery(text); ok {
		return q, nil
	}
	return regexpQuery(text)
}

func regexpQuery(expr string) (q Query, err error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return q, fmt.Errorf("%q is not a regular expression: %w", expr, err)
	}
	if literal, whole := re.LiteralPrefix(); whole {
		contains := func(b []byte) bool { return bytes.Contains(b, []byte(literal)) }
		return textQuery("a text with "+strconv.Quote(literal), contains), nil
	}
	return textQuery("a text that matches "+expr, re.Match), nil
}

// textKinds are the kinds of values that may hold texts, or whose elements may be one.
var textKinds = []reflect.Kind{reflect.String, reflect.Uint8, reflect.Int8}

func textQuery(what string, match func(text []byte) bool) Query {
	return Query{What: what, kinds: textKinds, leaf: func(k reflect.Kind, b []byte) bool {
		switch k {
		case reflect.String, reflect.Array, reflect.Slice:
			text, ok := decoded(b)
			if k == reflect.Array {
				text = bytes.TrimRight(text, "\x00") // as in a C program
			}
			return ok && match(text)
		}
		return false
	}}
}

// decoded returns the text that is written as b.
func decoded(b []byte) (text []byte, ok bool) {
	if len(b) >= 2 && b[0] == '"' && bytes.IndexByte(b, '\\') < 0 {
		return b[1 : len(b)-1], true
	}
	form, err := notation.ParseForm(b)
	return []byte(form.Text), err == nil && form.IsText
}

// hiddenQuery finds what was hidden: text, with its number if it has one, or everything that
// may be a secret.
func hiddenQuery(text string) Query {
	end := func(rest []byte) bool { return text == hidden || len(rest) == 0 || rest[0] < '0' || rest[0] > '9' }
	find := textQuery("what shows "+text, func(b []byte) bool {
		for i := bytes.Index(b, []byte(text)); i >= 0; i = bytes.Index(b, []byte(text)) {
			if b = b[i+len(text):]; end(b) {
				return true
			}
		}
		return false
	})
	inText := find.leaf
	find.leaf = func(k reflect.Kind, b []byte) bool {
		return inText(k, b) || text == hidden && redacted(b)
	}
	for k := reflect.Bool; k <= reflect.UnsafePointer; k++ { // any value may be hidden as a whole
		find.kinds = append(find.kinds, k)
	}
	return find
}

// isHidden reports whether a value, or a part of it, was hidden.
func isHidden(b []byte) bool {
	return bytes.Contains(b, []byte(hidden)) || bytes.Contains(b, []byte(`"red":true`)) || redacted(b)
}

// redacted reports whether a value was left out because it may be a secret.
func redacted(b []byte) bool {
	if len(b) == 0 || b[0] != '{' || !bytes.Contains(b, []byte(`"x":`)) {
		return false
	}
	form, err := notation.ParseForm(b)
	return err == nil && form.Object != nil && form.Object.Reason.Kind == caveat.Redacted
}

// numberQuery finds a number, and references to what is at that address.
func numberQuery(text string) (q Query, ok bool) {
	digits, negative := strings.CutPrefix(text, "-")
	kind := token.INT
	switch {
	case strings.HasPrefix(digits, "'"):
		kind = token.CHAR
	case strings.ContainsAny(digits, ".") || strings.ContainsAny(digits, "eE") && !strings.HasPrefix(digits, "0x"):
		kind = token.FLOAT
	}
	c := constant.MakeFromLiteral(digits, kind, 0)
	if c.Kind() == constant.Unknown {
		return q, false
	}
	if negative {
		c = constant.UnaryOp(token.SUB, c, 0)
	}
	whole := constant.ToInt(c)
	number := ""
	if whole.Kind() == constant.Int {
		number = whole.ExactString()
		if n, exact := constant.Uint64Val(whole); exact {
			q.addr = n
		}
	}
	f, _ := constant.Float64Val(constant.ToFloat(c))
	if math.IsInf(f, 0) {
		return q, false
	}
	q.What = "the number " + text
	for k := reflect.Int; k <= reflect.Float64; k++ {
		q.kinds = append(q.kinds, k)
	}
	q.kinds = append(q.kinds, reflect.UnsafePointer)
	q.leaf = func(k reflect.Kind, b []byte) bool {
		if k == reflect.Float32 || k == reflect.Float64 {
			got, err := strconv.ParseFloat(string(b), 64)
			return err == nil && (got == f || k == reflect.Float32 && float32(got) == float32(f))
		}
		return number != "" && k <= reflect.UnsafePointer && string(b) == number
	}
	return q, true
}

// Found is what was found.
type Found struct {
	Places  []Place
	Count   int  // of all places, including those that aren't among Places
	Hidden  int  // values that are hidden, or have hidden parts, and may be what was looked for
	Partial bool // the dump may lack places
}

// Place is where a value is.
type Place struct {
	Path    Path       // Expr is "" if no expression leads there
	Value   dump.Value // if the path leads to it
	Type    string     // of the object that the value is in, "" if it is in a variable
	Address uint64     // of the object, 0 if it isn't known
	GaveUp  bool       // an expression may lead there: the search for one has ended early
}

// Find finds the places of a value, and returns no more than most of them; nil if progress
// stops it.
func (h *Heap) Find(q Query, most int, progress dump.Progress) *Found {
	var mayBe atomic.Int64
	find := dump.Search{Kinds: q.kinds, Most: most, Leaf: func(k reflect.Kind, text []byte) bool {
		found := q.leaf(k, text)
		if !found && isHidden(text) {
			mayBe.Add(1)
		}
		return found
	}}
	if q.addr != 0 {
		var ok bool
		if find.Objects, ok = h.graph.ObjectsAt(q.addr, nil, progress); !ok {
			return nil
		}
	}
	leaves, count, ok := h.graph.Leaves(find, progress)
	if !ok {
		return nil
	}
	h.failed = 0
	cut := h.reached(func(limit string) bool { return limit == "string" })
	f := &Found{Count: count, Hidden: int(mayBe.Load()), Partial: cut || h.Partial()}
	for i := range leaves {
		if progress(i, len(leaves)) {
			return nil
		}
		f.Places = append(f.Places, h.place(&leaves[i]))
	}
	return f
}

// place returns where a value is.
func (h *Heap) place(l *dump.Leaf) (p Place) {
	var base located
	var ok bool
	if l.Node == 0 {
		base, ok = h.root(l.Root)
	} else {
		p.Type, p.Address = h.graph.Type(l.Node), h.graph.Address(l.Node)
		if base, ok = h.to(l.Node); ok {
			base = base.content()
		}
		p.GaveUp = !ok && h.gaveUp
	}
	if !ok {
		return p
	}
	if at, ok := base.walk(l.Steps); ok {
		p.Path, p.Value = at.Path, at.value
		return p
	}
	p.Path, p.Path.Part = base.Path, true
	return p
}
