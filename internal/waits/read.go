package waits

import (
	"reflect"
	"slices"
	"strings"

	"coredumpy/internal/dump"
	"coredumpy/internal/inspector"
	"coredumpy/internal/symbol"
	"coredumpy/internal/syntax"
)

// look holds what is known while a report is made.
type look struct {
	in    *inspector.Inspector
	graph *dump.Graph
	gs    []goroutine
	byID  map[int64]int // indexes in gs

	sought []uint64             // addresses of what goroutines wait for
	places map[uint64][]dump.At // where they are
	things []*Thing
	at     map[uint64]*Thing // by the address of the semaphore or channel, and by the thing's own address
	texts  map[dump.Place]text
	files  map[string]bool // source files with a frame outside the standard library
	hidden bool            // see Report
	paths  map[*Thing]found
	near   map[*Thing][]dump.Root
	locks  *keptLocks // nil if not computed yet
	recent map[int64]*dump.Goroutine
}

// text is what the source says about a place.
type text struct {
	held    []syntax.Lock
	unnamed bool // an unnamed value is in use there
}

// goroutine is the part of a goroutine that we keep.
type goroutine struct {
	Waiter
	kind    Kind
	role    Role
	addrs   []uint64
	things  []*Thing
	claims  []claim
	nodes   []dump.Node  // its variables
	places  []dump.Place // of its frames outside the standard library
	system  bool         // it belongs to the runtime
	user    bool         // a function outside the standard library is on its stack
	unknown bool         // some of its variables aren't known
	noted   bool         // it has a note: it may have run while the dump was made
	usesDB  bool         // it may return a connection to its pool
	live    bool
}

// claim says that a goroutine holds a lock; addr is 0 if it isn't known which lock.
type claim struct {
	Holder
	addr uint64
	once bool // it is in the function that a sync.Once calls
}

// New finds out who waits for what. It returns nil if progress stops it.
func New(in *inspector.Inspector, progress dump.Progress) *Report {
	l := &look{in: in, byID: map[int64]int{}, at: map[uint64]*Thing{},
		texts: map[dump.Place]text{}, files: map[string]bool{}}
	r := &Report{Asleep: map[Kind][]Waiter{}, look: l}
	if l.graph = in.Graph(l.read, progress); l.graph == nil {
		return nil
	}
	r.Failed = l.graph.Failed
	l.places = l.graph.At(l.sought)
	r.Partial = l.partial()
	l.graph.RootNodes(func(n dump.Node, root dump.Root) {
		if i, ok := l.byID[root.Goroutine]; ok {
			l.gs[i].nodes = append(l.gs[i].nodes, n)
		}
	})
	l.findThings()
	l.findHolders()
	l.mark()
	r.fill()
	return r
}

// read takes what we need from a goroutine.
func (l *look) read(g *dump.Goroutine) {
	r := goroutine{Waiter: Waiter{ID: g.ID}, system: g.System, noted: len(g.Note) > 0}
	r.addrs = slices.Compact(slices.Sorted(slices.Values(g.WaitsFor)))
	user := l.in.UserFrame(g)
	if user < len(g.Frames) {
		r.Place = g.Frames[user].Place
	}
	r.classify(g)
	outside := func(f dump.Frame) bool { return f.Package != "runtime" }
	r.system = r.system || len(g.Frames) > 0 && !slices.ContainsFunc(g.Frames, outside)
	for i := range g.Frames {
		f := &g.Frames[i]
		standard := l.in.Standard(f)
		r.user = r.user || !standard
		r.unknown = r.unknown || (!standard || !lowLevel(f.Package)) && f.Unknown()
		switch {
		case standard:
			l.hidden = l.hidden || servesDefault(f)
		case symbol.Wrapper(f.Func): // its line is that of the go or defer statement
		default:
			l.files[f.File] = true
			r.places = append(r.places, f.Place)
			r.claims = append(r.claims, l.claims(g, i)...)
			r.unknown = r.unknown || l.text(f.Place).unnamed
		}
		if strings.HasPrefix(f.Func, "sync.(*Once).doSlow") && (i == 0 || !isLock(g.Frames[i-1].Func)) {
			r.claims = append(r.claims, l.onceClaim(g, i))
		}
		r.usesDB = r.usesDB || r.role != Pool && usesDatabase(f)
	}
	if r.op() && len(r.addrs) == 0 {
		r.addrs = l.fallback(g, &r)
	}
	l.sameLock(&r)
	l.byID[g.ID] = len(l.gs)
	l.gs = append(l.gs, r)
	if r.op() {
		l.sought = append(l.sought, r.addrs...)
	}
}

// op reports whether the goroutine waits for something that has an address.
func (g *goroutine) op() bool {
	switch g.kind {
	case Running, NilChannel, NoCases, Sleep, IO, Syscall:
		return false
	}
	return true
}

