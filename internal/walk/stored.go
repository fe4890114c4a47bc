package walk

import (
	"math"
	"reflect"
	"strings"

	"coredumpy/internal/caveat"
	"coredumpy/internal/corefile"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
)

// Stored applies the rules to the values of a dump that was made before: it decides in the
// same way as a Walker, whose names and types it uses, but reads values as they are in a
// file, and walks only to find out what names say about each object.
//
// First Root is called for all variables, those that aren't used any more last, and Run
// after each of these groups. Then all secrets are known, and Rewrite and RewriteObject
// return the values without them, in the notation of the current format.
type Stored struct {
	w       *Walker
	file    *corefile.File
	types   map[int]*gotypes.Type
	objects []storedObject // by id
	queue   []int32
	redact  Redactor // nil while the rules learn
	scratch []byte

	// Progress is called with how many more bytes of the file's objects are done. If it
	// returns false, the rest is of no use, and is left out.
	Progress func(bytes int) bool
	partly   int  // bytes of the object being read that Progress was called with
	stopped  bool // Progress has returned false
}

// storedObject is what the ways that lead to an object say about it.
type storedObject struct {
	addr uint64 // in format 1: references hold it
	naming
	shown, stale bool
	reached      bool
	elements     bool // of a slice, a map or a channel
	mixed        bool // one reference says that it is, another that it isn't
	queued       bool
}

// NewStored returns a Stored for the values in a file.
func NewStored(f *corefile.File, rules Rules) *Stored {
	all := Limits{String: math.MaxInt, Elements: math.MaxInt} // the file was within its limits
	s := &Stored{
		w: New(nil, all, rules), file: f, types: map[int]*gotypes.Type{},
		objects: make([]storedObject, f.MaxObject()+1),
	}
	s.w.inFile = true
	return s
}

// Walker returns the walker whose rules apply. It has walked nothing.
func (s *Stored) Walker() *Walker { return s.w }

// typeOf returns a type of the file, nil if it isn't known.
func (s *Stored) typeOf(id int) *gotypes.Type {
	if t, ok := s.types[id]; ok {
		return t
	}
	rec, err := s.file.Type(id)
	if err != nil || rec.ReflectKind() == reflect.Invalid {
		s.types[id] = nil
		return nil
	}
	parts := func() (elem, key *gotypes.Type, fields []gotypes.Field) {
		for _, f := range rec.Fields {
			fields = append(fields, gotypes.Field{Name: f.Name, Type: s.typeOf(f.Type), Offset: f.Offset,
				Embedded: f.Embedded, Indirect: f.Indirect})
		}
		return s.typeOf(rec.Elem), s.typeOf(rec.Key), fields
	}
	s.types[id] = gotypes.Made(rec.Name, rec.ReflectKind(), rec.Size, rec.Len, parts)
	return s.types[id]
}

// A Variable is a variable of the file.
type Variable struct {
	*corefile.Variable
	Shown bool // its text may be shown
}

// stale reports whether the variable isn't used again, so that what it refers to may be
// overwritten.
func (v Variable) stale() bool {
	first := v.Doubts.First()
	return first == caveat.TargetReused || first == caveat.MemoryReused ||
		len(v.Doubts) > 1 && (v.Doubts[1].Kind == caveat.TargetReused || v.Doubts[1].Kind == caveat.MemoryReused)
}

// context returns the type of a variable, and the context of its value.
func (s *Stored) context(v Variable) (*gotypes.Type, context) {
	t := s.typeOf(v.Type)
	name := v.Name[strings.LastIndexByte(v.Name, '.')+1:] // a package's path adds nothing
	return t, context{naming: s.w.named(name, t), stale: v.stale(), shown: v.Shown}
}

// Root learns from a variable, if it is one of those that stale says: those that are used
// again, or the others.
func (s *Stored) Root(v Variable, stale bool) {
	if t, c := s.context(v); c.stale == stale && len(v.Value) > 0 {
		s.scratch = s.value(s.scratch[:0], t, v.Value, c)
	}
}

// Run learns from all objects that were referred to so far, from some of them more than once.
func (s *Stored) Run() {
	for len(s.queue) > 0 && !s.stopped {
		id := int(s.queue[len(s.queue)-1])
		s.queue = s.queue[:len(s.queue)-1]
		s.objects[id].queued = false
		if rec, err := s.file.Object(id); err == nil {
			s.partly = 0
			s.scratch = s.object(s.scratch[:0], &s.objects[id], rec)
			s.progress(len(rec.Value) - s.partly)
		}
	}
}

