package dump

import (
	"cmp"
	"reflect"
	"strings"

	"coredumpy/internal/notation"
)

// plan says what in a value of a type can refer to an object.
type plan struct {
	kind   reflect.Kind
	refers bool    // a value of the type can refer to something
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
		p.refers = p.refers || again // each may refer if not all was learned
		for i, f := range c.typeOf(id).record().Fields {
			p.aside = p.aside || f.Indirect && p.fields[i].waitable
		}
	}
	return plans
}

func newPlan(t *Type) *plan {
	p := &plan{kind: t.Kind()}
	switch p.kind {
	case reflect.Slice, reflect.Chan, reflect.Map, reflect.Pointer, reflect.Func, reflect.Interface:
		p.refers = true
	case reflect.Struct:
		p.waitable = Waitable(t.String())
	}
	return p
}

// learn copies what is known about the parts, and reports whether that was new.
func (p *plan) learn() bool {
	refers, waitable := p.refers, p.waitable
	if p.kind == reflect.Array {
		refers, waitable = refers || p.elem.refers, waitable || p.elem.waitable
	}
	for _, f := range p.fields {
		refers, waitable = refers || f.refers, waitable || f.waitable
	}
	changed := refers != p.refers || waitable != p.waitable
	p.refers, p.waitable = refers, waitable
	return changed
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

// scanner finds the references in the text of values. Where a value is damaged, it stops
// reading it: a dump is checked when it is shown.
type scanner struct {
	old   bool // of format 1, in which references hold addresses
	plans map[int]*plan
	// refer is called with each reference: the address, the object's id, 0 if it isn't in
	// the dump, and the plan of the value that refers to it.
	refer func(addr uint64, id int, p *plan)
	// missing is called with each value that is missing, or whose target is.
	missing func(text []byte)
	depth   int
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
	if p == nil || !p.refers {
		if at(b, i) == '{' && p != nil && p.kind == reflect.Invalid {
			s.missing(b[i:skip(b, i)])
		}
		return skip(b, i)
	}
	switch at(b, i) {
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
	for n := 0; i < len(b); n++ {
		part := p.elem
		switch {
		case p.kind == reflect.Map && n%2 == 0:
			part = p.key
		case p.kind != reflect.Struct:
		case n < len(p.fields):
			part = p.fields[n]
		default:
			part = nil
		}
		if i = s.value(part, b, i); at(b, i) != ',' {
			break
		}
		i++
	}
	return min(i+1, len(b)) // after the "]"
}

// reference scans [object, ...], in format 1 [address, object, ...].
func (s *scanner) reference(p *plan, b []byte, i int) int {
	addr, j := number(b, i+1)
	if !s.old {
		s.refer(0, int(addr), p)
		return skip(b, i)
	}
	if at(b, j) == ',' {
		id, _ := number(b, j+1)
		s.refer(addr, int(id), p)
	}
	return skip(b, i)
}

// boxed scans [type, value] and [object], in format 1 [type, address, object].
func (s *scanner) boxed(p *plan, b []byte, i int) int {
	typ, j := number(b, i+1)
	if at(b, j) == ']' && !s.old {
		s.refer(0, int(typ), p)
	}
	if at(b, j) != ',' {
		return skip(b, i)
	}
	addr, k := number(b, j+1)
	if s.old && k > j+1 && at(b, k) == ',' {
		id, _ := number(b, k+1)
		s.refer(addr, int(id), p)
		return skip(b, i)
	}
	if s.depth < maxScan {
		s.depth++
		s.value(s.plans[int(typ)], b, j+1)
		s.depth--
	}
	return skip(b, i)
}

// object scans a value that is written as a JSON object.
func (s *scanner) object(p *plan, b []byte, i int) int {
	end := skip(b, i)
	var addr, id uint64
	missing := false
	for j := i + 1; j < end && b[j] == '"'; {
		name := notation.Quoted(b[j:end])
		j += len(name) + len(":")
		switch string(name) {
		case `"p"`:
			addr, _ = number(b, j)
		case `"o"`:
			id, _ = number(b, j)
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
	if missing {
		s.missing(b[i:end])
	}
	if id != 0 || addr != 0 && p.kind != reflect.Func {
		s.refer(addr, int(id), p)
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