// byStatus maps the runtime's wait reasons (runtime/runtime2.go, waitReasonStrings of Go
// 1.24 to 1.27).
var byStatus = map[string]struct {
	kind Kind
	op   Op
}{
	"chan receive": {Channel, Receive}, "chan send": {Channel, Send}, "select": {Channel, Select},
	"chan receive (nil chan)": {NilChannel, Receive}, "chan send (nil chan)": {NilChannel, Send},
	"select (no cases)": {NoCases, Wait}, "sync.Mutex.Lock": {Mutex, Wait}, "sync.RWMutex.Lock": {RWMutex, Write},
	"sync.RWMutex.RLock": {RWMutex, Read}, "sync.WaitGroup.Wait": {WaitGroup, Wait}, "semacquire": {Unknown, Wait},
	"sync.Cond.Wait": {Cond, Wait}, "sleep": {Sleep, Wait}, "IO wait": {IO, Wait}, "syscall": {Syscall, Wait},
}

// classify sets the kind of thing that a goroutine waits for.
func (g *goroutine) classify(of *dump.Goroutine) {
	status, _, _ := strings.Cut(of.Status, " (synctest)")
	status, _, _ = strings.Cut(status, " (durable)")
	is := byStatus[status]
	g.kind, g.Op = is.kind, is.op
	if slices.Equal(g.addrs, []uint64{0}) {
		g.kind, g.addrs = NilChannel, nil
	}
	for i := range of.Frames {
		switch f := &of.Frames[i]; {
		case f.Func == "sync.(*RWMutex).Lock" && g.kind == Mutex:
			g.kind, g.Op = RWMutex, Write
		case f.Func == "sync.(*Once).doSlow" && g.kind == Mutex:
			g.kind = Once
		case f.Func == "sync.(*WaitGroup).Wait" && g.kind == Unknown:
			g.kind = WaitGroup
		case g.kind == Channel && (f.Func == "io.(*pipe).read" || f.Func == "io.(*pipe).write"):
			g.role = Pipe
		case g.kind == Channel && f.Func == "database/sql.(*DB).conn":
			g.role = Pool
		case f.Package != "runtime" && f.Package != "sync" && f.Package != "internal/sync":
			return
		}
	}
}

// lowLevel reports whether the variables of a package's functions refer only to what their
// callers pass, and to no code that could wake another goroutine.
func lowLevel(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	switch first {
	case "runtime", "internal", "sync", "syscall", "os", "time", "net", "io", "bufio", "context", "reflect", "testing":
		return pkg != "net/http"
	}
	return false
}

func isLock(function string) bool {
	return strings.HasPrefix(function, "sync.(*Mutex).") || strings.HasPrefix(function, "internal/sync.(*Mutex).")
}

// servesDefault reports whether a frame belongs to a server that may have the handlers of
// http.DefaultServeMux, a variable that isn't in a dump.
func servesDefault(f *dump.Frame) bool {
	if f.Func != "net/http.(*Server).Serve" {
		return false
	}
	v := f.Variable("srv")
	if v == nil || v.Value.Kind() != reflect.Pointer {
		return true
	}
	handler, ok := fieldOf(v.Value.Elem(), "Handler")
	return !ok || !handler.Valid() || handler.IsNil()
}

// partial reports whether the dump may lack references that existed.
func (l *look) partial() bool {
	h := l.in.Head()
	return l.graph.Cut > 0 || l.in.Missing() != "" || h.Build == nil || len(h.Build.Deps) > 0 ||
		slices.ContainsFunc(h.Cut, func(c dump.Cut) bool { return c.Limit != "string" && c.Limit != "source" })
}

// usesDatabase reports whether a frame may return a connection to a pool.
func usesDatabase(f *dump.Frame) bool {
	if f.Package == "database/sql" && f.Func != "database/sql.(*DB).connectionOpener" &&
		f.Func != "database/sql.(*DB).connectionCleaner" {
		return true
	}
	for i := range f.Frame.Vars {
		switch f.TypeOf(i) {
		case "*database/sql.Rows", "*database/sql.Row", "*database/sql.Tx", "*database/sql.Conn":
			return true
		}
	}
	return false
}

// sameLock identifies the lock that a goroutine holds if its variable has no value, but
// the goroutine waits for one of the same name in the same function.
func (l *look) sameLock(r *goroutine) {
	if len(r.addrs) != 1 || r.kind != Mutex && r.kind != RWMutex {
		return
	}
	method := "Lock"
	if r.Op == Read {
		method = "RLock"
	}
	waits := l.in.Syntax(r.Place.File).Receivers(r.Place.Line, method)
	for i := range r.claims {
		c := &r.claims[i]
		if c.addr == 0 && len(waits) == 1 && c.Of == waits[0] && c.Place.Func == r.Place.Func {
			c.addr = r.addrs[0]
		}
	}
}

// text returns what the source says about a place.
func (l *look) text(p dump.Place) text {
	t, ok := l.texts[p]
	if !ok {
		s := l.in.Syntax(p.File)
		t = text{held: s.Held(p.Line), unnamed: s.RangesOverCall(p.Line)}
		l.texts[p] = t
	}
	return t
}

