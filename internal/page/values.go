package page

import (
	"fmt"
	"reflect"
	"strconv"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/pretty"
	"coredumpy/internal/printable"
	"coredumpy/internal/views"
)

// These bound the values in a page: those that fewest steps lead to from a variable come first.
const (
	maxValues    = 250_000   // rows of values with parts
	maxValueText = 160 << 20 // bytes of JSON
	maxParts     = 1000      // of a row; a longer list has a row for each piece of that length
	maxExpr      = 120       // bytes of the expression for a value
	maxLooks     = 2 << 20   // values that are looked at for views, such as the tree of a sync.Map
)

// values writes the values that have parts, each into a row. Others refer to a row by its
// number, counted from 1, and rows are written in the order of their numbers. The pieces of
// long lists have rows of their own, with negative numbers: they are written when nothing nearer
// is left, one by one, so that few values wait at once.
type values struct {
	page    *page
	rows    rows
	numbers map[identity]int
	texts   []string // of pointers, as parts, by the numbers of their rows; "" before one is shown
	queue   queue
	most    int // rows
	last    int // number
	written int
	full    bool // a value got no number

	pieceRows  rows
	pieces     []pending
	pieceCount int // how many are written
}

// identity is the same for values that have the same parts. Values that are part of another one
// have none: few other ways lead to them.
type identity struct {
	object  int
	typ     *dump.Type
	pointer uint64
	length  int64
	plain   bool
}

// root is where a value was found first: in the frame of a goroutine or, without one, in a
// package.
type root struct {
	goroutine int64
	frame     int
}

// pending is a value whose row isn't written yet.
type pending struct {
	shown
	root  root
	first int // of the elements, in a piece of a long list
}

// shown is a value and how it is shown: as people read it or, if it is plain, by its fields.
type shown struct {
	value dump.Value
	expr  string      // in the frame of its root; "" if there is none, or a long one
	view  *views.View // nil for its own
	plain bool
}

func (s *shown) parts(r *views.Reader) *inspector.Parts {
	if s.plain {
		return inspector.PartsBy(r, s.value, s.expr)
	}
	return inspector.ViewedBy(r, s.value, s.expr, s.view)
}

func (s *shown) text(o pretty.Options, r *views.Reader) string {
	o.Views, o.Reader = !s.plain, r
	p := inspector.Part{Value: s.value, View: s.view}
	return p.String(o)
}

func newValues(p *page) *values {
	return &values{page: p, numbers: map[identity]int{}, texts: []string{""}, most: maxValues,
		rows:      rows{out: p.out, kind: "value", first: 1},
		pieceRows: rows{out: p.out, kind: "piece", first: 1}}
}

// part is a variable, or a part of a value, with its value.
type part struct {
	Name  string `json:"n"`
	Kind  string `json:"k,omitempty"` // see partKinds; of a variable its role
	Type  int    `json:"t"`
	Text  string `json:"v"`
	Class string `json:"c,omitempty"` // see class
	Row   int    `json:"r,omitempty"` // of its parts
	Left  bool   `json:"x,omitempty"` // its parts aren't in the page
	Note  string `json:"o,omitempty"` // doubts
	Line  int    `json:"l,omitempty"` // where a variable is declared
	Outer bool   `json:"outer,omitempty"`
}

// partKinds are the kinds of parts, but for fields.
var partKinds = map[inspector.PartKind]string{
	inspector.Captured: "captured", inspector.Target: "target", inspector.Element: "element", inspector.Entry: "entry",
	inspector.Fields: "fields",
}

// These bound the text for a value.
var (
	asKey      = pretty.Options{Views: true, String: 64, Elements: 4, Depth: 1, Bytes: 128, Name: line}
	asPart     = pretty.Options{Views: true, String: maxBrief, Elements: 16, Depth: 0, Bytes: 160, Name: line}
	asVariable = pretty.Options{Views: true, String: maxBrief, Elements: 16, Depth: 1, Bytes: 240, Name: line}
)

const maxBrief = 120 // bytes of a string that isn't shown whole

// part returns a variable or a part, whose value gets a row if it has parts itself. in is the block
// that it will be in.
func (s *values) part(in *rows, name string, v shown, o pretty.Options, from root) part {
	n, left := s.number(v, from)
	return part{Name: line(name), Type: in.typ(v.value.Type()), Text: line(v.text(o, s.page.reader)),
		Class: class(v.value), Row: n, Left: left}
}

// element returns a part of a row. Many pointers lead to the same object: its text is made once.
func (s *values) element(in *rows, name string, v shown, from root) part {
	n, left := s.number(v, from)
	out := part{Name: line(name), Type: in.typ(v.value.Type()), Class: class(v.value), Row: n, Left: left}
	shared := n > 0 && v.view == nil && !v.plain && v.value.Kind() == reflect.Pointer && v.value.Object() != 0 &&
		v.value.Reason().Kind == caveat.None
	if shared && s.texts[n] != "" {
		out.Text = s.texts[n]
		return out
	}
	if out.Text = line(v.text(asPart, s.page.reader)); shared {
		s.texts[n] = out.Text
	}
	return out
}

