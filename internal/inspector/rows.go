package inspector

import (
	"cmp"
	"errors"
	"fmt"
	"go/constant"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/dump"
	"coredumpy/internal/eval"
	"coredumpy/internal/views"
)

// Row is one of the values of an expression such as orders[*].Total.
type Row struct {
	Keys  []Part // the element of each list, with its number or key
	Value dump.Value
	Const constant.Value // in place of Value, if the expression has a constant there
	Err   error          // why there is no value
}

// Rows says which elements an expression was for.
type Rows struct {
	All     int           // elements that were looked at
	Matched int           // for which the condition holds
	Unknown int           // for which that can't be said
	Why     error         // the reason for the first of these
	Lacks   bool          // the dump lacks elements
	Lacking int64         // how many, 0 if that isn't known
	Reason  caveat.Reason // why it does
	Cut     bool          // there are more elements than are looked at
	Stopped bool
	Where   bool           // there is a condition
	Noted   *dump.Variable // see Evaluated
}

// maxRows bounds how many elements are looked at: lists in lists may share memory, so that a
// small dump has any number of them.
const maxRows = 1 << 20

// Rows calls visit with the values of an expression that is for many, see IsRows, as long as
// visit wants more; elements are counted to the end. It is an error if none of them has a value.
func (in *Inspector) Rows(expr string, visit func(*Row) (more bool), progress dump.Progress) (Rows, error) {
	r, err := in.prepareRows(expr)
	if err != nil {
		return Rows{}, err
	}
	r.visit, r.progress, r.more = visit, progress, true
	r.frame, r.pkg = in.frameOrNone()
	err = r.list(0, nil)
	switch failed := r.result.Unknown; {
	case err == errEnough:
		err = nil
	case err == nil && failed > 0 && failed == r.result.All:
		err = r.result.Why
	}
	return r.result, in.hinted(err)
}

// errEnough ends a search early.
var errEnough = errors.New("enough")

// rows is an expression for many values while it is evaluated.
type rows struct {
	lists    []*prepared
	of       *prepared // nil: the element itself
	where    *prepared // nil: all
	bound    map[string]dump.Value
	keyed    bool // the key is asked for
	frame    *dump.Frame
	pkg      string
	visit    func(*Row) bool
	more     bool // visit wants more
	progress dump.Progress
	result   Rows
}

func (in *Inspector) prepareRows(expr string) (*rows, error) {
	rewritten, bound, written := in.recall(expr)
	rewritten = numberedResults(rewritten, written)
	parts, err := parseRows(rewritten)
	if err != nil {
		return nil, err
	}
	for _, name := range parts.names {
		if _, err := in.Evaluate(name); err == nil {
			return nil, fmt.Errorf("%[1]s is a variable, and stands for a part of each element here: "+
				"give it another name first, x = %[1]s, and write x", name)
		}
	}
	r := &rows{bound: bound, keyed: strings.Contains(parts.of+parts.where, rowKey)}
	parse := func(text string) *prepared {
		x := &prepared{in: in, bound: bound, written: written}
		if err == nil {
			err = x.parse(text)
		}
		return x
	}
	for _, text := range parts.lists {
		r.lists = append(r.lists, parse(text))
	}
	if parts.of != rowValue {
		r.of = parse(parts.of)
	}
	if parts.where != "" {
		r.where = parse(parts.where)
		r.result.Where = true
	}
	return r, err
}

// list goes through the elements of list number n. keys lead to the one that it is in.
func (r *rows) list(n int, keys []Part) error {
	of, err := r.lists[n].evaluate(r.frame, r.pkg)
	if err != nil {
		return err
	}
	if r.result.Noted == nil {
		r.result.Noted = of.Noted
	}
	if of.Const != nil || of.Nil {
		return fmt.Errorf("%s is a constant: [*] and where are for arrays, slices and maps", r.lists[n].source())
	}
	p, err := listOf(of.Value, r.lists[n].source())
	if err != nil {
		return err
	}
	if lacking, why := p.lacking(); lacking > 0 || why.Kind != caveat.None {
		r.result.Lacks = true
		r.result.Lacking += lacking
		r.result.Reason = why
	}
	for i := range p.Indexed {
		switch {
		case r.result.All >= maxRows:
			r.result.Cut = true
			return errEnough
		case i&0xff == 0 && r.progress(i, p.Indexed):
			r.result.Stopped = true
			return errEnough
		case !r.more && r.where == nil && n == len(r.lists)-1:
			r.result.All += p.Indexed - i
			r.result.Matched += p.Indexed - i
			return nil
		}
		part := p.IndexedPart(i)
		r.bind(&part)
		if n < len(r.lists)-1 {
			err = r.list(n+1, append(keys[:len(keys):len(keys)], part))
		} else {
			err = r.element(append(keys[:len(keys):len(keys)], part))
		}
		if err != nil {
			if !r.ofElement(err) {
				return err
			}
			r.result.All++
			r.unknown(err)
		}
	}
	return nil
}