// claims returns the locks that a frame's function has taken, according to its source.
func (l *look) claims(g *dump.Goroutine, frame int) (claims []claim) {
	f := &g.Frames[frame]
	for _, k := range l.text(f.Place).held {
		c := claim{Holder: Holder{ID: g.ID, Frame: frame, Of: k.Of, Read: k.Read,
			Place: dump.Place{Func: f.Func, File: f.File, Line: k.Line}}}
		c.addr = l.lockAt(g, frame, k.Of)
		claims = append(claims, c)
	}
	return claims
}

// onceClaim is the claim of a goroutine in a function called by a sync.Once.
func (l *look) onceClaim(g *dump.Goroutine, frame int) claim {
	c := claim{Holder: Holder{ID: g.ID, Frame: frame, Of: "o", Place: g.Frames[frame].Place}, once: true}
	if v := g.Frames[frame].Variable("o"); v != nil {
		c.addr = v.Value.Pointer()
	}
	if c.addr == 0 {
		c.addr, c.Frame, c.Of = l.receiver(g, frame, "Do")
	}
	return c
}

// receiver returns the address of a method's receiver in a call by the innermost frame
// outside the standard library that is further out than frame.
func (l *look) receiver(g *dump.Goroutine, frame int, method string) (addr uint64, at int, of string) {
	for i := frame + 1; i < len(g.Frames); i++ {
		f := &g.Frames[i]
		if l.in.Standard(f) {
			continue
		}
		if all := l.in.Syntax(f.File).Receivers(f.Line, method); len(all) == 1 {
			return l.lockAt(g, i, all[0]), i, all[0]
		}
		return 0, i, ""
	}
	return 0, frame, ""
}

// lockAt evaluates an expression in a frame, and returns the address of that lock; 0 if it
// isn't known.
func (l *look) lockAt(g *dump.Goroutine, frame int, of string) uint64 {
	r, err := l.in.EvaluateIn(g, frame, of)
	if err != nil {
		return 0
	}
	return lockOf(r.Value)
}

// lockOf returns the address of the lock that a value is, embeds, or refers to.
func lockOf(v dump.Value) uint64 {
	const deepest = 8
	for range deepest {
		switch {
		case v.Kind() == reflect.Pointer:
			if dump.Waitable(v.Type().Elem().String()) {
				return v.Pointer()
			}
			v = v.Elem()
		case v.Kind() == reflect.Interface:
			v = v.Elem()
		case dump.Waitable(v.Type().String()):
			return v.Addr()
		default:
			in, ok := embedded(v)
			if !ok {
				return 0
			}
			v = in
		}
	}
	return 0
}

// embedded returns the embedded field that is a lock, or may embed one.
func embedded(v dump.Value) (in dump.Value, ok bool) {
	for i := range v.Type().NumField() {
		if _, _, is := v.Type().Field(i); is {
			if f := v.Field(i); lockOf(f) != 0 {
				return f, true
			}
		}
	}
	return in, false
}

// channelOf returns the address of the channel on a goroutine's current line, if the
// source has one there.
func (l *look) channelOf(g *dump.Goroutine) []uint64 {
	for i := range g.Frames {
		f := &g.Frames[i]
		if f.Package == "runtime" {
			continue
		}
		if all := l.in.Syntax(f.File).Channels(f.Line); len(all) == 1 {
			r, err := l.in.EvaluateIn(g, i, all[0])
			if err == nil && r.Value.Kind() == reflect.Chan && r.Value.Pointer() != 0 {
				return []uint64{r.Value.Pointer()}
			}
		}
		break
	}
	return nil
}

// fallback finds what a goroutine waits for, in a dump that doesn't say so: one of an
// earlier version, or of a program built with Go before 1.26, which doesn't record it for
// semaphores.
func (l *look) fallback(g *dump.Goroutine, r *goroutine) []uint64 {
	methods := map[Kind][]string{
		Mutex: {"Lock"}, RWMutex: {"Lock", "RLock"}, WaitGroup: {"Wait"}, Cond: {"Wait"}, Once: {"Do"},
	}
	for i := range g.Frames {
		f := &g.Frames[i]
		if f.Package != "sync" && f.Package != "internal/sync" {
			continue
		}
		for _, name := range []string{"m", "rw", "wg", "c", "o"} {
			if v := f.Variable(name); v != nil && v.Role == dump.Argument && v.Value.Pointer() != 0 &&
				dump.Waitable(v.Value.Type().Elem().String()) {
				return []uint64{v.Value.Pointer()}
			}
		}
	}
	if r.kind == Channel && r.Op != Select {
		return l.channelOf(g)
	}
	for _, method := range methods[r.kind] {
		if addr, _, _ := l.receiver(g, 0, method); addr != 0 {
			return []uint64{addr}
		}
	}
	return nil
}