// class says how a value looks: that of a text, a number, a bool, nil, a secret, or none.
func class(v dump.Value) string {
	switch k := v.Kind(); {
	case !v.Valid() && v.Reason().Kind != caveat.Redacted:
		return "missing"
	case !v.Valid() || v.Redacted():
		return "secret"
	case k == reflect.String:
		return "string"
	case k == reflect.Bool:
		return "bool"
	case k >= reflect.Int && k <= reflect.Complex128:
		return "number"
	case v.IsNil():
		return "nil"
	}
	return ""
}

// number returns the number of the row for a value, 0 if it needs none; left is true if there is
// no room for one.
func (s *values) number(v shown, from root) (n int, left bool) {
	id, ok := v.identity()
	if n := s.numbers[id]; ok && n > 0 {
		return n, false
	}
	of := v
	of.expr = "" // it takes time, and most values have a number already or need none
	p := of.parts(s.page.reader)
	if !hasMore(p) {
		return 0, false
	}
	if of = v; p.Held != nil {
		held := v.parts(s.page.reader).Held
		of = shown{value: held.Value, expr: held.Expr, view: held.View}
	}
	whole, shared := of.identity()
	if n = s.numbers[whole]; !shared || n == 0 {
		if s.last == s.most || s.noRoom() {
			s.full = true
			return 0, true
		}
		if len(of.expr) > maxExpr {
			of.expr = ""
		}
		s.last++
		n = s.last
		s.queue.push(pending{shown: of, root: from})
		s.texts = append(s.texts, "")
	}
	if shared {
		s.numbers[whole] = n
	}
	if ok {
		s.numbers[id] = n
	}
	return n, false
}

func (s *values) noRoom() bool { return s.rows.size+s.pieceRows.size > maxValueText }

// hasMore reports whether there is more of a value than its text.
func hasMore(p *inspector.Parts) bool {
	if text, ok := p.Of.Text(); ok {
		return len(text) > maxBrief
	}
	return p.Named+p.Indexed > 0 || p.Of.Kind() == reflect.Chan && !p.Of.IsNil()
}

// maxIndirection bounds how many interfaces are in each other in a forged dump.
const maxIndirection = 16

func (s *shown) identity() (id identity, ok bool) {
	if s.view != nil {
		return id, false
	}
	v := s.value
	for i := 0; v.Kind() == reflect.Interface && v.Valid() && !v.IsNil() && i < maxIndirection; i++ {
		v = v.Elem()
	}
	id = identity{object: v.Object(), typ: v.Type(), pointer: v.Pointer(), length: v.Len(), plain: s.plain}
	return id, id.object != 0
}

// row is a value with its parts.
type row struct {
	Type      int         `json:"t"`
	Addr      string      `json:"a,omitempty"`
	Expr      string      `json:"x,omitempty"`
	Goroutine goID        `json:"g,omitempty"` // of the frame in which that can be evaluated
	Frame     int         `json:"f,omitempty"`
	Facts     [][2]string `json:"facts,omitempty"`
	Text      string      `json:"s,omitempty"` // of a long text
	Parts     []part      `json:"p,omitempty"`
	More      int         `json:"more,omitempty"`    // parts that aren't in the page
	Waiters   []goID      `json:"waiters,omitempty"` // goroutines that wait for a channel or a lock
}

// rest writes the rows, and those of the values that these refer to.
func (s *values) rest() {
	for n := 0; !s.noRoom(); n++ {
		if n%256 == 0 && s.page.progress(whileValues, s.written, s.last) {
			return
		}
		switch {
		case s.queue.length > 0:
			s.rows.add(s.row(s.queue.pop()))
			s.written++
		case s.pieceCount < len(s.pieces) && s.last < s.most:
			s.pieceRows.add(s.piece(s.pieces[s.pieceCount]))
			s.pieces[s.pieceCount] = pending{}
			s.pieceCount++
		default:
			s.flush()
			return
		}
	}
	s.flush()
}

func (s *values) flush() {
	s.rows.flush()
	s.pieceRows.flush()
	if s.page.reader.Spent() {
		s.page.leave("what some maps, lists and contexts hold: to find it takes long")
	}
	if s.full || s.queue.length > 0 || s.pieceCount < len(s.pieces) {
		s.page.leave(fmt.Sprintf("what is far from all variables: there is room for %d values or %d MB, "+
			"and %d are here", s.most, maxValueText>>20, s.written))
	}
}

