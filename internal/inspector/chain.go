package inspector

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/views"
)

// Link is one of the values of a chain.
type Link struct {
	Value dump.Value // without the pointers and interfaces that lead to it
	Ref   dump.Value // what leads to it
	Step  string     // what follows the expression for the link before: .next
	Depth int        // in how many links with several ways on it is
	Again int        // the number of the link that this one is again, -1 for none
	View  *views.View
	Why   caveat.Reason // why there is no value
}

// Chain is a value, what it refers to, and so on.
type Chain struct {
	Links   []Link // no more than asked for
	All     int
	Cut     bool // there are more than are followed
	Stopped bool
}

// family is by what kind of reference a chain goes on.
type family int

const (
	noFamily family = iota
	byField         // of a name
	toErrors
	toContexts
	toSame // a pointer to the same type
	toStreams
)

// These bound a chain.
const (
	maxLinks    = 1 << 20
	maxBranches = 64 // links with several ways on in each other
)

// ChainOf follows what a value refers to: the causes of an error, the contexts in a context, the
// elements of a list, what a reader reads from. by names the field to follow, "" to choose one. Of the
// links, the first most are returned.
func (in *Inspector) ChainOf(v dump.Value, by string, most int, progress dump.Progress) (Chain, error) {
	c := chaining{most: most, by: by, progress: progress, seen: map[uint64]int{}, reader: views.NewReader(quoted)}
	if by != "" {
		c.family = byField
	}
	of := target(v)
	if err := valid(of, v); err != nil {
		return c.Chain, err
	}
	first, err := c.steps(of, v)
	switch {
	case err != nil:
		return c.Chain, err
	case len(first) == 0 && v.Kind() != reflect.Interface && !c.hasText(of):
		return c.Chain, fmt.Errorf("it leads to no other value of its kind: chain follows errors, contexts, "+
			"readers, writers and pointers to the same type; -by FIELD any field of %s", of.Type())
	}
	c.follow(step{value: v}, 0)
	return c.Chain, nil
}

// chaining is the search for the links of a chain.
type chaining struct {
	Chain
	by       string
	family   family
	most     int
	progress dump.Progress
	seen     map[uint64]int // the numbers of links by their addresses
	reader   *views.Reader
}

// step is a way from a link to the next one.
type step struct {
	path  string
	value dump.Value
}

// target returns what interfaces hold and pointers point to.
func target(v dump.Value) dump.Value {
	for range maxIndirection {
		if k := v.Kind(); k != reflect.Interface && k != reflect.Pointer || !v.Valid() || v.IsNil() {
			break
		}
		v = v.Elem()
	}
	return v
}

// isNilRef reports whether a chain ends at a value.
func isNilRef(v dump.Value) bool {
	for range maxIndirection {
		if v.Kind() != reflect.Interface || !v.Valid() || v.IsNil() {
			break
		}
		v = v.Elem()
	}
	return v.Valid() && v.IsNil()
}

// follow adds the link to which a step leads, and those after it.
func (c *chaining) follow(s step, depth int) {
	for c.goesOn(depth) {
		link := c.link(s, depth)
		if link.Why.Kind != caveat.None || link.Again >= 0 {
			c.add(link)
			return
		}
		steps, _ := c.steps(link.Value, s.value)
		link.View = c.view(link.Value)
		c.add(link)
		if len(steps) != 1 {
			c.branch(steps, depth+1)
			return
		}
		s = steps[0]
	}
}

// branch follows several steps that lead on from a link.
func (c *chaining) branch(steps []step, depth int) {
	for _, next := range steps {
		if c.follow(next, depth); c.Cut || c.Stopped {
			return
		}
	}
}

// goesOn reports whether there may be a further link.
func (c *chaining) goesOn(depth int) bool {
	switch {
	case c.All == maxLinks || depth > maxBranches:
		c.Cut = true
	case c.All&0xff == 0 && c.progress(c.All, maxLinks):
		c.Stopped = true
	default:
		return true
	}
	return false
}

