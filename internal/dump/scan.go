package dump

import (
	"cmp"
	"reflect"
	"strings"

	"coredumpy/internal/notation"
)

// kinds is a set of kinds of values: one bit for each reflect.Kind.
type kinds uint32

func kindsOf(list ...reflect.Kind) (set kinds) {
	for _, k := range list {
		set |= 1 << k
	}
	return set
}

// references are the kinds of values that can refer to an object.
var references = kindsOf(reflect.Slice, reflect.Chan, reflect.Map, reflect.Pointer, reflect.Func, reflect.Interface)

// plan says what can be in a value of a type.
type plan struct {
	typ    *Type
	kind   reflect.Kind
	has    kinds   // of the value, and of what can be in it; all for an interface
	elem   *plan   // of an array, slice, map or channel
	key    *plan   // of a map
	fields []*plan // of a struct

	waitable bool // goroutines can wait for what is in a value of the type, at its address
	aside    bool // a waitable field is captured by reference, so it isn't at its offset
}

// maxLearn bounds how often what is known about types is passed on to types that contain them:
// only in a forged dump are more nested.
const maxLearn = 100

// plans makes the plans of all types.
func (c *Core) plans() map[int]*plan {
	plans := map[int]*plan{}
	for _, id := range c.file.Types() {
		plans[id] = newPlan(c.typeOf(id))
	}
	none := &plan{}
	of := func(id int) *plan { return cmp.Or(plans[id], none) }
	for id, p := range plans {
		rec := c.typeOf(id).record()
		p.elem, p.key = of(rec.Elem), of(rec.Key)
		for i := range rec.Fields {
			p.fields = append(p.fields, of(rec.Fields[i].Type))
		}
	}
	again := true
	for n := 0; again && n < maxLearn; n++ {
		again = false
		for _, p := range plans {
			again = p.learn() || again
		}
	}
	for id, p := range plans {
		if again { // each may have anything if not all was learned
			p.has = ^kinds(0)
		}
		for i, f := range c.typeOf(id).record().Fields {
			p.aside = p.aside || f.Indirect && p.fields[i].waitable
		}
	}
	return plans
}

func newPlan(t *Type) *plan {
	p := &plan{typ: t, kind: t.Kind(), has: kindsOf(t.Kind())}
	switch p.kind {
	case reflect.Interface, reflect.Invalid:
		p.has = ^kinds(0)
	case reflect.Struct:
		p.waitable = Waitable(t.String())
	}
	return p
}

// learn copies what is known about the parts, and reports whether that was new.
func (p *plan) learn() bool {
	has, waitable := p.has, p.waitable
	if p.kind == reflect.Array {
		has, waitable = has|p.elem.has, waitable || p.elem.waitable
	}
	for _, f := range p.fields {
		has, waitable = has|f.has, waitable || f.waitable
	}
	changed := has != p.has || waitable != p.waitable
	p.has, p.waitable = has, waitable
	return changed
}

// parts returns the kinds of values that can be in the elements that a slice, map or channel
// refers to.
func (p *plan) parts() kinds {
	switch p.kind {
	case reflect.Map:
		return p.key.has | p.elem.has
	case reflect.Slice, reflect.Chan:
		return p.elem.has
	}
	return p.has
}

// ofBytes reports whether the elements of a value are written as a text.
func (p *plan) ofBytes() bool {
	return (p.kind == reflect.Array || p.kind == reflect.Slice) &&
		(p.elem.kind == reflect.Uint8 || p.elem.kind == reflect.Int8)
}

// Waitable reports whether goroutines can wait for a struct of a type at its address: for its
// semaphores, or on its list.
func Waitable(typ string) bool {
	switch rest, ok := strings.CutPrefix(typ, "sync."); {
	case ok:
		return rest == "Mutex" || rest == "RWMutex" || rest == "WaitGroup" || rest == "Cond" || rest == "Once"
	}
	return typ == "internal/sync.Mutex" || typ == "internal/poll.fdMutex"
}

// Step is a step from a value to a part of it.
type Step struct {
	Kind  StepKind
	Index int // of a field, an element or an entry
}

// StepKind is the kind of a step.
type StepKind uint8

// These are the kinds of steps. The content of an interface takes none.
const (
	FieldStep   StepKind = iota // also to a captured variable
	ElementStep                 // of an array, a slice or a channel's buffer
	EntryStep                   // to the element of a map
	KeyStep                     // to the key of one
)

// scanner finds the references and other values in the text of values. Where a value is
// damaged, it stops reading it: a dump is checked when it is shown.
type scanner struct {
	old   bool // of format 1, in which references hold addresses
	plans map[int]*plan
	want  kinds // what is looked for; values that can't have it are passed over
	// refer is called with each reference: the address, the object's id, 0 if it isn't in
	// the dump, how many elements the object has according to the reference, and the plan
	// of the value that refers to it.
	refer func(addr uint64, id int, n uint64, p *plan)
	// missing is called with each value that is missing, or whose target is. It may be nil.
	missing func(text []byte)
	// leaf is called with each wanted value that consists of no others. It may be nil.
	leaf func(p *plan, text []byte)

	path  []Step // to the value that is being scanned, unless path is nil
	done  bool   // nothing more is wanted
	depth int
}

// maxScan bounds the nesting of values.
const maxScan = 1000

func at(b []byte, i int) byte {
	if i < len(b) {
		return b[i]
	}
	return 0
}

