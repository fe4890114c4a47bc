// Package walk turns typed memory into a bounded graph of objects with ids. An object is a
// piece of memory that something refers to: what a pointer points to, a slice's elements, a
// map's entries. Each is stored once, so shared and cyclic data keep their shape.
//
// The walk is breadth first: all variables, then all they refer to, and so on. So one huge
// variable doesn't starve the small ones when a limit is reached. No code of the program
// runs, and nothing is trusted: every length is bounded before it is read.
package walk

import (
	"iter"
	"reflect"
	"slices"
	"time"

	"coredumpy/internal/caveat"
	"coredumpy/internal/clock"
	"coredumpy/internal/gotypes"
	"coredumpy/internal/notation"
	"coredumpy/internal/secrets"
	"coredumpy/internal/target"
)

// Limits bound a walk. What they cut is recorded where it was cut.
type Limits struct {
	Depth    int       // references followed from a variable
	Elements int       // of an array, slice, map or channel
	String   int       // bytes of a string, or of an array or slice of bytes
	Objects  int       // in total
	Bytes    int64     // of encoded values, in total
	Deadline time.Time // nothing is read later
}

// Rules say what is secret. They may be nil.
type Rules struct {
	// SecretName reports whether a field, variable or map key of this name holds
	// a secret.
	SecretName func(name string) bool
	// Learn gets the text of each value found under such a name.
	Learn func(text string)
	// LearnUncommon gets those texts that may be ordinary words: of a token, or of what
	// only goes with a secret.
	LearnUncommon func(text string)
	// LearnMarked gets each other text. It must not keep it. It reports whether nothing in
	// the text announces a secret, see Redactor.Unmarked.
	LearnMarked func(text []byte) (unmarked bool)
	// LearnPublic gets the texts under names that say that they aren't secret, although
	// they may look like keys.
	LearnPublic func(text string)
	// ShowsText reports whether text may be shown in what has a qualified name: in a type,
	// a field or a variable of a package. If it is nil, all text may.
	ShowsText func(pkg, name string) bool
	// Shown are the rules that are turned off.
	Shown secrets.Shown
}

// Walker walks the memory of a process. The values it returns hold text in an internal
// form, which [Render] turns into that of the file.
type Walker struct {
	p     *target.Process
	lim   Limits
	rules Rules

	types   map[*gotypes.Type]*typeRef
	indexed []*typeRef            // the same by the types' Index, to find them faster
	keys    bool                  // what holds keys is hidden, and names of public values count
	weak    bool                  // names such as tok and pin, which mark only some values, count too
	names   map[string]recentName // of map keys and the like
	recent  [32]recentName        // of those
	objects objects               // also the queue, in the order of depth
	next    int                   // id of the first one that hasn't been walked
	again   []int                 // ids to walk once more, now as secrets
	marked  markedMemory
	redo    bool // such an object is being walked: limits have been applied before

	size     int64  // of encoded values so far
	stopped  string // why the walk ended early
	full     bool   // only the object being walked is stopped
	room     int64  // bytes that one object or variable may take
	places   int    // it may add objects with ids up to this
	ticks    int
	scratch  []byte
	arena    []byte
	cuts     map[string]int
	order    []*typeRef
	doubt    Suspicion   // of the stale variable encoded last
	missing  caveat.Kind // why the variable encoded last has no value
	frame    uint64      // where on the stack that variable's frame is
	lent     []byte      // see borrow
	entering entering
	nesting  int  // of structs and arrays in the value being encoded
	inFile   bool // values are those of a file, see Stored
}

// Object is a piece of memory that was walked. For a slice's elements Type is that of the
// slice, for a map's entries that of the map, for a channel's buffer that of the channel.
type Object struct {
	Addr  uint64
	Value []byte

	typ *gotypes.Type
	n   int64 // length of a slice, -1 if whole

	// Small fields are together: there may be millions of objects.
	Type  int32 // id
	depth int32 // never more than there are objects
	naming
	stale bool // reached only from a variable that isn't used again
	shown bool // see context
	whole bool // a value of its type, not what that type refers to
	doubt Suspicion
}

// New returns a walker of a process.
func New(p *target.Process, lim Limits, rules Rules) *Walker {
	if rules.SecretName == nil {
		rules.SecretName = func(string) bool { return false }
	}
	if rules.Learn == nil {
		rules.Learn = func(string) {}
	}
	if rules.LearnUncommon == nil {
		rules.LearnUncommon = rules.Learn
	}
	if rules.LearnMarked == nil {
		rules.LearnMarked = func([]byte) bool { return false }
	}
	if rules.LearnPublic == nil {
		rules.LearnPublic = func(string) {}
	}
	keys := rules.SecretName("password")
	if rules.Shown.Has(secrets.ByName) {
		rules.SecretName = func(string) bool { return false }
	}
	return &Walker{
		p: p, lim: lim, rules: rules, keys: keys, weak: rules.SecretName("password"),
		types: map[*gotypes.Type]*typeRef{}, names: map[string]recentName{}, cuts: map[string]int{},
		next: 1,
	}
}