// element notes that an element of an object was reached, and reports whether to go on.
func (s *Stored) element(raw []byte) bool {
	if s.w.nesting <= 1 { // else it is in another one
		s.partly += len(raw)
		s.progress(len(raw))
	}
	return !s.stopped
}

func (s *Stored) progress(bytes int) {
	if s.Progress != nil && !s.stopped {
		s.stopped = !s.Progress(bytes)
	}
}

// refer notes that an object is referred to.
func (s *Stored) refer(id int, elements bool, addr uint64, c context) {
	if s.redact != nil || id < 1 || id >= len(s.objects) {
		return
	}
	o := &s.objects[id]
	if o.addr == 0 {
		o.addr = addr
	}
	if !o.reached {
		*o = storedObject{addr: addr, naming: c.naming, shown: c.shown, stale: c.stale, reached: true,
			elements: elements}
	} else if both := o.naming.with(c.naming); both != o.naming || c.shown && !o.shown {
		o.naming, o.shown = both, o.shown || c.shown
	} else {
		o.mixed = o.mixed || o.elements != elements
		return
	}
	if !o.queued {
		o.queued = true
		s.queue = append(s.queue, int32(id))
	}
}

// object appends the value of an object.
func (s *Stored) object(dst []byte, o *storedObject, rec *corefile.Object) []byte {
	t := s.typeOf(rec.Type)
	c := context{naming: o.naming, stale: o.stale, shown: o.shown}
	form, err := notation.ParseForm(rec.Value)
	switch {
	case !o.elements || t == nil || t.Kind == reflect.Array:
		return s.value(dst, t, rec.Value, c)
	case err != nil:
		return s.w.absent(dst, damaged)
	case form.Object != nil && !form.IsText && !form.List.Given():
		return s.partial(dst, nil, form.Object, c)
	case t.Kind == reflect.Map:
		return s.mapEntries(dst, t, form, c)
	case t.Kind == reflect.Chan:
		return s.list(dst, t.Elem(), form, c, false)
	case t.Kind == reflect.Slice && t.Elem() != nil:
		return s.items(dst, t.Elem(), form, c)
	}
	return s.w.absent(dst, damaged)
}

// Rewrite returns the value of a variable without secrets.
func (s *Stored) Rewrite(v Variable, redact Redactor) []byte {
	if len(v.Value) == 0 {
		return nil
	}
	s.redact = redact
	t, c := s.context(v)
	return s.value(nil, t, v.Value, c)
}

// RewriteObject returns the type, the address and the value of an object without secrets. The
// value is only valid until the next call. If no variable leads to the object, or it can't be
// read, its value is left out.
func (s *Stored) RewriteObject(id int, redact Redactor) (typ int, addr uint64, value []byte) {
	s.redact = redact
	rec, err := s.file.Object(id)
	if err != nil || id >= len(s.objects) {
		s.scratch = s.w.absent(s.scratch[:0], lost)
		return 0, 0, s.scratch
	}
	o := &s.objects[id]
	s.partly = 0
	if rec.Addr == 0 {
		rec.Addr = o.addr
	}
	if t := s.typeOf(rec.Type); !o.reached || o.mixed && t != nil && t.Kind != reflect.Array {
		s.scratch = s.unnamed(s.scratch[:0], rec)
	} else {
		s.scratch = s.object(s.scratch[:0], o, rec)
	}
	s.progress(len(rec.Value) - s.partly)
	return rec.Type, rec.Addr, s.scratch
}

// unnamed appends the value of an object of which nothing says whether it is secret: why there
// is none, or else only that.
func (s *Stored) unnamed(dst []byte, rec *corefile.Object) []byte {
	form, err := notation.ParseForm(rec.Value)
	if o := form.Object; err == nil && o != nil && o.Reason.Kind != caveat.None && !form.IsText && !form.List.Given() {
		return s.partial(dst, nil, o, context{})
	}
	return s.w.absent(dst, caveat.Reason{Kind: caveat.Redacted})
}

// Reasons for what a damaged file doesn't have.
var (
	damaged = caveat.Reason{Kind: caveat.Other, Text: "damaged in the file that this dump was made from"}
	lost    = caveat.Reason{Kind: caveat.Other, Text: "missing in the file that this dump was made from"}
)