// value scans the value that begins at b[i], and returns where it ends.
func (s *scanner) value(p *plan, b []byte, i int) int {
	if p == nil || p.has&s.want == 0 {
		if at(b, i) == '{' && p != nil && p.kind == reflect.Invalid && s.missing != nil {
			s.missing(b[i:skip(b, i)])
		}
		return skip(b, i)
	}
	c := at(b, i)
	if s.leaf != nil && p.isLeaf(c) {
		end := skip(b, i)
		s.leaf(p, b[i:end])
		return end
	}
	switch c {
	case '{':
		return s.object(p, b, i)
	case '[':
	default: // null, or text that refers to nothing
		return skip(b, i)
	}
	switch p.kind {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Chan:
		return s.reference(p, b, i)
	case reflect.Interface:
		return s.boxed(p, b, i)
	}
	return s.list(p, b, i)
}

// isLeaf reports whether a value of the plan whose text begins with c consists of no others.
func (p *plan) isLeaf(c byte) bool {
	switch p.kind {
	case reflect.Struct, reflect.Interface, reflect.Invalid:
		return false
	case reflect.Array:
		return p.ofBytes() && c != '['
	}
	return references&(1<<p.kind) == 0
}

// content scans the elements of a slice, map or channel, which are an object.
func (s *scanner) content(p *plan, b []byte) (end int) {
	if p.parts()&s.want == 0 {
		return skip(b, 0)
	}
	switch c := at(b, 0); {
	case s.leaf != nil && p.ofBytes() && c != '[':
		end = skip(b, 0)
		s.leaf(p, b[:end])
		return end
	case c == '[':
		return s.list(p, b, 0)
	}
	return s.object(p, b, 0)
}

// list scans the list of a struct's fields, of elements or of entries.
func (s *scanner) list(p *plan, b []byte, i int) int {
	if s.depth == maxScan {
		return skip(b, i)
	}
	s.depth++
	end := s.parts(p, b, i+1)
	s.depth--
	return end
}

// parts scans a list from its first part on.
func (s *scanner) parts(p *plan, b []byte, i int) int {
	if at(b, i) == ']' {
		return i + 1
	}
	last := len(s.path)
	if s.path != nil {
		s.path = append(s.path, Step{})
	}
	for n := 0; i < len(b) && !s.done; n++ {
		part, step := p.elem, Step{ElementStep, n}
		switch {
		case p.kind == reflect.Map && n%2 == 0:
			part, step = p.key, Step{KeyStep, n / 2}
		case p.kind == reflect.Map:
			step = Step{EntryStep, n / 2}
		case p.kind != reflect.Struct:
		case n < len(p.fields):
			part, step = p.fields[n], Step{FieldStep, n}
		default:
			part = nil
		}
		if s.path != nil {
			s.path[last] = step
		}
		if i = s.value(part, b, i); at(b, i) != ',' {
			break
		}
		i++
	}
	if s.path != nil {
		s.path = s.path[:last]
	}
	return min(i+1, len(b)) // after the "]"
}

// reference scans [object, ...], in format 1 [address, object, ...].
func (s *scanner) reference(p *plan, b []byte, i int) int {
	if s.refer == nil {
		return skip(b, i)
	}
	id, j := number(b, i+1)
	addr := uint64(0)
	if s.old {
		addr, id = id, 0
		if at(b, j) != ',' {
			return skip(b, i)
		}
		id, j = number(b, j+1)
	}
	n := uint64(0)
	for at(b, j) == ',' { // the length, and the capacity
		var k uint64
		k, j = number(b, j+1)
		n = max(n, k)
	}
	s.refer(addr, int(id), n, p)
	return skip(b, i)
}

// boxed scans [type, value] and [object], in format 1 [type, address, object].
func (s *scanner) boxed(p *plan, b []byte, i int) int {
	typ, j := number(b, i+1)
	if at(b, j) == ']' && !s.old {
		s.referTo(0, typ, p)
	}
	if at(b, j) != ',' {
		return skip(b, i)
	}
	addr, k := number(b, j+1)
	if s.old && k > j+1 && at(b, k) == ',' {
		id, _ := number(b, k+1)
		s.referTo(addr, id, p)
		return skip(b, i)
	}
	if s.depth < maxScan {
		s.depth++
		s.value(s.plans[int(typ)], b, j+1)
		s.depth--
	}
	return skip(b, i)
}

func (s *scanner) referTo(addr, id uint64, p *plan) {
	if s.refer != nil {
		s.refer(addr, int(id), 0, p)
	}
}

// object scans a value that is written as a JSON object.
func (s *scanner) object(p *plan, b []byte, i int) int {
	end := skip(b, i)
	var addr, id, n uint64
	missing := false
	for j := i + 1; j < end && b[j] == '"'; {
		name := notation.Quoted(b[j:end])
		j += len(name) + len(":")
		switch string(name) {
		case `"p"`:
			addr, _ = number(b, j)
		case `"o"`:
			id, _ = number(b, j)
		case `"len"`, `"cap"`:
			k, _ := number(b, j)
			n = max(n, k)
		case `"x"`:
			missing = true
		case `"e"`:
			if at(b, j) == '[' {
				s.list(p, b, j)
			}
		}
		if j = skip(b, j); at(b, j) != ',' {
			break
		}
		j++
	}
	if missing && s.missing != nil {
		s.missing(b[i:end])
	}
	if s.refer != nil && (id != 0 || addr != 0 && p.kind != reflect.Func) {
		s.refer(addr, int(id), n, p)
	}
	return end
}

// number reads the digits at b[i], and returns where they end.
func number(b []byte, i int) (n uint64, end int) {
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		n = n*10 + uint64(b[i]-'0')
		i++
	}
	return n, i
}

// skip returns where the value that begins at b[i] ends.
func skip(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i += len(notation.Quoted(b[i:]))
			if depth == 0 {
				return min(i, len(b))
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth <= 0 {
				if depth < 0 {
					return i // the end of what contains it
				}
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(b)
}