// Value encodes the variable of type t at addr. What it refers to is walked by
// [Walker.Run]. shown says that its text may be shown. Value also returns why there is no
// value, caveat.None if there is one.
func (w *Walker) Value(name string, t *gotypes.Type, addr uint64, shown bool) ([]byte, caveat.Kind) {
	w.share()
	w.missing = caveat.None
	w.scratch = w.load(w.scratch[:0], t, addr, context{naming: w.named(name, t), shown: shown})
	return w.keep(), w.missing
}

// absent appends a missing value, and why it is missing.
func (w *Walker) absent(dst []byte, why caveat.Reason) []byte {
	if len(dst) == 0 { // not a part of another value
		w.missing = why.Kind
	}
	return notation.AppendReason(dst, why)
}

// Reasons without details.
var (
	typeUnknown = caveat.Reason{Kind: caveat.TypeUnknown}
	undecided   = caveat.Reason{Kind: caveat.Other,
		Text: "debug information doesn't tell whether the func value holds it or points to it"}
)

// Suspicion says how doubtful it is what a stale variable refers to.
type Suspicion uint8

// Unsuspected: its memory isn't garbage collected. Slight: it looks as it should. Strong: it
// may well be something else.
const (
	Unsuspected Suspicion = iota
	Slight
	Strong
)

// Stale encodes a variable that the program won't use again, after [Walker.Run] has walked
// the others. What it refers to is checked against the heap, and against the stack that
// frame is on. It also returns why there is no value.
func (w *Walker) Stale(name string, t *gotypes.Type, addr, frame uint64, shown bool) (
	[]byte, caveat.Kind, Suspicion,
) {
	w.share()
	w.frame = frame
	c := context{naming: w.named(name, t), stale: true, shown: shown}
	w.doubt = Unsuspected
	guesses := w.p.Guesses()
	if err := w.doubtful(addr, uint64(max(t.Size, 0)), t); err != nil { // one that was moved to the heap
		why := caveat.Of(err)
		return notation.Reason(why), why.Kind, w.doubt
	}
	w.missing = caveat.None
	w.scratch = w.load(w.scratch[:0], t, addr, c)
	if w.p.Guesses() > guesses {
		w.doubt = max(w.doubt, Slight)
	}
	return w.keep(), w.missing, w.doubt
}

// Named reports whether the name of a text says that it is secret.
func (w *Walker) Named(name, text string) bool {
	n := w.named(name, nil)
	if !n.has(markSecret) && !n.strength.Hides([]byte(text)) {
		return false
	}
	w.learn(text, context{naming: n})
	return true
}

// Run walks everything that was referred to so far.
func (w *Walker) Run() {
	for w.next <= w.objects.n || len(w.again) > 0 || w.remark() {
		if n := len(w.again); n > 0 {
			// Even after a limit is reached: what this object refers to is secret, too.
			id := w.again[n-1]
			w.again = w.again[:n-1]
			stopped, full := w.stopped, w.full
			w.stopped, w.redo = "", true
			w.room = 2*int64(len(w.objects.at(id).Value)) + redoRoom // it may have been cut
			w.walk(id)
			w.stopped, w.full, w.redo = stopped, full, false
			continue
		}
		w.share()
		w.next++
		w.walk(w.next - 1)
	}
}

// Stop ends the walk, as if its time were over.
func (w *Walker) Stop() { w.lim.Deadline = time.Unix(0, 0) }

// Last bounds what is walked from now on, in bytes of encoded values.
func (w *Walker) Last(bytes int64) { w.lim.Bytes = min(w.lim.Bytes, w.size+bytes) }

// redoRoom is how much a value may grow when it is encoded again.
const redoRoom = 4 << 10

// share is called before each variable and object. None may take more than half of what the
// limits leave, so that a large one doesn't starve the others.
func (w *Walker) share() {
	if w.full {
		w.full, w.stopped = false, ""
	}
	w.room = (w.lim.Bytes - w.size) / 2
	left := w.lim.Objects - w.objects.n
	w.places = w.objects.n + max(left-left/2, 0)
}

func (w *Walker) walk(id int) {
	o := w.objects.at(id)
	w.scratch = w.object(w.scratch[:0], o)
	o.Value = w.keep()
}

// refer returns the id of an object, and queues the object if it is new. If a limit forbids
// that, it returns 0 and why.
func (w *Walker) refer(o Object, from context) (id int, why caveat.Reason) {
	o.naming = from.naming
	if o.whole {
		o.n = -1 // different from what such a value refers to, if both are at one address
	}
	if id := w.objects.find(o.Addr, o.typ, o.n); id != 0 {
		w.meet(id, &o, from)
		return id, why
	}
	if from.stale {
		if err := w.doubtObject(&o); err != nil {
			return 0, caveat.Of(err)
		}
	}
	o.depth, o.stale, o.shown = from.depth+1, from.stale, from.shown
	switch {
	case int(from.depth) >= w.lim.Depth:
		return 0, w.cut("depth")
	case w.stopped != "":
		return 0, w.cut(w.stopped)
	case w.objects.n >= w.places:
		return 0, w.cut("objects")
	}
	o.Type = int32(w.use(o.typ).id)
	return w.objects.add(o), why
}