// link returns the link to which a step leads. Its Why says that the dump doesn't have it, or its
// Again that it is there already.
func (c *chaining) link(s step, depth int) Link {
	of := target(s.value)
	link := Link{Value: of, Ref: s.value, Step: s.path, Depth: depth, Again: -1}
	if !of.Valid() || of.Kind() == reflect.Pointer || of.Kind() == reflect.Interface {
		link.Why = of.Reason()
		if link.Why.Kind == caveat.None {
			link.Why = caveat.Reason{Kind: caveat.NotStored}
		}
		return link
	}
	if addr := of.Addr(); addr != 0 && of.Kind() == reflect.Struct && of.Type().Size() > 0 {
		if n, ok := c.seen[addr]; ok {
			link.Again = n
		} else {
			c.seen[addr] = c.All
		}
	}
	return link
}

func (c *chaining) add(l Link) {
	if c.All++; len(c.Links) < c.most {
		c.Links = append(c.Links, l)
	}
}

// steps returns the ways on from a value, to which ref leads. The first link decides the family.
func (c *chaining) steps(v, ref dump.Value) (steps []step, err error) {
	if c.family == byField {
		return c.fieldStep(v)
	}
	families := []family{c.family}
	if c.family == noFamily {
		families = []family{toErrors, toContexts, toSame, toStreams}
		if own := familyOf(ref.Type()); ref.Kind() == reflect.Interface && own != noFamily {
			families = []family{own}
		}
	}
	for _, f := range families {
		if steps, err = c.stepsOf(f, v); len(steps) > 0 || err != nil {
			c.family = f
			break
		}
	}
	return slices.DeleteFunc(steps, func(s step) bool { return isNilRef(s.value) }), err
}

// fieldStep follows the field that was asked for.
func (c *chaining) fieldStep(v dump.Value) ([]step, error) {
	next, err := FieldAt(v, c.by)
	if err != nil {
		return nil, err
	}
	if k := next.Kind(); k != reflect.Pointer && k != reflect.Interface {
		return nil, fmt.Errorf("field %s is %s: chain follows pointers and interfaces", c.by, next.Type())
	}
	if isNilRef(next) {
		return nil, nil
	}
	return []step{{"." + c.by, next}}, nil
}

// familyOf returns to what family an interface type belongs.
func familyOf(t *dump.Type) family {
	name := t.String()
	switch {
	case t.Kind() != reflect.Interface:
		return noFamily
	case name == "error":
		return toErrors
	case name == "context.Context":
		return toContexts
	}
	for _, end := range []string{"Reader", "Writer", "Closer", "Conn", "Seeker", "Body", "ReaderAt", "WriterAt",
		"ReaderFrom", "WriterTo", "Scanner"} {
		if strings.HasSuffix(name, end) {
			return toStreams
		}
	}
	return noFamily
}

// stepsOf returns the ways on in a family.
func (c *chaining) stepsOf(f family, v dump.Value) (steps []step, err error) {
	switch f {
	case toErrors:
		for _, cause := range views.Causes(v) {
			steps = append(steps, step{cause.Path, cause.Value})
		}
	case toContexts:
		if _, around, path, ok := c.reader.Layer(v); ok {
			if path != "" {
				steps = append(steps, step{path, around})
			}
			return steps, nil
		}
	case toSame:
		return c.same(v)
	}
	if len(steps) == 0 {
		steps = interfaces(f, v)
	}
	return steps, nil
}

// nextNames are names of fields that lead to the next element, the best first.
var nextNames = []string{"next", "Next", "nxt", "link", "Link", "tail", "Tail", "parent", "Parent", "up", "outer",
	"Outer"}