// lacking returns how many of the numbered parts the dump lacks, and why. It may know only the why.
func (p *Parts) lacking() (n int64, why caveat.Reason) {
	if view := cmp.Or(p.view, p.classic); view != nil {
		return view.More, view.Missing
	}
	if n = p.Of.Len() - int64(p.Indexed); n > 0 {
		why = p.Of.Reason()
	}
	return n, why
}

// bind has the names of an element and its key mean these.
func (r *rows) bind(part *Part) {
	r.bound[rowValue] = part.Value
	switch {
	case part.Kind == Entry:
		r.bound[rowKey] = part.Key
	case r.keyed:
		r.bound[rowKey] = r.lists[0].in.Core.Basic(reflect.Int).OfInt(int64(part.Index))
	}
}

// ofElement reports whether an error may be about an element only.
func (r *rows) ofElement(err error) bool {
	var unknown *eval.UnknownError
	return err != errEnough && err != errNoCondition && !errors.As(err, &unknown)
}

func (r *rows) unknown(err error) {
	if r.result.Unknown++; r.result.Why == nil {
		r.result.Why = err
	}
}

var errNoCondition = errors.New("where takes a condition, which is true or false: where .Total > 5")

// element tries the element to which keys lead.
func (r *rows) element(keys []Part) error {
	if r.where != nil {
		holds, err := r.holds()
		if err != nil {
			return err
		}
		if !holds {
			r.result.All++
			return nil
		}
	}
	row := Row{Keys: keys, Value: r.bound[rowValue]}
	if r.of != nil && r.more {
		of, err := r.of.evaluate(r.frame, r.pkg)
		if row.Value, row.Const, row.Err = of.Value, of.Const, err; err != nil && !r.ofElement(err) {
			return err
		}
		if r.result.Noted == nil {
			r.result.Noted = of.Noted
		}
		if of.Nil {
			row.Err = errors.New("nil")
		}
	}
	r.result.All++
	r.result.Matched++
	r.more = r.more && r.visit(&row)
	return nil
}

// holds evaluates the condition.
func (r *rows) holds() (bool, error) {
	c, err := r.where.evaluate(r.frame, r.pkg)
	if err != nil {
		return false, err
	}
	if r.result.Noted == nil {
		r.result.Noted = c.Noted
	}
	v := c.Value
	if v.Kind() == reflect.Interface && v.Valid() {
		v = v.Elem()
	}
	switch {
	case c.Const != nil && c.Const.Kind() == constant.Bool:
		return constant.BoolVal(c.Const), nil
	case c.Const != nil || c.Nil || v.Kind() != reflect.Bool:
		return false, errNoCondition
	case !v.Valid():
		return false, eval.Missing("the condition", v.Reason())
	}
	return v.Bool(), nil
}

// listOf returns the elements of a list: of a slice, an array, a map, a channel, or what is shown
// as one of them.
func listOf(v dump.Value, expr string) (*Parts, error) {
	p := PartsOf(v, "")
	for range maxIndirection {
		if p.Of.Kind() != reflect.Pointer || !p.Of.Valid() || !p.Of.Elem().Valid() {
			break
		}
		p = PartsOf(p.Of.Elem(), "")
	}
	if !p.Of.Valid() {
		return nil, eval.Missing(expr, p.Of.Reason())
	}
	switch p.Of.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Chan:
		if p.Of.Redacted() {
			return nil, eval.Missing(expr, caveat.Reason{Kind: caveat.Redacted})
		}
		if p.Indexed == 0 && p.Of.Len() > 0 {
			return nil, eval.Missing("what "+expr+" holds", p.Of.Reason())
		}
		return p, nil
	}
	if p.classic != nil {
		return p, nil
	}
	if view, ok := views.NewReader(quoted).Of(p.Of); ok && (view.Form == views.List || view.Form == views.Map) {
		return &Parts{Of: p.Of, Indexed: view.Len, Missing: view.Missing, view: &view}, nil
	}
	return nil, fmt.Errorf("%s (type %s) has no elements: [*] and where are for arrays, slices, maps and channels",
		expr, v.Type())
}

// FieldAt returns the field of a value to which names lead: User.Name. Pointers and interfaces on
// the way are followed.
func FieldAt(v dump.Value, names string) (dump.Value, error) {
	for name := range strings.SplitSeq(names, ".") {
		of := unwrapped(v, "").Of
		if err := valid(of, v); err != nil {
			return v, err
		}
		found := false
		for i := 0; i < of.Type().NumField() && !found; i++ {
			if is, _, _ := of.Type().Field(i); is == name {
				v, found = of.Field(i), true
			}
		}
		if !found {
			return v, fmt.Errorf("%s has no field %s", of.Type(), name)
		}
	}
	return v, nil
}

// valid says why there is no value of which to take a field: of is what v leads to.
func valid(of, v dump.Value) error {
	if isNilRef(v) || isNilRef(of) {
		return errors.New("it is nil")
	}
	if !of.Valid() {
		return eval.Missing(v.Type().String(), of.Reason())
	}
	return nil
}