// row returns the row of a value.
func (s *values) row(v pending) row {
	p := v.parts(s.page.reader)
	r := row{Type: s.rows.typ(p.Of.Type()), Expr: line(v.expr), Goroutine: goID(v.root.goroutine), Frame: v.root.frame}
	addr := p.Of.Addr()
	switch p.Of.Kind() {
	case reflect.Slice, reflect.Map, reflect.Chan, reflect.String, reflect.Func, reflect.Pointer:
		addr = p.Of.Pointer()
	}
	if addr != 0 {
		r.Addr = "0x" + strconv.FormatUint(addr, 16)
	}
	r.Facts = factsOf(p)
	if text, ok := p.Of.Text(); ok {
		r.Text = block(text)
		return r
	}
	for i := range min(p.Named, maxParts) {
		r.Parts = append(r.Parts, s.partOf(&s.rows, p.NamedPart(i), v.root))
	}
	r.More = max(p.Named-maxParts, 0)
	if p.Indexed <= maxParts {
		r.Parts = append(r.Parts, s.elements(&s.rows, p, v.root, 0)...)
	} else {
		s.cut(&r, p, v)
	}
	if w := s.page.waiting; w != nil && addr != 0 {
		r.Waiters = firstIDs(w.Waiting(addr))
	}
	return r
}

// elements returns the elements or entries from one on, as many as a row has.
func (s *values) elements(in *rows, p *inspector.Parts, from root, first int) (parts []part) {
	for i := first; i < min(p.Indexed, first+maxParts); i++ {
		parts = append(parts, s.partOf(in, p.IndexedPart(i), from))
	}
	return parts
}

// cut adds the pieces of a long list to its row.
func (s *values) cut(r *row, p *inspector.Parts, v pending) {
	for first := 0; first < p.Indexed; first += maxParts {
		if first == maxParts*maxParts {
			r.More += p.Indexed - first
			return
		}
		v.first = first
		s.pieces = append(s.pieces, v)
		end := min(p.Indexed, first+maxParts)
		r.Parts = append(r.Parts, part{Name: fmt.Sprintf("[%d..%d]", first, end-1), Type: r.Type, Kind: "piece",
			Row: -len(s.pieces), Text: printable.Count(end-first, "element")})
	}
}

// piece returns the row of a piece of a long list.
func (s *values) piece(v pending) row {
	p := v.parts(s.page.reader)
	return row{Type: s.pieceRows.typ(p.Of.Type()), Goroutine: goID(v.root.goroutine), Frame: v.root.frame,
		Parts: s.elements(&s.pieceRows, p, v.root, v.first)}
}

func (s *values) partOf(in *rows, p inspector.Part, from root) part {
	name := p.Name
	switch p.Kind {
	case inspector.Target:
		name = "*"
	case inspector.Fields:
		name = "(fields)"
	case inspector.Element:
		name = fmt.Sprintf("[%d]", p.Index)
	case inspector.Entry:
		name = "[" + s.page.text(p.Key, asKey) + "]"
	}
	of := shown{value: p.Value, expr: p.Expr, view: p.View, plain: p.Kind == inspector.Fields}
	out := s.element(in, name, of, from)
	out.Kind = partKinds[p.Kind]
	return out
}

// factsOf returns facts about a value besides its parts.
func factsOf(p *inspector.Parts) (all [][2]string) {
	add := func(label, text string) { all = append(all, [2]string{label, text}) }
	v := p.Of
	switch v.Kind() {
	case reflect.Slice, reflect.Chan:
		add("length", strconv.FormatInt(v.Len(), 10))
		if v.Cap() >= 0 {
			add("capacity", strconv.FormatInt(v.Cap(), 10))
		}
	case reflect.Map, reflect.Array, reflect.String:
		add("length", strconv.FormatInt(v.Len(), 10))
	}
	receive, send, closed := v.Waiting()
	if receive > 0 {
		add("wait to receive", printable.Count(receive, "goroutine"))
	}
	if send > 0 {
		add("wait to send", printable.Count(send, "goroutine"))
	}
	if closed {
		add("closed", "true")
	}
	if why := p.Missing; why.Kind != caveat.None {
		add("not in the dump", line(why.String()))
		return all
	}
	why := v.Reason()
	switch more := v.Len() - int64(v.Stored()); {
	case more > 0 && !v.Redacted() && why.Kind != caveat.None:
		add("not in the dump", fmt.Sprintf("%d more: %s", more, line(why.String())))
	case more > 0 && !v.Redacted():
		add("not in the dump", fmt.Sprintf("%d more", more))
	case why.Kind != caveat.None:
		add("note", line(why.String()))
	}
	return all
}

// queue is a queue of values. It frees what was taken from it: the values in it at once may take
// as much memory as the dump.
type queue struct {
	blocks [][]pending
	taken  int // of the first block
	length int
}

const queueBlock = 256

func (q *queue) push(v pending) {
	if n := len(q.blocks); n == 0 || len(q.blocks[n-1]) == queueBlock {
		q.blocks = append(q.blocks, make([]pending, 0, queueBlock))
	}
	last := &q.blocks[len(q.blocks)-1]
	*last = append(*last, v)
	q.length++
}

func (q *queue) pop() (v pending) {
	v = q.blocks[0][q.taken]
	q.blocks[0][q.taken] = pending{}
	q.length--
	if q.taken++; q.taken == len(q.blocks[0]) {
		q.blocks, q.taken = q.blocks[1:], 0
	}
	return v
}