// same follows a pointer to the type of the value itself.
func (c *chaining) same(v dump.Value) ([]step, error) {
	if v.Kind() != reflect.Struct {
		return nil, nil
	}
	if name := v.Type().String(); name == "container/list.List" {
		if next, err := FieldAt(v, "root.next"); err == nil && next.Pointer() != v.Addr() {
			return []step{{".root.next", next}}, nil
		}
		return nil, nil
	}
	found := map[string]dump.Value{}
	var names []string
	for i := range min(v.Type().NumField(), v.Stored()) {
		name, t, _ := v.Type().Field(i)
		if t.Kind() == reflect.Pointer && t.Elem() == v.Type() && name != "_" {
			found[name] = v.Field(i)
			names = append(names, name)
		}
	}
	if list, err := FieldAt(v, "list"); err == nil && v.Type().String() == "container/list.Element" &&
		found["next"].Pointer() == list.Pointer() {
		return nil, nil // its list's root is no element
	}
	for _, name := range nextNames {
		if slices.Contains(names, name) {
			names = []string{name}
		}
	}
	switch len(names) {
	case 0:
		return nil, nil
	case 1:
		return []step{{"." + names[0], found[names[0]]}}, nil
	}
	return nil, fmt.Errorf("%s has several fields to follow: %s: choose one, chain -by %s", v.Type(),
		strings.Join(names, ", "), names[0])
}

// streamNames are names of fields with the reader that a reader reads from, or the writer that a
// writer writes to, the best first.
var streamNames = []string{"r", "rd", "R", "src", "reader", "body", "rc", "in", "conn", "w", "wr", "W", "dst",
	"writer", "out"}

// interfaces follows the field of a family's interface type, or the elements of a list of them.
func interfaces(f family, v dump.Value) (steps []step) {
	if v.Kind() != reflect.Struct {
		return nil
	}
	best := len(streamNames) + 1
	for i := range min(v.Type().NumField(), v.Stored()) {
		name, t, _ := v.Type().Field(i)
		field := v.Field(i)
		switch {
		case familyOf(t) == f && !isNilRef(field):
			rank := slices.Index(streamNames, name)
			if rank < 0 {
				rank = len(streamNames)
			}
			if rank < best {
				best, steps = rank, []step{{"." + name, field}}
			}
		case t.Kind() == reflect.Slice && familyOf(t.Elem()) == f && len(steps) == 0:
			for n := range min(field.Stored(), maxBranches) {
				steps = append(steps, step{fmt.Sprintf(".%s[%d]", name, n), field.Index(n)})
			}
		}
	}
	return steps
}

func (c *chaining) hasText(v dump.Value) bool {
	view, ok := views.NewReader(quoted).Of(v)
	return ok && view.Text != ""
}

// leads reports whether fields of a type lead from a value of another to links.
func (c *chaining) leads(of, t *dump.Type) bool {
	switch t.Kind() {
	case reflect.Pointer:
		return t.Elem() == of
	case reflect.Slice:
		t = t.Elem()
	}
	f := familyOf(t)
	return f != noFamily && f == c.family
}

// view returns how to show a link: by its text, or by the fields that lead to no other link.
func (c *chaining) view(v dump.Value) *views.View {
	if c.family == toContexts {
		if text, _, _, ok := c.reader.Layer(v); ok {
			return &views.View{Text: text}
		}
	}
	r := views.NewReader(quoted)
	if own, ok := r.Of(v); ok && own.Text != "" && c.family != toSame {
		return &own
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	var fields []int
	for i := range min(v.Type().NumField(), v.Stored()) {
		name, t, _ := v.Type().Field(i)
		of := v.Type().String()
		linked := name == "list" && of == "container/list.Element" || name == "root" && of == "container/list.List"
		if name != "_" && name != c.by && !linked && !c.leads(v.Type(), t) {
			fields = append(fields, i)
		}
	}
	return &views.View{Form: views.Named, Len: len(fields), Child: func(i int) views.Child {
		name, _, _ := v.Type().Field(fields[i])
		return views.Child{Name: name, Value: v.Field(fields[i])}
	}}
}