// meet notes that a known object was reached in another way, as o. The object is walked
// again if more of it must be hidden, or may be shown.
func (w *Walker) meet(id int, o *Object, from context) {
	old := w.objects.at(id)
	if both := old.naming.with(o.naming); both != old.naming || from.shown && !old.shown {
		old.naming, old.shown = both, old.shown || from.shown
		if id < w.next {
			w.again = append(w.again, id)
		}
	}
	if from.stale && w.p.InHeap(o.Addr) {
		// What another variable refers to may have been allocated since.
		w.doubt = max(w.doubt, Slight, old.doubt)
	}
}

// doubtObject notes how doubtful an object is if only a stale variable leads to it.
func (w *Walker) doubtObject(o *Object) error {
	var whole *gotypes.Type
	if o.whole {
		whole = o.typ
	}
	before := w.doubt
	w.doubt = Unsuspected
	err := w.doubtful(o.Addr, w.memory(o), whole)
	o.doubt, w.doubt = w.doubt, max(w.doubt, before)
	return err
}

// memory returns how many bytes of memory the object takes at its address.
func (w *Walker) memory(o *Object) uint64 {
	switch {
	case o.whole:
		return uint64(o.typ.Size)
	case o.typ.Kind == reflect.Slice:
		return uint64(o.n * o.typ.Elem().Size)
	case o.typ.Kind == reflect.Chan:
		if ch, err := w.p.Chan(o.typ, o.Addr); err == nil {
			return ch.Size(o.Addr)
		}
	}
	return 48 // a map (internal/runtime/maps.Map)
}

// doubtful notes that a stale variable refers to memory at addr. It returns an error if the
// memory has certainly been reused. t is what it should hold, nil for plain bytes.
func (w *Walker) doubtful(addr, size uint64, t *gotypes.Type) error {
	if !w.p.Managed(addr) {
		return nil
	}
	if !w.p.Owns(addr, size) {
		return errReused
	}
	if !w.p.InHeap(addr) {
		if !w.p.SameStack(addr, w.frame) {
			w.doubt = Strong // the memory where the stack was before it moved has another use by now
		}
		return nil
	}
	if w.p.Fits(addr, size) {
		w.doubt = max(w.doubt, Slight)
	} else {
		w.doubt = Strong
	}
	if err := w.p.Allocated(addr, max(size, 1)); err != nil || t == nil || size > maxRead {
		return err
	}
	data := make([]byte, size)
	if w.p.Mem.Read(data, addr) != nil || !w.plausible(t, data) {
		return errReused
	}
	return nil
}

// cut counts what a limit cut, and returns the reason to record there.
func (w *Walker) cut(limit string) caveat.Reason {
	w.cuts[limit]++
	return caveat.Reason{Kind: caveat.Limit, Text: limit}
}

// Cuts returns how often each limit cut something.
func (w *Walker) Cuts() map[string]int { return w.cuts }

// Objects returns the objects in the order of their ids, which count from 1.
func (w *Walker) Objects() iter.Seq2[int, *Object] { return w.objects.all() }

// Object returns the object with an id from 1 to Len.
func (w *Walker) Object(id int) *Object { return w.objects.at(id) }

// Len returns how many objects there are.
func (w *Walker) Len() int { return w.objects.n }

// keep moves the encoded value from scratch to where it stays.
func (w *Walker) keep() []byte {
	b := w.scratch
	const chunk = 1 << 20
	w.size += int64(len(b))
	if w.size > w.lim.Bytes && (w.stopped == "" || w.full) {
		w.stopped, w.full = "bytes", false
	}
	if len(b) > chunk/4 {
		w.scratch = nil
		return b
	}
	if cap(w.arena)-len(w.arena) < len(b) {
		w.arena = make([]byte, 0, chunk)
	}
	from := len(w.arena)
	w.arena = append(w.arena, b...)
	return w.arena[from:len(w.arena):len(w.arena)]
}

// tick is called for each element, with the encoded value so far, and checks the clock now
// and then. It reports whether the walk goes on.
func (w *Walker) tick(dst []byte) bool {
	if w.ticks++; w.ticks%256 == 0 {
		w.p.Working()
	}
	switch {
	case w.stopped != "":
	case int64(len(dst)) > w.room:
		w.stopped, w.full = "bytes", true
	case w.redo:
	case w.ticks%256 == 0 && clock.Now().After(w.lim.Deadline):
		w.stopped = "time"
	}
	return w.stopped == ""
}

// borrow returns n bytes, to be given back in reverse order: the bytes that a Memory reads
// into can't be on the stack, and the collector is off.
func (w *Walker) borrow(n int64) []byte {
	from := len(w.lent)
	w.lent = slices.Grow(w.lent, int(n))[:from+int(n)]
	return w.lent[from:]
}

func (w *Walker) giveBack(b []byte) { w.lent = w.lent[:len(w.lent)-len(b)] }
